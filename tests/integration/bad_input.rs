//! What a person or a program can send wrong: a clear answer, and everything else goes on.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::door::Door;
use crate::support::hub::Hub;

#[test]
fn the_hub_answers_every_bad_request_with_a_code_and_a_sentence() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let good =
        json!({"cliente": {"nombre": "Ana"}, "numeroPersonas": 2, "fecha": "2026-11-24", "hora": "21:30"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let cases = [
        (with("numeroPersonas", json!(0)), "invalid_field"),
        (with("numeroPersonas", json!(10_000)), "invalid_field"),
        (with("numeroPersonas", json!("dos")), "invalid_body"),
        (with("fecha", json!("24/11/2026")), "invalid_body"),
        (with("fecha", json!("2026-02-30")), "invalid_body"),
        (with("hora", json!("25:00")), "invalid_body"),
        (with("cliente", json!({"nombre": ""})), "invalid_field"),
        (with("cliente", json!({"nombre": "a\u{7}b"})), "invalid_field"),
        (
            with("cliente", json!({"nombre": "x".repeat(201)})),
            "invalid_field",
        ),
        (with("asistenciaActual", json!(5)), "read_only_field"),
        (with("id", json!("a/b")), "invalid_body"),
        (json!([1, 2]), "invalid_body"),
    ];
    for (body, code) in cases {
        let (status, answer) = hub.try_send(Method::POST, "/api/reservas", &manager, Some(&body));
        assert!(status.is_client_error(), "{body}: {status}");
        assert_eq!(answer["code"], code, "{body}: {answer}");
        assert!(
            answer["title"].is_string() || answer["detail"].is_string(),
            "{answer}"
        );
    }
    let (status, answer) = hub.try_send(Method::GET, "/api/reservas", "not-a-token", None);
    assert_eq!((status.as_u16(), &answer["code"]), (401, &json!("unauthorized")));
    let (status, answer) = hub.try_send(
        Method::GET,
        "/api/reservas/changes?since=nonsense",
        &manager,
        None,
    );
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (400, &json!("invalid_cursor"))
    );
    let (status, answer) = hub.try_send(Method::GET, "/api/nothing", &manager, None);
    assert_eq!((status.as_u16(), &answer["code"]), (404, &json!("not_found")));
    let huge = json!({"cliente": {"nombre": "x".repeat(1_100_000)}});
    let (status, answer) = hub.try_send(Method::POST, "/api/reservas", &manager, Some(&huge));
    assert_eq!((status.as_u16(), &answer["code"]), (413, &json!("too_large")));
    hub.reserve(&manager, "Después", 2);
    hub.check();
}

#[test]
fn one_bad_entry_does_not_stop_the_others() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, _) = hub.reserve(&manager, "Ana", 2);
    let entry = json!({
        "escaneoId": uuid::Uuid::now_v7().to_string(), "reservaId": id, "cantidad": 1, "metodo": "QR",
        "timestamp": jiff::Timestamp::now().to_string(), "desfaseMs": 0, "desfaseErrorMs": 0, "secuencia": 1,
        "previo": "0".repeat(64), "veredicto": "admitted",
    });
    let delivery = json!({"entradas": [{"escaneoId": 5}, "nonsense", entry]});
    let answer = hub.post("/api/asistencia", &manager, &delivery);
    let results: Vec<_> = answer["resultados"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["resultado"].clone())
        .collect();
    assert_eq!(results, ["rechazada", "rechazada", "registrada"]);
    assert!(answer["resultados"][0]["motivo"].is_string());
}

#[test]
fn the_door_answers_bad_lines_and_goes_on() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );
    for request in [
        json!({"cmd": "dance"}),
        json!({"cmd": "scan"}),
        json!({"cmd": "scan", "code": 7}),
        json!({"cmd": "scan", "code": "x", "quantity": 0}),
        json!({"cmd": "admit", "reservaId": "a b", "quantity": 1}),
        json!({"cmd": "undo", "escaneoId": "nope"}),
        json!({"cmd": "list", "fecha": "ayer"}),
        json!({"cmd": "set", "key": "no.such", "value": 1}),
    ] {
        let shown = request.to_string();
        let id = door.send(request);
        let error = door.answer(id).unwrap().expect_err(&shown);
        assert!(
            error["code"].is_string() && error["message"].is_string(),
            "{shown}: {error}"
        );
    }
    for code in [
        "",
        "https://example.com/menu",
        "P1NOTATICKET",
        "{\"reservaId\":\"x\"}",
    ] {
        let answer = door.scan(code);
        assert_eq!(answer["verdict"], "invalid", "{code:?}: {answer}");
        assert!(answer.get("escaneoId").is_none());
    }
    assert_eq!(hub.entries().len(), 0, "nothing was recorded");
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    hub.kill();
    let file = folder.path().join("hub.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 9_999).unwrap();
    connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    drop(connection);
    let before = std::fs::read(&file).unwrap();
    let output = std::process::Command::new(crate::support::program("portero-hub"))
        .args(["serve", "--store", &hub.store(), "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("newer"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing is overwritten");
}
