//! Writes made at a door or a manager's desk: shown at once, kept without the hub, confirmed or put aside with a reason; and doors without a stream.

use std::time::Duration;

use portero_door::Settings;
use portero_door::view::{DoorEvent, LinkState, ListQuery};
use portero_hub::Store;
use portero_protocol::device::Role;
use portero_protocol::entry::Verdict;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch};
use serde_json::{Value, json};

use crate::place::{Place, event, now_ms, state, until};

async fn draft(place: &Place, name: &str, origin: &str) -> Draft {
    let venue = place.venue().await;
    let calendar = portero_protocol::day::Calendar::of(&venue).unwrap();
    let (date, time) = calendar.wall(portero_protocol::instant::Instant::from_ms(now_ms()));
    serde_json::from_value(json!({
        "cliente": {"nombre": name}, "numeroPersonas": 3, "fecha": date.to_string(),
        "hora": format!("{:02}:{:02}", time.hour(), time.minute()), "origen": origin,
    }))
    .unwrap()
}

fn patch(value: Value) -> Patch {
    serde_json::from_value(value).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_manager_writes_without_the_hub_is_shown_and_sent_later() {
    let mut place = Place::open().await;
    let (edited, _) = place.reservation("Ana", 2).await;
    let (deleted, _) = place.reservation("Por error", 2).await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    state(&desk, LinkState::Live).await;
    let new = draft(&place, "Zoé", "reserva").await;
    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;

    let created = desk.create(new).await.unwrap();
    let row = created.row.unwrap();
    assert!(row.pending);
    let id = row.reservation.id.clone();
    desk.update(&id, patch(json!({"mesa": "VIP 1"})), 1)
        .await
        .unwrap();
    desk.admit(&id, 2, false).await.unwrap();
    desk.update(&edited, patch(json!({"numeroPersonas": 8, "mesa": null})), 1)
        .await
        .unwrap();
    desk.delete(&deleted, 1).await.unwrap();
    assert_eq!(desk.get(&deleted).await.unwrap_err().code, Code::NotFound);
    assert_eq!(desk.get(&edited).await.unwrap().row.reservation.party, 8);
    assert_eq!(desk.list(ListQuery::default()).await.unwrap().total, 2);
    assert_eq!(desk.status().await.unwrap().outbox.pending, 5);
    // A restart keeps all of it.
    desk.close().await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    let sheet = desk.get(&id).await.unwrap();
    assert_eq!(sheet.row.reservation.table.as_deref(), Some("VIP 1"));
    assert_eq!(sheet.row.reservation.attendance, 2);
    assert!(sheet.row.pending);

    place.start_hub();
    until("an empty outbox", async || {
        (desk.status().await.unwrap().outbox.pending == 0).then_some(())
    })
    .await;
    assert_eq!(desk.status().await.unwrap().outbox.quarantined, 0);
    until("the hub's rows", async || {
        let row = desk.get(&id).await.unwrap().row;
        (!row.pending).then_some(())
    })
    .await;
    let hub = place
        .ask(reqwest::Method::GET, &format!("api/reservas/{id}"), None, None)
        .await;
    assert_eq!(
        (&hub["mesa"], &hub["asistenciaActual"], &hub["version"]),
        (&json!("VIP 1"), &json!(2), &json!(2))
    );
    let hub = place
        .ask(
            reqwest::Method::GET,
            &format!("api/reservas/{edited}"),
            None,
            None,
        )
        .await;
    assert_eq!((&hub["numeroPersonas"], hub.get("mesa")), (&json!(8), None));
    assert_eq!(desk.list(ListQuery::default()).await.unwrap().total, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_against_another_is_put_aside_and_the_hubs_is_shown() {
    let mut place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    state(&desk, LinkState::Live).await;
    let mut events = desk.events();
    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;
    let saved = desk
        .update(&id, patch(json!({"numeroPersonas": 8})), 1)
        .await
        .unwrap();
    desk.close().await;
    place.start_hub();
    place
        .ask(
            reqwest::Method::PATCH,
            &format!("api/reservas/{id}"),
            Some(json!({"numeroPersonas": 5})),
            Some(1),
        )
        .await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    drop(std::mem::replace(&mut events, desk.events()));
    event(&mut events, "quarantined", |event| {
        matches!(event, DoorEvent::Quarantined { op: Some(op), reason, .. } if *op == saved.op && !reason.is_empty())
            .then_some(())
    })
    .await;
    until("the hub's", async || {
        let row = desk.get(&id).await.unwrap().row;
        (row.reservation.party == 5 && !row.pending).then_some(())
    })
    .await;
    assert_eq!(desk.status().await.unwrap().outbox.quarantined, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_creates_walk_ins_of_tonight_and_nothing_else() {
    let place = Place::open().await;
    let (other, _) = place.reservation("Ana", 2).await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    let refused = door
        .create(draft(&place, "Luis", "reserva").await)
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::WalkInOnly);
    let refused = door
        .update(&other, patch(json!({"mesa": "1"})), 1)
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    let saved = door
        .create(draft(&place, "Sin reserva", "sinReserva").await)
        .await
        .unwrap();
    let id = saved.row.unwrap().reservation.id;
    until("confirmed", async || {
        (!door.get(&id).await.unwrap().row.pending).then_some(())
    })
    .await;
    assert_eq!(
        door.admit(&id, 3, false).await.unwrap().verdict,
        Verdict::Admitted
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_stream_a_door_polls_and_its_deliveries_bring_the_changes() {
    let place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9).await;
    let settings = Settings {
        sse_enabled: false,
        polling_interval_s: 3_600,
        ..Settings::default()
    };
    let door = place.door_with("Puerta 1", Role::Door, settings).await;
    state(&door, LinkState::Polling).await;
    let (later, _) = place.reservation("Berta", 2).await;
    let before = door.status().await.unwrap().requests_this_hour;
    door.scan(code.as_bytes(), 1).await.unwrap();
    until("what the delivery brought", async || door.get(&later).await.ok()).await;
    assert_eq!(door.status().await.unwrap().requests_this_hour, before + 1);
    assert_eq!(door.get(&id).await.unwrap().row.reservation.attendance, 1);
    // Switched on again without a restart.
    door.set("sse.enabled", &json!(true)).unwrap();
    state(&door, LinkState::Live).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_restored_from_before_gets_tonights_entries_back() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9).await;
    // A restored hub knows the tokens that it knew then.
    for name in ["Puerta 1", "Puerta 2"] {
        place.token(Role::Door, name);
    }
    let backup = place.hub_file().with_file_name("backup.db");
    let store = place.store();
    let to = backup.clone();
    tokio::task::spawn_blocking(move || store.backup(&to))
        .await
        .unwrap()
        .unwrap();
    let door = place.door("Puerta 1").await;
    let other = place.door("Puerta 2").await;
    state(&door, LinkState::Live).await;
    state(&other, LinkState::Live).await;
    let entry = door.scan(code.as_bytes(), 2).await.unwrap().entry.unwrap();
    other.scan(code.as_bytes(), 3).await.unwrap();
    door.undo(entry).await.unwrap();
    door.scan(code.as_bytes(), 1).await.unwrap();
    until("all at the hub", async || {
        (place.attendance(&id).await == 4).then_some(())
    })
    .await;
    let epoch = door.status().await.unwrap().epoch;

    place.stop_hub().await;
    let (to, from) = (place.hub_file(), backup);
    tokio::task::spawn_blocking(move || Store::restore(&to, &from))
        .await
        .unwrap()
        .unwrap();
    place.start_hub();
    until("tonight's entries are back", async || {
        (place.attendance(&id).await == 4).then_some(())
    })
    .await;
    for door in [&door, &other] {
        state(door, LinkState::Live).await;
        until("the same everywhere", async || {
            (door.get(&id).await.unwrap().row.reservation.attendance == 4).then_some(())
        })
        .await;
        assert_ne!(door.status().await.unwrap().epoch, epoch);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_entries_are_delivered_once_each() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 9_999).await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    place.stop_hub().await;
    for _ in 0..1_300 {
        door.scan(code.as_bytes(), 1).await.unwrap();
    }
    place.start_hub();
    tokio::time::timeout(Duration::from_secs(60), async {
        while door.status().await.unwrap().outbox.pending > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(place.attendance(&id).await, 1_300);
}
