//! A night: two doors and a hub.

use std::time::Duration;

use serde_json::json;
use tempfile::tempdir;

use crate::support::door::Door;
use crate::support::hub::Hub;

#[test]
fn a_scan_at_one_door_is_seen_at_the_other_within_a_second() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Lucía Fernández", 6);
    let mut first = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );
    let mut second = Door::live(
        &folder.path().join("2"),
        &hub.url,
        &hub.token("portero", "Puerta 2"),
        "Puerta 2",
    );

    let scanned = std::time::Instant::now();
    let answer = first.scan(&code);
    assert_eq!(answer["verdict"], "admitted", "{answer}");
    assert_eq!(answer["asistenciaActual"], 1);
    let (seen, _) = second.event("the change at the other door", |event| {
        event["event"] == "changed" && event["reservas"].as_array().unwrap().contains(&json!(id))
    });
    let took = seen.duration_since(scanned);
    println!("scan at one door → changed at the other: {took:?}");
    assert!(took < Duration::from_secs(1), "it took {took:?}");

    let there = second.ask(json!({"cmd": "get", "reservaId": id}));
    assert_eq!(there["asistenciaActual"], 1);
    assert_eq!(there["registroEntradas"][0]["puerta"], "Puerta 1");
    hub.check();
}

#[test]
fn without_the_hub_the_door_goes_on_and_delivers_once_when_it_returns() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "José López", 4);
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );

    hub.kill();
    door.state("offline");
    for count in 1..=5 {
        let answer = door.scan(&code);
        assert_eq!(answer["asistenciaActual"], count, "{answer}");
        assert_eq!(
            answer["verdict"],
            if count <= 4 { "admitted" } else { "excess" },
            "{answer}"
        );
    }
    let last = door.ask(json!({"cmd": "list", "limit": 10}));
    assert_eq!(last["reservas"][0]["asistenciaActual"], 5);

    hub.serve();
    door.state("live");
    door.delivered();
    assert_eq!(
        hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"],
        5
    );
    assert_eq!(hub.entries().len(), 5);
    hub.check();
    door.end();
}

#[test]
fn each_of_many_quick_scans_counts_one_more() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (_, code) = hub.reserve(&manager, "Grupo grande", 9_000);
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );
    // Sent without waiting for answers: each is decided while the one before is still on its way to the list.
    let sent: Vec<u64> = (0..300)
        .map(|_| door.send(json!({"cmd": "scan", "code": code})))
        .collect();
    for (request, count) in sent.into_iter().zip(1..) {
        assert_eq!(door.answer(request).unwrap().unwrap()["asistenciaActual"], count);
    }
}

#[test]
fn an_undo_is_a_fact_too() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Marta Ríos", 2);
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );
    let entry = door.scan(&code)["escaneoId"].clone();
    let undone = door.ask(json!({"cmd": "undo", "escaneoId": entry}));
    assert_eq!(undone["asistenciaActual"], 0, "{undone}");
    door.delivered();
    let row = hub.get(&format!("/api/reservas/{id}"), &manager);
    assert_eq!(row["asistenciaActual"], 0, "{row}");
    assert_eq!(
        row["estado"], "En Progreso",
        "the state that the entry had set returns"
    );
    assert_eq!(
        row["registroEntradas"].as_array().unwrap().len(),
        2,
        "nothing is deleted"
    );
    hub.check();
}

#[test]
fn what_a_manager_changes_decides_at_the_door() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Grupo Andrade", 6);
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );

    let patch = |body: serde_json::Value| {
        let version = hub.get(&format!("/api/reservas/{id}"), &manager)["version"].clone();
        let client = reqwest::Client::new();
        let request = client
            .patch(format!("{}/api/reservas/{id}", hub.url))
            .bearer_auth(&manager)
            .header("If-Match", format!("\"{version}\""))
            .header("Idempotency-Key", uuid::Uuid::now_v7().to_string())
            .json(&body);
        let answer = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(request.send())
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    };
    patch(json!({"estado": "Cancelado"}));
    door.event("the cancellation", |event| event["event"] == "changed");
    let answer = door.scan(&code);
    assert_eq!(answer["verdict"], "cancelled", "{answer}");
    assert!(answer.get("escaneoId").is_none(), "nothing is recorded: {answer}");

    patch(json!({"estado": "En Progreso"}));
    hub.post(&format!("/api/reservas/{id}/reemitir"), &manager, &json!({}));
    crate::support::until("the reissue", Duration::from_secs(5), || {
        (door.ask(json!({"cmd": "get", "reservaId": id}))["emision"] == 2).then_some(())
    });
    assert_eq!(door.scan(&code)["verdict"], "stale_code");
    assert_eq!(hub.entries().len(), 0);
}
