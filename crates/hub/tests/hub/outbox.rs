//! A laptop's outbox that comes by hand: taken once, whichever way it comes; never where it was changed. And what is outstanding of a laptop.

use portero_hub::Store;
use portero_protocol::device::Role;
use portero_protocol::ids::{DeviceId, OpId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::sealed::{FORMAT, Header, Line, Taken, WaitingWrite, seal};
use portero_protocol::ticket::SigningKey;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Device, House, draft, on_a_thread};

fn key() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

async fn publish(device: &Device, key: &SigningKey) {
    device
        .post("/api/dispositivos/clave", &json!({"clave": key.public_hex()}))
        .await
        .ok();
}

fn file(house: &House, device: &Device, sequence: u64, lines: &[Line], key: &SigningKey) -> Vec<u8> {
    let header = Header {
        format: FORMAT.to_owned(),
        venue: house.store.venue().id,
        device: device.id.parse::<DeviceId>().unwrap(),
        door: Some("Puerta 1".to_owned()),
        key: key.public_hex(),
        sequence,
        created: Instant::from_ms(jiff::Timestamp::now().as_millisecond()),
    };
    seal(&header, lines, key).unwrap()
}

async fn import(store: &Store, file: Vec<u8>) -> portero_hub::Result<Taken> {
    let store = store.clone();
    on_a_thread(move || store.import_outbox(&file)).await
}

async fn outstanding(manager: &Device, device: &Device) -> Value {
    let devices = manager.get("/api/dispositivos").await.ok();
    let found = devices["dispositivos"].as_array().unwrap();
    found.iter().find(|one| one["id"] == device.id).unwrap()["faltan"].clone()
}

#[tokio::test]
async fn it_is_taken_once_whichever_way_it_comes() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    publish(&door, &key()).await;
    let id = manager.reserve("Ana", 9).await;
    let mut walk_in = draft("Sin reserva", 2);
    walk_in["origen"] = json!("sinReserva");
    let created = walk_in["id"].as_str().unwrap().to_owned();
    let write = WaitingWrite {
        op: OpId::new(1_764_020_000_000),
        method: "POST".to_owned(),
        path: "/api/reservas".to_owned(),
        version: None,
        body: Some(walk_in.to_string()),
    };
    let entries = [door.entry(&id, 2), door.entry(&created, 2), door.entry(&id, 1)];
    let mut lines: Vec<Line> = vec![Line::Write(write.clone())];
    lines.extend(entries.iter().cloned().map(Line::Entry));
    // One of them came through before the network went.
    door.deliver(&entries[..1]).await;

    let mut stream = manager.follow(None).await;
    let file = file(&house, &door, 4, &lines, &key());
    let taken = import(&house.store, file.clone()).await.unwrap();
    assert_eq!((taken.name.as_str(), taken.writes), ("Puerta 1", 1));
    assert_eq!(
        serde_json::to_value(&taken.entries).unwrap(),
        json!({"registrada": 2, "repetida": 1})
    );
    assert_eq!(
        (taken.sequence, taken.outstanding),
        (4, 1),
        "the fourth is still on the laptop"
    );
    assert!(taken.not_taken.is_empty());
    assert_eq!(stream.change().await.name, "reservation-created");
    assert_eq!(stream.change().await.name, "qr-scanned");

    let again = import(&house.store, file).await.unwrap();
    assert_eq!(
        serde_json::to_value(&again.entries).unwrap(),
        json!({"repetida": 3})
    );
    // The laptop comes back after all, and delivers the same by itself.
    let create = door
        .request(Method::POST, "/api/reservas")
        .header("idempotency-key", write.op.to_string())
        .header("content-type", "application/json")
        .body(write.body.unwrap());
    assert_eq!(door.send(create).await.status, 201, "the first answer");
    for result in door.deliver(&entries).await {
        assert_eq!(result["resultado"], "repetida");
    }
    assert_eq!(manager.one(&id).await["asistenciaActual"], 3);
    assert_eq!(manager.one(&created).await["asistenciaActual"], 2);
    house.prove().await;
}

#[tokio::test]
async fn an_edit_on_top_of_an_edit_of_the_same_laptop_is_no_conflict() {
    let house = House::open().await;
    let manager = house.manager().await;
    publish(&manager, &key()).await;
    let id = manager.reserve("Ana", 4).await;
    let edit = |n: i64, party: u32| {
        Line::Write(WaitingWrite {
            op: OpId::new(n),
            method: "PATCH".to_owned(),
            path: format!("/api/reservas/{id}"),
            version: Some(1),
            body: Some(json!({"numeroPersonas": party}).to_string()),
        })
    };
    let first = file(&house, &manager, 0, &[edit(1, 5), edit(2, 6)], &key());
    assert_eq!(import(&house.store, first.clone()).await.unwrap().writes, 2);
    assert_eq!(manager.one(&id).await["numeroPersonas"], 6);
    assert_eq!(
        import(&house.store, first).await.unwrap().writes,
        2,
        "twice is once"
    );
    // Somebody else changed the same field meanwhile.
    manager.patch(&id, 3, &json!({"numeroPersonas": 8})).await.ok();
    let late = file(&house, &manager, 0, &[edit(3, 7)], &key());
    let taken = import(&house.store, late).await.unwrap();
    assert_eq!(taken.writes, 0);
    assert_eq!(taken.not_taken[0].code, Code::VersionConflict);
    assert_eq!(manager.one(&id).await["numeroPersonas"], 8);
    let conflicts = manager.conflicts(&id).await;
    assert_eq!(conflicts[0]["tipo"], "edicion");
    assert_eq!(
        conflicts[0]["campos"],
        json!(["numeroPersonas"]),
        "both changed it"
    );
}

