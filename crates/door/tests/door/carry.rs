//! What must not be lost: carried to the hub by hand, kept over a log-out and a revocation; walk-ins that other doors let in without a hub; and the outbox as
//! people see it.

use std::path::Path;

use portero_door::view::{DeliveryState, LinkState, OutboxId, OutboxKind};
use portero_door::{Door, DoorOptions, HubAddress, Settings};
use portero_protocol::device::Role;
use portero_protocol::entry::Verdict;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch};
use reqwest::Method;
use serde_json::{Value, json};

use crate::place::{Place, now_ms, state, until};

async fn walk_in(place: &Place, party: u32) -> Draft {
    let calendar = portero_protocol::day::Calendar::of(&place.venue().await).unwrap();
    let (date, time) = calendar.wall(portero_protocol::instant::Instant::from_ms(now_ms()));
    serde_json::from_value(json!({
        "cliente": {"nombre": "Sin reserva"}, "numeroPersonas": party, "fecha": date.to_string(),
        "hora": format!("{:02}:{:02}", time.hour(), time.minute()), "origen": "sinReserva",
    }))
    .unwrap()
}

async fn device(place: &Place, name: &str) -> Value {
    let all = place.ask(Method::GET, "api/dispositivos", None, None).await;
    let devices = all["dispositivos"].as_array().unwrap();
    devices.iter().find(|one| one["nombre"] == name).unwrap().clone()
}

/// A live door whose key the hub has.
async fn known_door(place: &Place, name: &str) -> Door {
    let door = place.door(name).await;
    state(&door, LinkState::Live).await;
    until("the key is published", async || {
        let venue = place.venue().await;
        let id = door.identity().unwrap().device_id;
        venue.keys.iter().any(|key| key.device == Some(id)).then_some(())
    })
    .await;
    door
}

async fn allot(place: &Place, door: &Door, name: &str, seats: u32) {
    let id = device(place, name).await["id"].as_str().unwrap().to_owned();
    place
        .ask(
            Method::PATCH,
            &format!("api/dispositivos/{id}"),
            Some(json!({"cupo": seats})),
            None,
        )
        .await;
    until("the allotment", async || {
        let known = door.status().await.unwrap().walk_ins?;
        (known.seats == seats).then_some(())
    })
    .await;
}

async fn import(place: &Place, file: &Path) -> portero_hub::Result<portero_protocol::sealed::Taken> {
    let (store, bytes) = (place.store(), std::fs::read(file).unwrap());
    tokio::task::spawn_blocking(move || store.import_outbox(&bytes))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_carried_by_hand_and_counts_once() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9).await;
    let door = known_door(&place, "Puerta 1").await;
    place.stop_hub().await;
    state(&door, LinkState::Offline).await;
    for _ in 0..3 {
        door.scan(code.as_bytes(), 1).await.unwrap();
    }
    let made = door.create(offline_walk_in(&door)).await.unwrap();
    let new = made.row.unwrap().reservation.id;
    door.admit(&new, 2, false).await.unwrap();
    let file = place.hub_file().with_file_name("bandeja.portero");
    let exported = door.export_outbox(&file).await.unwrap();
    assert_eq!((exported.entries, exported.writes, exported.sequence), (4, 1, 4));
    assert!(exported.key_published);
    assert_eq!(
        door.status().await.unwrap().outbox.pending,
        5,
        "it goes on waiting here"
    );
    door.close().await;

    place.start_hub();
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = file.with_extension("changed");
    std::fs::write(&changed, text.replacen("\"cantidad\":1", "\"cantidad\":5", 1)).unwrap();
    assert_eq!(
        import(&place, &changed).await.unwrap_err().code(),
        Code::BadSignature
    );
    assert_eq!(place.attendance(&id).await, 0);
    for _ in 0..2 {
        let taken = import(&place, &file).await.unwrap();
        assert_eq!((taken.writes, taken.outstanding), (1, 0));
        assert_eq!(place.attendance(&id).await, 3);
        assert_eq!(place.attendance(&new).await, 2);
    }
    // The laptop comes back after all.
    let door = place.door("Puerta 1").await;
    until("nothing waits", async || {
        (door.status().await.unwrap().outbox.pending == 0).then_some(())
    })
    .await;
    assert_eq!(door.status().await.unwrap().outbox.quarantined, 0);
    assert_eq!(
        (place.attendance(&id).await, place.attendance(&new).await),
        (3, 2)
    );
}

