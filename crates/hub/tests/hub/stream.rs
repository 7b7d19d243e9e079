//! Resume, reset, redaction, heartbeat, slow readers, ends.

use std::time::Duration;

use portero_hub::Options;
use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, LONG, draft};

#[tokio::test]
async fn connected_comes_first_and_the_headers_keep_proxies_from_holding_it() {
    let house = House::open().await;
    let door = house.door().await;
    let mut stream = door.follow(None).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.id), ("connected", &None));
    assert_eq!(first.data["resumed"], false);
    assert_eq!(first.data["protocolo"], 1);
    assert_eq!(first.data["heartbeatMs"], 30_000);
    assert_eq!(first.data["dispositivo"], door.id);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-store, no-transform");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    assert!(stream.headers.contains_key("portero-time"));
    assert!(!stream.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn a_heartbeat_has_no_id_and_tells_the_head() {
    let house = House::with(Options {
        heartbeat: Duration::from_millis(100),
        ..Options::default()
    })
    .await;
    let manager = house.manager().await;
    let mut stream = manager.follow(None).await;
    let head = stream.next().await.unwrap().data["head"].clone();
    let beat = stream.next().await.unwrap();
    assert_eq!((beat.name.as_str(), &beat.id), ("heartbeat", &None));
    assert_eq!(beat.data["head"], head);
    assert!(beat.data["time"].is_string());
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was_while_others_write() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager.reserve("Uno", 1).await;
    let mut stream = manager.follow(None).await;
    stream.next().await.unwrap();
    manager.reserve("Dos", 1).await;
    let seen = stream.change().await;
    drop(stream);
    let writer = manager.clone();
    let writes = tokio::spawn(async move {
        for number in 0..300 {
            writer.reserve(&format!("Durante {number}"), 1).await;
        }
    });
    // Comes back again and again in the middle of it, by header and by query.
    let mut last = seen.pos();
    let mut id = seen.id.clone().unwrap();
    while last < seen.pos() + 300 {
        let mut stream = manager.follow(Some(&id)).await;
        assert_eq!(stream.next().await.unwrap().data["resumed"], true);
        for _ in 0..40.min(seen.pos() + 300 - last) {
            let event = stream.change().await;
            assert_eq!(event.pos(), last + 1, "no gap and no repeat");
            last = event.pos();
            id = event.id.unwrap();
        }
    }
    writes.await.unwrap();
}

#[tokio::test]
async fn what_the_log_cannot_continue_is_reset_and_the_same_stream_goes_on() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager.reserve("Uno", 1).await;
    let mut probe = manager.follow(None).await;
    let connected = probe.next().await.unwrap().data;
    let (epoch, head) = (
        connected["epoch"].as_str().unwrap(),
        connected["head"].as_u64().unwrap(),
    );
    for (cursor, reason) in [
        ("another:1".to_owned(), "epoch"),
        (format!("{epoch}:{}", head + 100), "ahead"),
    ] {
        let mut stream = manager.follow(Some(&cursor)).await;
        assert_eq!(stream.next().await.unwrap().data["resumed"], false);
        let reset = stream.change().await;
        assert_eq!(
            (reset.name.as_str(), &reset.data["reason"]),
            ("reset", &json!(reason))
        );
        assert_eq!(
            reset.id.as_deref().unwrap(),
            format!("{epoch}:{}", reset.data["head"])
        );
        manager.reserve("Después", 1).await;
        assert_eq!(stream.change().await.pos(), reset.pos() + 1);
    }
    for bad in ["", "x", "x:", "x:-1", "a b:1", "x:01"] {
        let request = manager
            .request(Method::GET, "/api/reservas/events")
            .header("last-event-id", bad);
        manager.send(request).await.problem(400, "invalid_cursor");
    }
    // The header wins.
    let request = manager
        .request(Method::GET, &format!("/api/reservas/events?since={epoch}:0"))
        .header("last-event-id", "x");
    manager.send(request).await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn every_role_gets_every_position_and_only_what_it_may_see() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let screen = house.device(Role::Screen, "Pantalla").await;
    let mut at_manager = manager.follow(None).await;
    let mut at_door = door.follow(None).await;
    let mut at_screen = screen.follow(None).await;
    let id = manager.reserve("Ana", 1).await;
    manager
        .patch(
            &id,
            1,
            &json!({"cliente": {"nombre": "Ana", "email": "b@example.com"}, "detalles": ["Alergia"]}),
        )
        .await
        .ok();
    let (one, two) = (door.entry(&id, 1), door.make(&id, 1, json!({"usuario": "Pepe"})));
    door.deliver(&[one, two]).await;
    manager
        .post(
            "/api/dispositivos/invitar",
            &json!({"rol": "portero", "nombre": "x"}),
        )
        .await
        .ok();
    let path = format!("/api/dispositivos/{}", screen.id);
    manager
        .write(Method::PATCH, &path, None, &json!({"nombre": "Pantalla 2"}))
        .await
        .ok();
    manager
        .write(Method::PATCH, "/api/local", None, &json!({"aforo": 300}))
        .await
        .ok();
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push((
            at_manager.change().await,
            at_door.change().await,
            at_screen.change().await,
        ));
    }
    let names: Vec<[&str; 3]> = all
        .iter()
        .map(|(a, b, c)| {
            assert!(a.id == b.id && b.id == c.id);
            [a.name.as_str(), b.name.as_str(), c.name.as_str()]
        })
        .collect();
    assert_eq!(
        names,
        [
            ["reservation-created"; 3],
            ["reservation-updated"; 3],
            ["qr-scanned"; 3],
            ["qr-scanned"; 3],
            ["conflict-opened", "conflict-opened", "oculto"],
            ["device-changed", "oculto", "oculto"],
            ["venue-changed"; 3],
        ]
    );
    assert_eq!(all[4].2.data, json!({}));
    let client = |event: &crate::sse::Event| event.data["reserva"]["cliente"].clone();
    assert_eq!(client(&all[0].0)["email"], "a@example.com");
    assert_eq!(client(&all[0].1), json!({"nombre": "Ana", "telefono": "···3456"}));
    assert_eq!(client(&all[0].2), json!({"nombre": ""}));
    assert!(all[0].2.data["reserva"].get("detalles").is_none());
    assert_eq!(all[1].1.data["updates"]["cliente"], json!({"nombre": "Ana"}));
    assert!(all[1].2.data["updates"].get("detalles").is_none());
    assert_eq!(all[3].1.data["clienteNombre"], "Ana");
    assert_eq!(all[3].2.data["clienteNombre"], "");
    assert!(all[3].2.data["entrada"].get("usuario").is_none());
    assert_eq!(all[3].2.data["asistenciaActual"], 2);
}

