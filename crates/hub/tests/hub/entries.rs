//! Delivering, repeating, undoing; orphans; what becomes a conflict.

use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, draft, new_key, now};

#[tokio::test]
async fn an_entry_counts_once_however_often_it_is_sent() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let entry = door.entry(&id, 2);
    let first = door.deliver(std::slice::from_ref(&entry)).await;
    assert_eq!(first[0]["resultado"], "registrada");
    assert_eq!(first[0]["asistenciaActual"], 2);
    let again = door.deliver(&[entry.clone(), entry.clone()]).await;
    for result in &again {
        assert_eq!(result["resultado"], "repetida");
        assert_eq!(result["original"], "registrada");
        assert_eq!(result["asistenciaActual"], 2);
    }
    // From another device of the same laptop it is still the same fact.
    let other = house.device(Role::Door, "Puerta 1 otra vez").await;
    assert_eq!(other.deliver(&[entry]).await[0]["resultado"], "repetida");
    let one = manager.one(&id).await;
    assert_eq!(one["asistenciaActual"], 2);
    assert_eq!(one["estado"], "Activa");
    assert_eq!(one["version"], 1, "entries are no edits");
    assert_eq!(one["registroEntradas"].as_array().unwrap().len(), 1);
    assert_eq!(one["registroEntradas"][0]["dispositivo"], door.id);
    house.prove().await;
}

#[tokio::test]
async fn an_id_with_other_content_is_refused_and_stops_nobody_else() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let entry = door.entry(&id, 1);
    door.deliver(std::slice::from_ref(&entry)).await;
    let mut changed = entry.clone();
    changed["cantidad"] = json!(2);
    let good = door.entry(&id, 1);
    let results = door
        .deliver(&[changed, json!({"escaneoId": 7}), json!("x"), good])
        .await;
    assert_eq!(results[0]["resultado"], "rechazada");
    assert_eq!(results[0]["codigoMotivo"], "entry_reused");
    assert_eq!(results[1]["codigoMotivo"], "invalid_body");
    assert_eq!(results[2]["resultado"], "rechazada");
    assert!(results[2]["motivo"].is_string());
    assert_eq!(results[3]["resultado"], "registrada");
    assert_eq!(manager.one(&id).await["asistenciaActual"], 2);
}

#[tokio::test]
async fn an_excess_is_recorded_and_is_a_conflict_only_where_the_door_did_not_show_it() {
    let house = House::open().await;
    let (manager, mut one) = (house.manager().await, house.door().await);
    let mut two = house.device(Role::Door, "Puerta 2").await;
    let shown = manager.reserve("Ana", 2).await;
    let full = one.entry(&shown, 2);
    let over = one.make(&shown, 1, json!({"veredicto": "excess"}));
    let results = one.deliver(&[full, over]).await;
    assert_eq!(results[1]["resultado"], "excedida");
    assert_eq!(results[1]["exceso"], 1);
    assert!(manager.conflicts(&shown).await.is_empty());

    // Two doors without a network, each believing that there was room.
    let unseen = manager.reserve("Luis", 2).await;
    let (a, b) = (one.entry(&unseen, 2), two.entry(&unseen, 2));
    one.deliver(std::slice::from_ref(&a)).await;
    assert_eq!(
        two.deliver(std::slice::from_ref(&b)).await[0]["resultado"],
        "excedida"
    );
    let conflicts = manager.conflicts(&unseen).await;
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0]["tipo"], "exceso");
    assert_eq!(
        conflicts[0]["escaneoIds"],
        json!([a["escaneoId"], b["escaneoId"]]),
        "both sides"
    );
    assert!(!door_sees_nothing(&one, &unseen).await, "both doors see it");
}

async fn door_sees_nothing(door: &crate::house::Device, reservation: &str) -> bool {
    door.conflicts(reservation).await.is_empty()
}