#[tokio::test]
async fn what_was_changed_or_is_nobodys_is_refused_whole() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let lines = [Line::Entry(door.entry(&id, 1))];
    let good = file(&house, &door, 1, &lines, &key());
    // Before the key was ever published, nobody can say whose it is.
    let unknown = import(&house.store, good.clone()).await.unwrap_err();
    assert_eq!(unknown.code(), Code::BadSignature);
    assert!(unknown.to_string().contains("published the key"), "{unknown}");
    publish(&door, &key()).await;

    let changed = String::from_utf8(good.clone())
        .unwrap()
        .replace("\"cantidad\":1", "\"cantidad\":4");
    let error = import(&house.store, changed.into_bytes()).await.unwrap_err();
    assert_eq!(error.code(), Code::BadSignature);
    assert!(error.to_string().contains("changed or damaged"), "{error}");
    let cut = import(&house.store, good[..good.len() / 2].to_vec())
        .await
        .unwrap_err();
    assert_eq!(cut.code(), Code::BadSignature);
    let other = House::open().await;
    let elsewhere = import(&other.store, good.clone()).await.unwrap_err();
    assert_eq!(elsewhere.code(), Code::BadSignature);
    assert!(elsewhere.to_string().contains("another venue"), "{elsewhere}");
    assert_eq!(manager.one(&id).await["asistenciaActual"], 0, "nothing was taken");

    assert_eq!(import(&house.store, good).await.unwrap().entries["registrada"], 1);
}

#[tokio::test]
async fn of_a_revoked_laptop_entries_are_held_and_writes_refused() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    publish(&door, &key()).await;
    let id = manager.reserve("Ana", 4).await;
    let write = WaitingWrite {
        op: OpId::new(1),
        method: "POST".to_owned(),
        path: "/api/reservas".to_owned(),
        version: None,
        body: Some(draft("Sin reserva", 2).to_string()),
    };
    let lines = [Line::Entry(door.entry(&id, 1)), Line::Write(write)];
    let path = format!("/api/dispositivos/{}/revocar", door.id);
    manager.post(&path, &json!({})).await.ok();
    let taken = import(&house.store, file(&house, &door, 1, &lines, &key()))
        .await
        .unwrap();
    assert_eq!(taken.entries["retenida"], 1);
    assert_eq!(taken.not_taken[0].code, Code::DeviceRevoked);
    assert_eq!(taken.outstanding, 0, "what is held is here");
    assert_eq!(manager.one(&id).await["asistenciaActual"], 0);
    assert_eq!(manager.conflicts(&id).await[0]["tipo"], "revocado");
}

#[tokio::test]
async fn what_a_laptop_has_made_is_outstanding_from_the_first_word_of_it() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 99).await;
    let entries: Vec<Value> = (0..15).map(|_| door.entry(&id, 1)).collect();
    door.deliver(&entries[..2]).await;
    assert_eq!(outstanding(&manager, &door).await, 0);
    // It comes back after an hour without a network: any request says how many it has made.
    let hello = door
        .request(Method::GET, "/api/local")
        .header("portero-sequence", "15");
    door.send(hello).await.ok();
    assert_eq!(outstanding(&manager, &door).await, 13);
    door.send(
        door.request(Method::GET, "/api/local")
            .header("portero-sequence", "many"),
    )
    .await
    .ok();
    door.deliver(&entries).await;
    assert_eq!(outstanding(&manager, &door).await, 0);
}

#[tokio::test]
async fn a_laptop_with_another_token_owes_only_what_it_made_since() {
    let house = House::open().await;
    let (manager, mut before) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 99).await;
    let old: Vec<Value> = (0..5).map(|_| before.entry(&id, 1)).collect();
    before.deliver(&old).await;
    // Logged out and paired again: the same facts, the same chain, another device at the hub.
    let mut after = house.device(Role::Door, "Puerta 1 otra vez").await;
    after.entries = before.entries.clone();
    let new: Vec<Value> = (0..3).map(|_| after.entry(&id, 1)).collect();
    after.deliver(&new[1..2]).await;
    after.deliver(&new[..1]).await;
    assert_eq!(outstanding(&manager, &after).await, 0, "6 and 7 are here");
    let hello = after
        .request(Method::GET, "/api/local")
        .header("portero-sequence", "8");
    after.send(hello).await.ok();
    assert_eq!(outstanding(&manager, &after).await, 1);
    after.deliver(&new[2..]).await;
    assert_eq!(outstanding(&manager, &after).await, 0);
    assert!(manager.conflicts(&id).await.is_empty());
    house.prove().await;
}