#[tokio::test]
async fn text_from_people_never_becomes_a_field_of_the_stream() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut stream = manager.follow(None).await;
    let mut body = draft("x", 1);
    body["cliente"]["nombre"] = json!("Ana\u{2028}id: otra: \u{85}\u{feff}日本 \"\\");
    // U+0085 is a control character.
    manager
        .post("/api/reservas", &body)
        .await
        .problem(422, "invalid_field");
    let name = "Ana\u{2028}id: otra: \u{feff}日本 \"\\";
    body["cliente"]["nombre"] = json!(name);
    manager.post("/api/reservas", &body).await.ok();
    assert_eq!(stream.change().await.data["reserva"]["cliente"]["nombre"], name);
}

#[tokio::test]
async fn a_revoked_device_is_cut_off_and_others_go_on() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let mut cut = door.follow(None).await;
    let mut kept = manager.follow(None).await;
    let path = format!("/api/dispositivos/{}", door.id);
    manager
        .write(Method::DELETE, &path, None, &Value::Null)
        .await
        .ok();
    assert_eq!(cut.next().await.unwrap().name, "connected");
    assert_eq!(cut.next().await, None);
    assert_eq!(kept.change().await.name, "device-changed");
}

#[tokio::test]
async fn a_stream_ends_about_when_it_should_and_with_its_token() {
    let house = House::with(Options {
        stream_life: Duration::from_secs(1),
        ..Options::default()
    })
    .await;
    let manager = house.manager().await;
    let begun = std::time::Instant::now();
    let mut stream = manager.follow(None).await;
    while stream.next().await.is_some() {}
    let life = begun.elapsed();
    assert!(life >= Duration::from_millis(830), "{life:?}");
    // Whoever has a token that ends has a stream that ends with it.
    let store = house.store.clone();
    let soon = portero_protocol::instant::Instant::from_ms(jiff::Timestamp::now().as_millisecond() + 300);
    let token = crate::house::on_a_thread(move || {
        store
            .create_token_until(Role::Screen, "Una noche", Some(soon))
            .unwrap()
    })
    .await;
    let mut short = manager.clone();
    short.token = token.token;
    let begun = std::time::Instant::now();
    let mut stream = short.follow(None).await;
    while stream.next().await.is_some() {}
    assert!(begun.elapsed() < Duration::from_millis(830));
    short.get("/api/local").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn the_end_closes_streams_first_with_a_time_to_wait() {
    let mut house = House::open().await;
    let manager = house.manager().await;
    let mut streams = Vec::new();
    for _ in 0..300 {
        let mut stream = manager.follow(None).await;
        stream.next().await.unwrap();
        streams.push(stream);
    }
    let begun = std::time::Instant::now();
    house.end().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let mut waits = std::collections::HashSet::new();
    for stream in &mut streams {
        let last = stream.next().await.unwrap();
        assert_eq!(last.name, "heartbeat");
        waits.insert(last.retry.unwrap());
        assert_eq!(stream.next().await, None);
    }
    assert!(waits.len() > 60, "they do not come back all at once");
}

#[tokio::test]
async fn a_slow_reader_is_let_go_and_delays_nobody() {
    let house = House::with(Options {
        queue_events: 8,
        ..Options::default()
    })
    .await;
    let manager = house.manager().await;
    let mut fast = manager.follow(None).await;
    let mut slow = manager.follow(None).await;
    let connected = slow.next().await.unwrap();
    // Events as large as they may be, so that the sockets' own buffers are full soon.
    let details: Vec<String> = (0..20).map(|line| format!("{line}{}", "ñ".repeat(490))).collect();
    let mut last = connected.data["head"].as_u64().unwrap();
    for number in 0..600 {
        let mut body = draft(&format!("Grande {number}"), 1);
        body["detalles"] = json!(details);
        manager.post("/api/reservas", &body).await.ok();
        let event = fast.change().await;
        assert_eq!(event.pos(), last + 1);
        last = event.pos();
    }
    // What had gone out before comes, without a gap; then the stream ends, and its reader goes on from there.
    let mut seen = connected.data["head"].as_u64().unwrap();
    let mut id = None;
    let ended = tokio::time::timeout(LONG, async {
        while let Some(event) = slow.next().await {
            if event.id.is_some() {
                assert_eq!(event.pos(), seen + 1);
                seen = event.pos();
                id = event.id;
            }
        }
    })
    .await;
    assert!(
        ended.is_ok() && seen < last,
        "it was not let go: {seen} of {last}"
    );
    let mut again = manager.follow(id.as_deref()).await;
    assert_eq!(again.change().await.pos(), seen + 1);
}

#[tokio::test]
async fn another_programs_writes_reach_the_streams() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut stream = manager.follow(None).await;
    stream.next().await.unwrap();
    let path = house.path();
    // As `portero-hub token` does while the hub serves: another connection, another writer.
    let token = crate::house::on_a_thread(move || {
        let other = portero_hub::Store::open(path).unwrap();
        other.create_token(Role::Door, "Puerta 9").unwrap()
    })
    .await;
    let told = stream.change().await;
    assert_eq!(told.name, "device-changed");
    assert_eq!(told.data["dispositivo"]["nombre"], "Puerta 9");
    let mut new = manager.clone();
    new.token = token.token;
    new.get("/api/local").await.ok();
    manager.reserve("Después", 1).await;
    assert_eq!(stream.change().await.pos(), told.pos() + 1);
    house.prove().await;
}