#[tokio::test]
async fn an_undo_takes_back_and_the_state_returns() {
    let house = House::open().await;
    let (mut manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let entry = door.entry(&id, 3);
    door.deliver(std::slice::from_ref(&entry)).await;
    let undo = door.undo(&entry);
    let result = door.deliver(std::slice::from_ref(&undo)).await;
    assert_eq!(result[0]["resultado"], "registrada");
    assert_eq!(result[0]["asistenciaActual"], 0);
    // A second undo, by a manager, changes nothing.
    let second = manager.undo(&entry);
    assert_eq!(manager.deliver(&[second]).await[0]["asistenciaActual"], 0);
    let one = manager.one(&id).await;
    assert_eq!(one["estado"], "En Progreso");
    assert_eq!(
        one["registroEntradas"].as_array().unwrap().len(),
        3,
        "nothing is taken out"
    );
    let third = door.undo(&undo);
    let refused = door.deliver(&[third]).await;
    assert_eq!(refused[0]["resultado"], "rechazada");
    assert_eq!(refused[0]["codigoMotivo"], "undo_of_undo");
    assert!(manager.conflicts(&id).await.is_empty());
    house.prove().await;
}

#[tokio::test]
async fn an_undo_may_come_before_what_it_undoes() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let entry = door.entry(&id, 3);
    let undo = door.undo(&entry);
    let keep = door.entry(&id, 1);
    assert_eq!(door.deliver(&[undo, keep]).await[1]["asistenciaActual"], 1);
    let late = door.deliver(&[entry]).await;
    assert_eq!(late[0]["resultado"], "registrada");
    assert_eq!(late[0]["asistenciaActual"], 1);
    assert!(
        manager.conflicts(&id).await.is_empty(),
        "out of order is no break of the chain"
    );
    house.prove().await;
}

#[tokio::test]
async fn a_late_undo_counts_and_opens_a_conflict_in_either_order() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    for undo_first in [false, true] {
        let id = manager.reserve("Ana", 4).await;
        let long_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(16);
        let entry = door.make(
            &id,
            2,
            json!({"timestamp": long_ago.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()}),
        );
        let undo = door.undo(&entry);
        let batch = if undo_first { [undo, entry] } else { [entry, undo] };
        assert_eq!(door.deliver(&batch).await[1]["asistenciaActual"], 0);
        let conflicts = manager.conflicts(&id).await;
        let kinds: Vec<&Value> = conflicts.iter().map(|conflict| &conflict["tipo"]).collect();
        assert!(kinds.contains(&&json!("anulacion")), "{kinds:?}");
    }
}

#[tokio::test]
async fn an_orphan_joins_when_its_reservation_arrives() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let body = draft("Más tarde", 4);
    let id = body["id"].as_str().unwrap().to_owned();
    let entry = door.make(&id, 2, json!({"veredicto": "unknown"}));
    let orphan = door.deliver(std::slice::from_ref(&entry)).await;
    assert_eq!(orphan[0]["resultado"], "huerfana");
    assert_eq!(orphan[0]["asistenciaActual"], 2);
    assert_eq!(manager.conflicts(&id).await[0]["tipo"], "huerfana");
    let mut stream = manager.follow(None).await;
    let created = manager.post("/api/reservas", &body).await.ok();
    assert_eq!(created["asistenciaActual"], 2);
    assert_eq!(created["estado"], "Activa");
    let event = stream.change().await;
    assert_eq!(event.name, "reservation-created");
    assert_eq!(event.data["reserva"]["asistenciaActual"], 2);
    let resolved = stream.change().await;
    assert_eq!(resolved.name, "conflict-resolved");
    assert_eq!(resolved.data["conflicto"]["resultado"], "unida");
    assert_eq!(door.deliver(&[entry]).await[0]["resultado"], "repetida");
    house.prove().await;
}

