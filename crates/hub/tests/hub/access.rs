//! Tokens, roles, sessions, invitations, revocation.

use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, tonight};

#[tokio::test]
async fn nothing_without_a_token_and_little_with_a_wrong_one() {
    let house = House::open().await;
    let mut nobody = house.door().await;
    let bare = nobody.http.get(format!("{}/api/reservas", house.url));
    nobody.send(bare).await.problem(401, "unauthorized");
    nobody.token = "wrong".to_owned();
    for _ in 0..10 {
        nobody.get("/api/reservas").await.problem(401, "unauthorized");
    }
    let back = nobody.get("/api/reservas").await;
    back.problem(429, "too_many_attempts");
    assert!(
        back.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
            >= 1
    );
    // A right token from the same address is no attempt.
    house.manager().await.get("/api/reservas").await.ok();
}

#[tokio::test]
async fn roles_do_what_they_may() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let screen = house.device(Role::Screen, "Pantalla").await;
    let id = manager.reserve("Ana", 2).await;
    let denied = [
        (&door, Method::GET, "/api/dispositivos".to_owned(), Value::Null),
        (&door, Method::PATCH, "/api/local".to_owned(), json!({"aforo": 1})),
        (&door, Method::DELETE, format!("/api/reservas/{id}"), Value::Null),
        (
            &door,
            Method::POST,
            format!("/api/reservas/{id}/reemitir"),
            Value::Null,
        ),
        (
            &screen,
            Method::POST,
            "/api/asistencia".to_owned(),
            json!({"entradas": []}),
        ),
        (
            &screen,
            Method::POST,
            "/api/reservas".to_owned(),
            json!({"cliente": {"nombre": "x"}, "numeroPersonas": 1, "fecha": tonight(), "hora": "22:00"}),
        ),
        (&screen, Method::GET, "/api/conflictos".to_owned(), Value::Null),
    ];
    for (device, method, path, body) in denied {
        device
            .write(method.clone(), &path, Some(1), &body)
            .await
            .problem(403, "forbidden");
    }
    assert!(door.one(&id).await.get("codigoQR").is_none());
    assert_eq!(screen.one(&id).await["cliente"], json!({"nombre": ""}));
    assert!(
        screen.get("/api/reservas").await.ok()["reservas"][0]
            .get("detalles")
            .is_none()
    );
}

#[tokio::test]
async fn a_browsers_session_reads_and_writes_nothing() {
    let house = House::open().await;
    let manager = house.manager().await;
    let started = manager.post("/api/sesion", &Value::Null).await;
    assert_eq!(started.status, 204);
    let cookie = started.headers["set-cookie"].to_str().unwrap().to_owned();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/api"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains(&manager.token));
    let pair = cookie.split(';').next().unwrap().to_owned();
    let with = |method: Method, path: &str| {
        manager
            .http
            .request(method, format!("{}{path}", house.url))
            .header("cookie", format!("otra=1; {pair}"))
    };
    manager.send(with(Method::GET, "/api/reservas")).await.ok();
    let stream = with(Method::GET, "/api/reservas/events").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let write = with(Method::POST, "/api/reservas").json(&json!({}));
    manager.send(write).await.problem(401, "unauthorized");
    manager
        .send(with(Method::POST, "/api/sesion"))
        .await
        .problem(401, "unauthorized");
    let path = format!("/api/dispositivos/{}/revocar", manager.id);
    manager.post(&path, &Value::Null).await.ok();
    manager
        .send(with(Method::GET, "/api/reservas"))
        .await
        .problem(401, "unauthorized");
}

#[tokio::test]
async fn an_invitation_is_a_token_once() {
    let house = House::open().await;
    let manager = house.manager().await;
    let invited = manager
        .post(
            "/api/dispositivos/invitar",
            &json!({"rol": "portero", "nombre": "Puerta 2", "minutos": 5}),
        )
        .await
        .ok();
    let code = invited["code"].as_str().unwrap().to_lowercase();
    let accept = async |code: &str| {
        let request = manager
            .http
            .post(format!("{}/api/dispositivos/enlazar", house.url))
            .json(&json!({"codigo": code}));
        manager.send(request).await
    };
    let token = accept(&code).await.ok();
    let mut door = manager.clone();
    door.token = token["token"].as_str().unwrap().to_owned();
    door.get("/api/local").await.ok();
    accept(&code).await.problem(401, "unauthorized");
    for _ in 0..9 {
        accept("ABCD-EFGH-JKLM").await.problem(401, "unauthorized");
    }
    accept(&code).await.problem(429, "too_many_attempts");
}

