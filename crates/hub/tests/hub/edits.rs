//! Creating, merging field by field, deleting, issuing anew; and doing each write once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, draft, new_key, tonight};

#[tokio::test]
async fn the_same_create_again_gives_the_reservation_and_another_one_is_refused() {
    let house = House::open().await;
    let manager = house.manager().await;
    let body = draft("Ana", 4);
    let id = body["id"].as_str().unwrap().to_owned();
    let first = manager.post("/api/reservas", &body).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.headers["etag"], "\"1\"");
    assert!(first.body["codigoQR"].as_str().unwrap().starts_with("P1"));
    manager.patch(&id, 1, &json!({"mesa": "T9"})).await.ok();
    let again = manager.post("/api/reservas", &body).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body["mesa"], "T9", "as it is now");
    let mut other = body.clone();
    other["numeroPersonas"] = json!(5);
    manager
        .post("/api/reservas", &other)
        .await
        .problem(409, "id_taken");
    manager
        .write(
            Method::DELETE,
            &format!("/api/reservas/{id}"),
            Some(2),
            &Value::Null,
        )
        .await
        .ok();
    manager.post("/api/reservas", &body).await.problem(409, "id_used");
    manager
        .get(&format!("/api/reservas/{id}"))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn an_old_if_match_fails_only_where_the_same_field_changed() {
    let house = House::open().await;
    let manager = house.manager().await;
    let id = manager.reserve("Ana", 4).await;
    assert_eq!(
        manager.patch(&id, 1, &json!({"mesa": "T2"})).await.ok()["version"],
        2
    );
    let merged = manager.patch(&id, 1, &json!({"numeroPersonas": 6})).await.ok();
    assert_eq!((&merged["version"], &merged["mesa"]), (&json!(3), &json!("T2")));
    let clash = manager
        .patch(&id, 1, &json!({"mesa": "T3", "razonVisita": "Boda"}))
        .await;
    clash.problem(412, "version_conflict");
    assert_eq!(clash.body["current"]["mesa"], "T2");
    assert_eq!(clash.headers["etag"], "\"3\"");
    assert_eq!(manager.conflicts(&id).await[0]["tipo"], "edicion");
    assert!(
        manager.one(&id).await.get("razonVisita").is_none(),
        "all of it or nothing"
    );
    // The same value is no contradiction.
    assert_eq!(
        manager.patch(&id, 1, &json!({"mesa": "T2"})).await.ok()["version"],
        3
    );
    manager
        .patch(&id, 9, &json!({"mesa": "T4"}))
        .await
        .problem(412, "version_conflict");
    manager
        .write(
            Method::PATCH,
            &format!("/api/reservas/{id}"),
            None,
            &json!({"mesa": "T4"}),
        )
        .await
        .problem(428, "precondition_required");
    manager
        .write(
            Method::PATCH,
            "/api/local",
            None,
            &json!({"edicionSinVersion": true}),
        )
        .await
        .ok();
    manager
        .write(
            Method::PATCH,
            &format!("/api/reservas/{id}"),
            None,
            &json!({"mesa": "T4"}),
        )
        .await
        .ok();
}

#[tokio::test]
async fn an_edit_tells_what_changed_and_null_clears() {
    let house = House::open().await;
    let manager = house.manager().await;
    let id = manager.reserve("Ana", 4).await;
    let mut stream = manager.follow(None).await;
    manager
        .patch(
            &id,
            1,
            &json!({"mesa": null, "numeroPersonas": 2, "hora": "22:00"}),
        )
        .await
        .ok();
    let event = stream.change().await;
    assert_eq!(event.name, "reservation-updated");
    assert_eq!(event.data["version"], 2);
    let updates = event.data["updates"].as_object().unwrap();
    assert_eq!(updates["mesa"], Value::Null);
    assert_eq!(updates["numeroPersonas"], 2);
    assert!(!updates.contains_key("hora"), "it was so before");
    assert!(event.data["en"].is_string() && event.data["opId"].is_string());
    // Nothing changed: no event, no version.
    assert_eq!(
        manager.patch(&id, 2, &json!({"numeroPersonas": 2})).await.ok()["version"],
        2
    );
    manager.reserve("Otra", 1).await;
    assert_eq!(stream.change().await.name, "reservation-created");
}

#[tokio::test]
async fn put_clears_what_it_omits() {
    let house = House::open().await;
    let manager = house.manager().await;
    let id = manager.reserve("Ana", 4).await;
    let path = format!("/api/reservas/{id}");
    let body =
        json!({"cliente": {"nombre": "Ana B"}, "numeroPersonas": 3, "fecha": tonight(), "hora": "23:00"});
    let put = manager.write(Method::PUT, &path, Some(1), &body).await.ok();
    assert_eq!(put["cliente"], json!({"nombre": "Ana B"}));
    assert!(put.get("mesa").is_none() && put.get("detalles").is_none());
    let mut back = put.clone();
    back.as_object_mut().unwrap().remove("registroEntradas");
    assert_eq!(
        manager.write(Method::PUT, &path, Some(2), &back).await.ok()["version"],
        2,
        "as it was read"
    );
    back["asistenciaActual"] = json!(7);
    manager
        .write(Method::PUT, &path, Some(2), &back)
        .await
        .problem(422, "read_only_field");
}