#[tokio::test]
async fn a_ticket_of_an_older_id_finds_its_reservation() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let mut body = draft("De antes", 4);
    body["id"] = json!(format!("res-{}", new_key().replace('-', "")));
    let id = body["id"].as_str().unwrap().to_owned();
    let ticket = id
        .parse::<portero_protocol::ids::ReservationId>()
        .unwrap()
        .ticket_uuid()
        .to_string();
    // Before the hub knows it, by the ticket's id.
    let before = door.make(&ticket, 1, json!({"veredicto": "admitted"}));
    assert_eq!(
        door.deliver(std::slice::from_ref(&before)).await[0]["resultado"],
        "huerfana"
    );
    let mut stream = manager.follow(None).await;
    assert_eq!(
        manager.post("/api/reservas", &body).await.ok()["asistenciaActual"],
        1
    );
    assert_eq!(stream.change().await.name, "reservation-created");
    let told = stream.change().await;
    assert_eq!(told.name, "qr-scanned");
    assert_eq!(told.data["entrada"]["escaneoId"], before["escaneoId"]);
    assert_eq!(
        told.data["entrada"]["reservaId"], id,
        "under its right reservation"
    );
    // And after.
    let after = door.make(&ticket, 1, json!({}));
    let result = door.deliver(&[after]).await;
    assert_eq!(result[0]["resultado"], "registrada");
    assert_eq!(result[0]["asistenciaActual"], 2);
    house.prove().await;
}

#[tokio::test]
async fn what_changed_meanwhile_is_a_conflict_and_the_entry_counts() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let cancelled = manager.reserve("Cancelada", 4).await;
    manager
        .patch(&cancelled, 1, &json!({"estado": "Cancelado"}))
        .await
        .ok();
    let deleted = manager.reserve("Borrada", 4).await;
    manager
        .write(
            Method::DELETE,
            &format!("/api/reservas/{deleted}"),
            Some(1),
            &Value::Null,
        )
        .await
        .ok();
    let reissued = manager.reserve("Reemitida", 4).await;
    let issue = manager
        .post(&format!("/api/reservas/{reissued}/reemitir"), &Value::Null)
        .await
        .ok();
    assert_eq!(issue["emision"], 2);
    let moved = manager.reserve("Otra noche", 4).await;
    manager
        .patch(&moved, 1, &json!({"fecha": "2031-01-01"}))
        .await
        .ok();
    let by_hand = manager.reserve("A mano", 4).await;
    for (id, with, kind) in [
        (&cancelled, json!({}), "cancelada"),
        (&deleted, json!({}), "eliminada"),
        (&reissued, json!({}), "emisionAntigua"),
        (&moved, json!({}), "otroDia"),
        (
            &by_hand,
            json!({"veredicto": "already_in", "metodo": "Manual"}),
            "aMano",
        ),
    ] {
        let entry = door.make(id, 1, with);
        let result = door.deliver(std::slice::from_ref(&entry)).await;
        assert_eq!(result[0]["resultado"], "registrada", "{kind}");
        assert_eq!(result[0]["asistenciaActual"], 1);
        let conflicts = manager.conflicts(id).await;
        assert_eq!(conflicts.len(), 1, "{kind}: {conflicts:?}");
        assert_eq!(conflicts[0]["tipo"], kind);
        assert_eq!(conflicts[0]["escaneoIds"], json!([entry["escaneoId"]]));
    }
    house.prove().await;
}

