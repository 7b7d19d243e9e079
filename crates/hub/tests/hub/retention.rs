//! What the hub forgets, and when it closes a day.

use std::time::Duration;

use jiff::ToSpan;
use portero_hub::Options;
use portero_protocol::venue::VenuePatch;
use serde_json::json;

use crate::house::{Device, House, LONG, draft, on_a_thread, tonight};

async fn until(mut done: impl AsyncFnMut() -> bool) {
    tokio::time::timeout(LONG, async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("it does not come true");
}

#[tokio::test]
async fn what_is_older_than_the_log_is_reset_and_the_head_goes_on() {
    let mut house = House::open().await;
    let manager = house.manager().await;
    manager.reserve("Uno", 1).await;
    let epoch = house.epoch().await;
    house.end().await.unwrap();
    house
        .serve(Options {
            retention: Duration::ZERO,
            ..Options::default()
        })
        .await;
    let manager = Device {
        url: house.url.clone(),
        ..manager
    };
    let start = format!("{epoch}:0");
    let path = format!("/api/reservas/changes?since={start}");
    until(async || manager.get(&path).await.status == 410).await;
    manager.get(&path).await.problem(410, "cursor_expired");
    let mut stream = manager.follow(Some(&start)).await;
    assert_eq!(stream.next().await.unwrap().data["resumed"], false);
    let reset = stream.change().await;
    assert_eq!(
        (reset.name.as_str(), &reset.data["reason"]),
        ("reset", &json!("retention"))
    );
    // Whoever has everything lost nothing, though the log is empty.
    let mut stream = manager.follow(reset.id.as_deref()).await;
    assert_eq!(stream.next().await.unwrap().data["resumed"], true);
    manager.reserve("Dos", 1).await;
    assert_eq!(stream.change().await.pos(), reset.pos() + 1);
    house.prove().await;
}

#[tokio::test]
async fn a_day_is_closed_where_the_venue_wants_it() {
    let mut house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let yesterday: jiff::civil::Date = tonight()
        .parse::<jiff::civil::Date>()
        .unwrap()
        .yesterday()
        .unwrap();
    let mut ids = Vec::new();
    for (name, day, hour) in [
        ("Vino", yesterday, "22:00"),
        ("No vino", yesterday, "22:00"),
        // After midnight, and of the night before.
        ("De madrugada", yesterday.saturating_add(1.day()), "01:30"),
        ("Cancelada", yesterday, "22:00"),
        ("Esta noche", yesterday.saturating_add(1.day()), "22:00"),
    ] {
        let mut body = draft(name, 2);
        body["fecha"] = json!(day.to_string());
        body["hora"] = json!(hour);
        manager.post("/api/reservas", &body).await.ok();
        ids.push(body["id"].as_str().unwrap().to_owned());
    }
    let entry = door.entry(&ids[0], 2);
    door.deliver(&[entry]).await;
    manager
        .patch(&ids[3], 1, &json!({"estado": "Cancelado"}))
        .await
        .ok();
    house.end().await.unwrap();
    let store = house.store.clone();
    let patch = VenuePatch {
        closes_days: Some(true),
        ..VenuePatch::default()
    };
    on_a_thread(move || store.set_venue(&patch).unwrap()).await;
    house.serve(Options::default()).await;
    let manager = Device {
        url: house.url.clone(),
        ..manager
    };
    until(async || manager.one(&ids[1]).await["estado"] == "Reserva Caída").await;
    let mut states = Vec::new();
    for id in &ids {
        states.push(manager.one(id).await["estado"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        states,
        [
            "En Camino",
            "Reserva Caída",
            "Reserva Caída",
            "Cancelado",
            "En Progreso"
        ]
    );
    house.prove().await;
}