#[tokio::test]
async fn a_revoked_device_delivers_and_reads_nothing() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let known = door.entry(&id, 1);
    door.deliver(std::slice::from_ref(&known)).await;
    let late = door.entry(&id, 2);
    manager
        .post(&format!("/api/dispositivos/{}/revocar", door.id), &Value::Null)
        .await
        .ok();
    for path in [
        "/api/reservas",
        "/api/snapshot",
        "/api/reservas/events",
        "/api/local",
        "/api/conflictos",
    ] {
        door.get(path).await.problem(403, "device_revoked");
    }
    let cursor = manager.get("/api/reservas").await.ok()["cursor"].clone();
    let back = door
        .post(
            "/api/asistencia",
            &json!({"entradas": [known, late], "since": cursor}),
        )
        .await
        .ok();
    assert_eq!(back["resultados"][0]["resultado"], "repetida");
    assert_eq!(back["resultados"][1]["resultado"], "retenida");
    assert!(back.get("cambios").is_none());
    assert_eq!(manager.one(&id).await["asistenciaActual"], 1);
    let again = door.deliver(std::slice::from_ref(&late)).await;
    assert_eq!(
        (&again[0]["resultado"], &again[0]["original"]),
        (&json!("repetida"), &json!("retenida"))
    );
    let conflict = manager.conflicts(&id).await[0].clone();
    assert_eq!(conflict["tipo"], "revocado");
    let path = format!("/api/conflictos/{}/resolver", conflict["id"].as_str().unwrap());
    manager.post(&path, &json!({"resultado": "aceptada"})).await.ok();
    assert_eq!(manager.one(&id).await["asistenciaActual"], 3);
    house.prove().await;
}

#[tokio::test]
async fn a_client_that_is_too_old_may_deliver() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let old = |method: Method, path: &str| door.request(method, path).header("portero-protocol", "0");
    door.send(old(Method::GET, "/api/reservas"))
        .await
        .problem(426, "upgrade_required");
    let request = old(Method::POST, "/api/asistencia");
    let entry = door.entry(&id, 1);
    let back = door.send(request.json(&json!({"entradas": [entry]}))).await.ok();
    assert_eq!(back["resultados"][0]["resultado"], "registrada");
    let new = door
        .request(Method::GET, "/api/reservas")
        .header("portero-protocol", "2");
    door.send(new).await.ok();
}

#[tokio::test]
async fn a_device_publishes_its_key_and_loses_it_with_its_token() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let key = portero_protocol::ticket::SigningKey::from_seed(&[9; 32]);
    let body = json!({"clave": key.public_hex()});
    let published = door.post("/api/dispositivos/clave", &body).await.ok();
    assert_eq!(published["keyId"], hex::encode(key.id()));
    door.post("/api/dispositivos/clave", &body).await.ok();
    manager
        .post("/api/dispositivos/clave", &body)
        .await
        .problem(409, "id_taken");
    door.post("/api/dispositivos/clave", &json!({"clave": "zz"}))
        .await
        .problem(422, "invalid_field");
    let path = format!("/api/dispositivos/{}", door.id);
    manager
        .write(Method::PATCH, &path, None, &json!({"cupo": 12}))
        .await
        .ok();
    let key_of = async || {
        let venue = manager.get("/api/local").await.ok();
        let keys = venue["clavesPublicas"].as_array().unwrap().clone();
        keys.into_iter()
            .find(|key| key["dispositivo"] == door.id)
            .unwrap()
    };
    assert_eq!(key_of().await["cupo"], 12);
    manager
        .write(Method::DELETE, &path, None, &Value::Null)
        .await
        .ok();
    assert!(key_of().await["hasta"].is_string());
}

#[tokio::test]
async fn anyone_may_ask_for_its_health() {
    let house = House::open().await;
    let http = reqwest::Client::new();
    for (path, text) in [
        ("/healthz", "true"),
        ("/readyz", "cursor"),
        ("/metrics", "portero_log_head"),
        ("/api/openapi.json", "/api/asistencia"),
    ] {
        let answer = http.get(format!("{}{path}", house.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.text().await.unwrap().contains(text), "{path}");
    }
}