#[tokio::test]
async fn a_deletion_leaves_a_tombstone_and_its_entries() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let entry = door.entry(&id, 1);
    door.deliver(&[entry]).await;
    let path = format!("/api/reservas/{id}");
    manager.patch(&id, 1, &json!({"mesa": "T5"})).await.ok();
    manager
        .write(Method::DELETE, &path, Some(1), &Value::Null)
        .await
        .problem(412, "version_conflict");
    let mut stream = door.follow(None).await;
    let gone = manager
        .write(Method::DELETE, &path, Some(2), &Value::Null)
        .await
        .ok();
    assert_eq!(gone, json!({"id": id, "version": 3}));
    let event = stream.change().await;
    assert_eq!(
        (event.name.as_str(), &event.data["version"]),
        ("reservation-deleted", &json!(3))
    );
    manager
        .write(Method::DELETE, &path, Some(3), &Value::Null)
        .await
        .problem(404, "not_found");
    let after = door.entry(&id, 1);
    assert_eq!(door.deliver(&[after]).await[0]["asistenciaActual"], 2);
    house.prove().await;
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer() {
    let house = House::open().await;
    let manager = house.manager().await;
    let key = new_key();
    let send = async |body: &Value, key: &str| {
        let request = manager
            .request(Method::POST, "/api/reservas")
            .header("idempotency-key", key)
            .json(body);
        manager.send(request).await
    };
    let mut body = draft("Ana", 4);
    body.as_object_mut().unwrap().remove("id");
    let first = send(&body, &key).await;
    let again = send(&body, &key).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(manager.get("/api/reservas").await.ok()["total"], 1);
    body["numeroPersonas"] = json!(5);
    send(&body, &key).await.problem(422, "idempotency_mismatch");
    // What was wrong stays wrong.
    let key = new_key();
    body["numeroPersonas"] = json!(0);
    let wrong = send(&body, &key).await;
    wrong.problem(422, "invalid_field");
    send(&body, &key).await.problem(422, "invalid_field");
    // A device's key is its own.
    let other = house.door().await;
    let walk_in = json!({"cliente": {"nombre": "De paso"}, "numeroPersonas": 2, "fecha": tonight(), "hora": "22:00", "origen": "sinReserva"});
    let request = other
        .request(Method::POST, "/api/reservas")
        .header("idempotency-key", &key)
        .json(&walk_in);
    assert_eq!(other.send(request).await.status, 201);
    let request = manager.request(Method::POST, "/api/reservas").json(&body);
    manager
        .send(request)
        .await
        .problem(400, "idempotency_key_required");
}

#[tokio::test]
async fn many_at_once_with_one_key_create_one() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut body = draft("Ana", 4);
    body.as_object_mut().unwrap().remove("id");
    let key = new_key();
    let sends = (0..16).map(|_| {
        let request = manager
            .request(Method::POST, "/api/reservas")
            .header("idempotency-key", &key)
            .json(&body);
        let manager = manager.clone();
        tokio::spawn(async move { manager.send(request).await })
    });
    let mut ids = std::collections::HashSet::new();
    for sent in sends.collect::<Vec<_>>() {
        let back = sent.await.unwrap();
        match back.status.as_u16() {
            201 => {
                ids.insert(back.body["id"].to_string());
            }
            409 => {
                back.problem(409, "idempotency_in_flight");
                assert_eq!(back.headers["retry-after"], "1");
            }
            other => panic!("{other}: {}", back.body),
        }
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(manager.get("/api/reservas").await.ok()["total"], 1);
}

#[tokio::test]
async fn a_door_creates_walk_ins_of_tonight_within_its_allotment() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let walk_in = |party: u32, day: &str| json!({"id": new_key(), "cliente": {"nombre": "De paso"}, "numeroPersonas": party, "fecha": day, "hora": "22:00", "origen": "sinReserva"});
    assert_eq!(
        door.post("/api/reservas", &walk_in(2, &tonight())).await.status,
        201
    );
    door.post("/api/reservas", &draft("Reserva", 2))
        .await
        .problem(403, "walk_in_only");
    door.post("/api/reservas", &walk_in(2, "2031-01-01"))
        .await
        .problem(403, "walk_in_only");
    let path = format!("/api/dispositivos/{}", door.id);
    manager
        .write(Method::PATCH, &path, None, &json!({"cupo": 5}))
        .await
        .ok();
    assert_eq!(
        door.post("/api/reservas", &walk_in(3, &tonight())).await.status,
        201
    );
    door.post("/api/reservas", &walk_in(1, &tonight()))
        .await
        .problem(403, "walk_in_only");
    let id = manager.reserve("Ana", 2).await;
    door.patch(&id, 1, &json!({"mesa": "T3"}))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_new_issue_has_another_ticket_and_the_older_number_is_known() {
    let house = House::open().await;
    let manager = house.manager().await;
    let id = manager.reserve("Ana", 4).await;
    let before = manager.one(&id).await["codigoQR"].clone();
    assert_eq!(
        manager.one(&id).await["codigoQR"],
        before,
        "the same until it is issued anew"
    );
    let after = manager
        .post(&format!("/api/reservas/{id}/reemitir"), &Value::Null)
        .await
        .ok();
    assert_ne!(after["codigoQR"], before);
    assert_eq!((&after["emision"], &after["version"]), (&json!(2), &json!(2)));
    let venue: portero_protocol::venue::Venue =
        serde_json::from_value(manager.get("/api/local").await.ok()).unwrap();
    let ticket = portero_protocol::ticket::Ticket::parse(after["codigoQR"].as_str().unwrap()).unwrap();
    assert!(ticket.verify(&venue.keys).is_ok());
    assert_eq!((ticket.issue, ticket.party), (2, 4));
    assert_eq!(ticket.ticket_id.to_string(), id);
}
