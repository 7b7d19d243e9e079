//! What can be sent wrong: a code and a sentence, and everybody else's connection stays.

use portero_protocol::limits::BODY_BYTES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, draft, new_key};

#[tokio::test]
async fn bodies() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut stream = manager.follow(None).await;
    let post = |body: Vec<u8>| {
        manager
            .request(Method::POST, "/api/reservas")
            .header("idempotency-key", new_key())
            .header("content-type", "application/json")
            .body(body)
    };
    for (body, status, code) in [
        (&b"{"[..], 400, "invalid_json"),
        (b"", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b"[]", 422, "invalid_body"),
        (b"{\"cliente\":7}", 422, "invalid_body"),
    ] {
        manager.send(post(body.to_vec())).await.problem(status, code);
    }
    let large = vec![b' '; BODY_BYTES + 1];
    manager.send(post(large.clone())).await.problem(413, "too_large");
    // Without a length, as chunks.
    let parts = futures_util::stream::iter(
        large
            .chunks(10_000)
            .map(|part| Ok::<_, std::io::Error>(part.to_vec()))
            .collect::<Vec<_>>(),
    );
    let request = manager
        .request(Method::POST, "/api/reservas")
        .header("idempotency-key", new_key())
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(parts));
    manager.send(request).await.problem(413, "too_large");
    let text = manager
        .request(Method::POST, "/api/reservas")
        .header("idempotency-key", new_key())
        .header("content-type", "text/plain")
        .body("{}");
    manager.send(text).await.problem(415, "unsupported_media_type");
    let many: Vec<Value> = (0..501).map(|_| json!({})).collect();
    manager
        .post("/api/asistencia", &json!({"entradas": many}))
        .await
        .problem(413, "too_many_entries");
    manager.reserve("Sigue", 1).await;
    assert_eq!(stream.change().await.name, "reservation-created");
}

#[tokio::test]
async fn fields() {
    let house = House::open().await;
    let manager = house.manager().await;
    let long = "x".repeat(201);
    for (field, value, code) in [
        ("numeroPersonas", json!(0), "invalid_field"),
        ("numeroPersonas", json!(10_000), "invalid_field"),
        ("numeroPersonas", json!(-1), "invalid_body"),
        ("numeroPersonas", json!("4"), "invalid_body"),
        ("fecha", json!("2026-02-30"), "invalid_body"),
        ("hora", json!("24:00"), "invalid_body"),
        ("estado", json!("Perdida"), "invalid_body"),
        ("mesa", json!(long), "invalid_field"),
        ("mesa", json!("a\nb"), "invalid_field"),
        ("detalles", json!(vec!["x"; 21]), "invalid_field"),
        ("id", json!("a/b"), "invalid_body"),
        ("id", json!("events"), "invalid_field"),
        ("asistenciaActual", json!(3), "read_only_field"),
    ] {
        let mut body = draft("Ana", 2);
        body[field] = value.clone();
        let back = manager.post("/api/reservas", &body).await;
        back.problem(422, code);
        assert!(back.body["detail"].is_string(), "{field}");
    }
    assert_eq!(manager.get("/api/reservas").await.ok()["total"], 0);
    let id = manager.reserve("Ana", 2).await;
    manager
        .patch(&id, 1, &json!({"version": 8}))
        .await
        .problem(422, "read_only_field");
    manager
        .patch(&id, 1, &json!({"mesa": 4}))
        .await
        .problem(422, "invalid_body");
    manager
        .write(
            Method::PATCH,
            "/api/local",
            None,
            &json!({"zonaHoraria": "Marte/Olympus"}),
        )
        .await
        .problem(422, "invalid_time");
}

#[tokio::test]
async fn paths_and_headers() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager.get("/api/nada").await.problem(404, "not_found");
    manager
        .get("/api/reservas/no-hay")
        .await
        .problem(404, "not_found");
    manager.get("/api/reservas/%00").await.problem(404, "not_found");
    manager.get("/api/reservas/%ff").await.problem(404, "not_found");
    manager
        .get("/api/asistencia")
        .await
        .problem(405, "method_not_allowed");
    manager
        .write(
            Method::DELETE,
            "/api/dispositivos/no-es-un-id",
            None,
            &Value::Null,
        )
        .await
        .problem(404, "not_found");
    let id = manager.reserve("Ana", 2).await;
    let path = format!("/api/reservas/{id}");
    let odd = manager
        .request(Method::PATCH, &path)
        .header("idempotency-key", new_key())
        .header("if-match", "abc")
        .json(&json!({}));
    manager.send(odd).await.problem(400, "invalid_query");
    let odd = manager
        .request(Method::PATCH, &path)
        .header("idempotency-key", "no uuid")
        .header("if-match", "1")
        .json(&json!({}));
    manager.send(odd).await.problem(400, "idempotency_key_required");
    let odd = manager
        .request(Method::GET, "/api/reservas")
        .header("portero-protocol", "uno");
    manager.send(odd).await.problem(400, "invalid_query");
    for path in ["/api/nada", "/healthz", "/api/reservas"] {
        assert!(
            manager.get(path).await.headers.contains_key("portero-time"),
            "{path}"
        );
    }
}
