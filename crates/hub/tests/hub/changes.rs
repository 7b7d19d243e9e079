//! Pages of the log, and the page that a delivery brings back.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn pages_are_the_stream_as_json() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let epoch = house.epoch().await;
    let start = format!("{epoch}:0");
    let mut stream = door.follow(Some(&start)).await;
    for number in 0..5 {
        manager.reserve(&format!("R{number}"), 1).await;
    }
    let page = door
        .get(&format!("/api/reservas/changes?since={start}"))
        .await
        .ok();
    assert_eq!(page["more"], false);
    let events = page["eventos"].as_array().unwrap();
    assert_eq!(page["cursor"], events.last().unwrap()["id"]);
    for event in events {
        let live = stream.change().await;
        assert_eq!(event["id"], live.id.unwrap());
        assert_eq!(event["event"], live.name);
        assert_eq!(event["data"], live.data);
    }
    let empty = door
        .get(&format!(
            "/api/reservas/changes?since={}",
            page["cursor"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(empty["eventos"], json!([]));
    assert_eq!(empty["cursor"], page["cursor"]);
}

#[tokio::test]
async fn a_long_way_is_a_thousand_at_a_time() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Grande", 9_999).await;
    let epoch = house.epoch().await;
    for _ in 0..5 {
        let batch: Vec<Value> = (0..450).map(|_| door.entry(&id, 1)).collect();
        door.deliver(&batch).await;
    }
    let mut cursor = format!("{epoch}:0");
    let mut sizes = Vec::new();
    let mut next = 1;
    loop {
        let page = door
            .get(&format!("/api/reservas/changes?since={cursor}"))
            .await
            .ok();
        let events = page["eventos"].as_array().unwrap();
        for event in events {
            assert_eq!(event["id"], format!("{epoch}:{next}"));
            next += 1;
        }
        sizes.push(events.len());
        cursor = page["cursor"].as_str().unwrap().to_owned();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(sizes[..2], [1_000, 1_000]);
    assert_eq!(sizes.len(), 3);
    assert_eq!(manager.one(&id).await["asistenciaActual"], 2_250);
}

#[tokio::test]
async fn a_page_says_where_the_log_cannot_continue() {
    let house = House::open().await;
    let door = house.door().await;
    let epoch = house.epoch().await;
    for (since, status, code) in [
        (format!("{epoch}:99"), 410, "cursor_expired"),
        ("other:0".to_owned(), 410, "cursor_expired"),
        ("garbage".to_owned(), 400, "invalid_cursor"),
        (String::new(), 400, "invalid_cursor"),
    ] {
        door.get(&format!("/api/reservas/changes?since={since}"))
            .await
            .problem(status, code);
    }
    door.get("/api/reservas/changes")
        .await
        .problem(400, "invalid_query");
}

#[tokio::test]
async fn a_delivery_brings_the_changes_back() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let cursor = manager.get("/api/reservas").await.ok()["cursor"].clone();
    let entry = door.entry(&id, 1);
    let back = door
        .post("/api/asistencia", &json!({"entradas": [entry], "since": cursor}))
        .await
        .ok();
    assert_eq!(back["cambios"]["eventos"][0]["event"], "qr-scanned");
    assert_eq!(
        back["cambios"]["eventos"][0]["data"]["entrada"]["escaneoId"],
        entry["escaneoId"]
    );
    let reset = door
        .post("/api/asistencia", &json!({"entradas": [], "since": "other:3"}))
        .await
        .ok();
    assert_eq!(reset, json!({"resultados": [], "cambios": {"reset": true}}));
    door.post("/api/asistencia", &json!({"entradas": [], "since": "x"}))
        .await
        .problem(422, "invalid_body");
}