/// As [`walk_in`], from what the door knows: there is no hub to ask.
fn offline_walk_in(door: &Door) -> Draft {
    let zone = jiff::tz::TimeZone::get(&door.identity().unwrap().time_zone.unwrap()).unwrap();
    let calendar = portero_protocol::day::Calendar::new(zone, jiff::civil::time(4, 0, 0, 0));
    let (date, time) = calendar.wall(portero_protocol::instant::Instant::from_ms(now_ms()));
    serde_json::from_value(json!({
        "cliente": {"nombre": "Sin reserva"}, "numeroPersonas": 2, "fecha": date.to_string(),
        "hora": format!("{:02}:{:02}", time.hour(), time.minute()), "origen": "sinReserva",
    }))
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_ins_ticket_opens_the_other_door_without_a_hub() {
    let mut place = Place::open().await;
    // It was here before anybody published a key, and is away until the hub is gone.
    let late = place.door("Puerta 3").await;
    state(&late, LinkState::Live).await;
    late.close().await;
    let door = known_door(&place, "Puerta 1").await;
    let other = known_door(&place, "Puerta 2").await;
    let early = door.create(walk_in(&place, 1).await).await.unwrap().row.unwrap();
    let early = early.reservation.id;
    let refused = door.ticket(&early).await.unwrap_err();
    assert_eq!(
        refused.code,
        Code::WalkInOnly,
        "nobody gave it an allotment: {refused}"
    );
    allot(&place, &door, "Puerta 1", 5).await;
    until("the other door knows the key", async || {
        let (known, all) = (other.status().await.unwrap(), door.status().await.unwrap());
        (known.cursor >= all.head).then_some(())
    })
    .await;
    let draft = walk_in(&place, 3).await;
    place.stop_hub().await;
    state(&door, LinkState::Offline).await;
    state(&other, LinkState::Offline).await;

    let made: ReservationId = door
        .create(draft.clone())
        .await
        .unwrap()
        .row
        .unwrap()
        .reservation
        .id;
    let ticket = door.ticket(&made).await.unwrap();
    let beyond = door.create(draft).await.unwrap_err();
    assert_eq!(beyond.code, Code::WalkInOnly, "1 and 3 of 5 are taken: {beyond}");
    let seats = door.status().await.unwrap().walk_ins.unwrap();
    assert_eq!((seats.seats, seats.used), (5, 4));
    let here = door.scan(ticket.as_bytes(), 1).await.unwrap();
    assert_eq!((here.verdict, here.party), (Verdict::Admitted, Some(3)));
    let there = other.scan(ticket.as_bytes(), 2).await.unwrap();
    assert_eq!(
        (there.verdict, there.party),
        (Verdict::Admitted, Some(3)),
        "{there:?}"
    );
    assert!(there.entry.is_some());
    let late = place.door("Puerta 3").await;
    let unknown = late.scan(ticket.as_bytes(), 1).await.unwrap();
    assert_eq!((unknown.verdict, unknown.entry), (Verdict::Unknown, None));

    place.start_hub();
    until("all of it at the hub", async || {
        let waiting =
            door.status().await.unwrap().outbox.pending + other.status().await.unwrap().outbox.pending;
        (waiting == 0).then_some(())
    })
    .await;
    assert_eq!(place.attendance(&made).await, 3);
    let open = place
        .ask(Method::GET, "api/conflictos?estado=abierto", None, None)
        .await;
    assert_eq!(open["conflictos"], json!([]), "the orphan joined");
    for door in [&door, &other, &late] {
        until("the same everywhere", async || {
            let sheet = door.get(&made).await.ok()?;
            (sheet.row.reservation.attendance == 3).then_some(())
        })
        .await;
    }
    assert_eq!(
        late.scan(ticket.as_bytes(), 1).await.unwrap().verdict,
        Verdict::Excess
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_loses_nothing_and_another_token_delivers_it() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9).await;
    let door = known_door(&place, "Puerta 1").await;
    door.scan(code.as_bytes(), 1).await.unwrap();
    until("delivered", async || {
        (place.attendance(&id).await == 1).then_some(())
    })
    .await;
    place.stop_hub().await;
    door.scan(code.as_bytes(), 2).await.unwrap();
    door.close().await;
    place.start_hub();
    // The token is thrown away; the folder is not.
    let options = DoorOptions {
        data_dir: place.hub_file().with_file_name("Puerta 1"),
        hub: Some(HubAddress {
            url: place.url(),
            token: place.token(Role::Door, "Puerta 1 otra vez"),
        }),
        name: None,
        settings: Settings::default(),
    };
    let door = Door::open(options).await.unwrap();
    until("delivered", async || {
        (place.attendance(&id).await == 3).then_some(())
    })
    .await;
    until(
        "nothing is outstanding, and it has a key of its own",
        async || {
            let (before, after) = (
                device(&place, "Puerta 1").await,
                device(&place, "Puerta 1 otra vez").await,
            );
            let keys = place.venue().await.keys;
            let own = |device: &Value| {
                keys.iter()
                    .any(|key| key.device.is_some_and(|id| device["id"] == id.to_string()))
            };
            let owed = [&before["faltan"], &after["faltan"]] == [&json!(0), &json!(0)];
            (owed && own(&before) && own(&after)).then_some(())
        },
    )
    .await;
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_door_delivers_and_sees_that_it_is_held() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9).await;
    let door = known_door(&place, "Puerta 1").await;
    place.stop_hub().await;
    let entry = door.scan(code.as_bytes(), 1).await.unwrap().entry;
    door.close().await;
    place.start_hub();
    let device = device(&place, "Puerta 1").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    place
        .ask(Method::DELETE, &format!("api/dispositivos/{device}"), None, None)
        .await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Refused).await;
    until("held", async || {
        (door.status().await.unwrap().outbox.held == 1).then_some(())
    })
    .await;
    let items = door.outbox(10).await.unwrap();
    assert_eq!(
        (items[0].entry, items[0].kind, items[0].delivery),
        (entry, OutboxKind::Entry, DeliveryState::Held)
    );
    assert_eq!(items[0].client_name.as_deref(), Some("Ana"));
    assert_eq!(place.attendance(&id).await, 0);
    assert_eq!(door.status().await.unwrap().problem, Some(Code::DeviceRevoked));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_quarantine_says_why_and_a_person_decides() {
    let mut place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    state(&desk, LinkState::Live).await;
    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;
    let patch: Patch = serde_json::from_value(json!({"mesa": "VIP 1"})).unwrap();
    let saved = desk.update(&id, patch, 1).await.unwrap();
    let waiting = desk.outbox(10).await.unwrap();
    assert_eq!(
        (waiting[0].op, waiting[0].kind),
        (Some(saved.op), OutboxKind::Update)
    );
    assert_eq!(waiting[0].fields, Some(vec!["mesa".to_owned()]));
    desk.close().await;
    place.start_hub();
    let path = format!("api/reservas/{id}");
    place
        .ask(Method::PATCH, &path, Some(json!({"mesa": "7"})), Some(1))
        .await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    until("put aside", async || {
        (desk.status().await.unwrap().outbox.quarantined == 1).then_some(())
    })
    .await;
    let item = desk.outbox(10).await.unwrap().remove(0);
    assert_eq!(
        (item.delivery, item.code),
        (DeliveryState::Quarantined, Some(Code::VersionConflict))
    );
    assert!(item.reason.is_some_and(|reason| reason.contains("mesa")));
    let open = place
        .ask(Method::GET, "api/conflictos?estado=abierto", None, None)
        .await;
    assert_eq!(open["conflictos"][0]["campos"], json!(["mesa"]));

    // Once more, it meets the same.
    desk.deliver_again(OutboxId::Write(saved.op)).await.unwrap();
    until("put aside again", async || {
        (desk.status().await.unwrap().outbox.quarantined == 1).then_some(())
    })
    .await;
    desk.give_up(OutboxId::Write(saved.op)).await.unwrap();
    assert_eq!(desk.outbox(10).await.unwrap(), []);
    assert_eq!(desk.status().await.unwrap().outbox.quarantined, 0);
    let gone = desk.deliver_again(OutboxId::Write(saved.op)).await.unwrap_err();
    assert_eq!(gone.code, Code::NotFound);
    assert_eq!(
        desk.get(&id).await.unwrap().row.reservation.table.as_deref(),
        Some("7")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_the_day_go_on_after_a_restart() {
    let mut place = Place::open().await;
    let (_, code) = place.reservation("Ana", 9).await;
    let door = known_door(&place, "Puerta 1").await;
    door.scan(code.as_bytes(), 1).await.unwrap();
    until("a latency", async || {
        door.status().await.unwrap().latency_ms.p50.map(|_| ())
    })
    .await;
    place.stop_hub().await;
    state(&door, LinkState::Offline).await;
    place.start_hub();
    state(&door, LinkState::Live).await;
    let before = until("the day is known", async || {
        Some(door.figures(7).await.unwrap()).filter(|days| !days.is_empty())
    })
    .await;
    assert_eq!(before.len(), 1);
    door.close().await;
    let door = place.door("Puerta 1").await;
    let after = door.figures(7).await.unwrap();
    assert_eq!(after[0].day, before[0].day);
    assert!(after[0].requests >= before[0].requests);
    assert!(after[0].bytes >= before[0].bytes);
    assert_eq!(
        after[0].latency_ms.p50.is_some(),
        before[0].latency_ms.p50.is_some()
    );
    assert!(after[0].reconnects >= before[0].reconnects);
}