#[tokio::test]
async fn a_conflict_is_joined_decided_and_opened_again() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Cancelada", 9).await;
    manager.patch(&id, 1, &json!({"estado": "Cancelado"})).await.ok();
    let first = door.entry(&id, 1);
    door.deliver(&[first]).await;
    let mut stream = manager.follow(None).await;
    let second = door.entry(&id, 1);
    door.deliver(&[second]).await;
    assert_eq!(stream.change().await.name, "qr-scanned");
    let joined = stream.change().await;
    assert_eq!(joined.name, "conflict-changed");
    assert_eq!(
        joined.data["conflicto"]["escaneoIds"].as_array().unwrap().len(),
        2
    );
    let conflict = joined.data["conflicto"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/conflictos/{conflict}/resolver");
    door.post(&path, &json!({"resultado": "correcto"}))
        .await
        .problem(403, "forbidden");
    let decided = manager
        .post(
            &path,
            &json!({"resultado": "correcto", "nota": "Habló con la jefa"}),
        )
        .await
        .ok();
    assert_eq!(decided["estado"], "resuelto");
    assert_eq!(decided["resueltoPor"], "Gerencia");
    assert_eq!(stream.change().await.name, "conflict-resolved");
    let third = door.entry(&id, 1);
    door.deliver(&[third]).await;
    assert_eq!(stream.change().await.name, "qr-scanned");
    let again = stream.change().await;
    assert_eq!(again.name, "conflict-opened");
    assert_eq!(again.data["conflicto"]["id"], conflict);
    assert_eq!(again.data["conflicto"]["escaneoIds"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_copied_laptop_breaks_its_chain_and_loses_nothing() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 9).await;
    let first = door.entry(&id, 1);
    let mut copy = door.clone();
    let (mine, yours) = (door.entry(&id, 1), copy.entry(&id, 1));
    let results = door.deliver(&[first, mine, yours]).await;
    assert_eq!(results[2]["resultado"], "registrada");
    assert_eq!(results[2]["asistenciaActual"], 3);
    assert_eq!(manager.conflicts(&id).await[0]["tipo"], "cadena");
    house.prove().await;
}

#[tokio::test]
async fn what_is_outstanding_of_a_device_is_known() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 9).await;
    let entries: Vec<Value> = (0..5).map(|_| door.entry(&id, 1)).collect();
    door.deliver(&[entries[0].clone(), entries[4].clone()]).await;
    let outstanding = async || {
        let devices = manager.get("/api/dispositivos").await.ok();
        let found = devices["dispositivos"].as_array().unwrap();
        found.iter().find(|device| device["id"] == door.id).unwrap()["faltan"].clone()
    };
    assert_eq!(outstanding().await, 3);
    door.deliver(&entries).await;
    assert_eq!(outstanding().await, 0);
    assert!(manager.conflicts(&id).await.is_empty());
}

#[tokio::test]
async fn one_entry_has_a_path_of_its_own() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let mut entry = door.entry(&id, 1);
    entry.as_object_mut().unwrap().remove("reservaId");
    let path = format!("/api/reservas/{id}/asistencia");
    let back = door.post(&path, &entry).await.ok();
    assert_eq!(back["resultado"], "registrada");
    entry["reservaId"] = json!("res-otra");
    door.post(&path, &entry).await.problem(422, "invalid_field");
}

#[tokio::test]
async fn the_tickets_code_never_travels_to_others() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let mut stream = door.follow(None).await;
    let entry = door.make(&id, 1, json!({"codigo": "P1ABC"}));
    door.deliver(&[entry]).await;
    assert!(stream.change().await.data["entrada"].get("codigo").is_none());
    assert!(door.one(&id).await["registroEntradas"][0].get("codigo").is_none());
    assert_eq!(manager.one(&id).await["registroEntradas"][0]["codigo"], "P1ABC");
}

#[tokio::test]
async fn a_no_show_who_comes_late_is_active_again() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    manager
        .patch(&id, 1, &json!({"estado": "Reserva Caída"}))
        .await
        .ok();
    let entry = door.make(&id, 1, json!({"timestamp": now()}));
    door.deliver(std::slice::from_ref(&entry)).await;
    assert_eq!(manager.one(&id).await["estado"], "Activa");
    let undo = door.undo(&entry);
    door.deliver(&[undo]).await;
    assert_eq!(manager.one(&id).await["estado"], "Reserva Caída");
}
