//! How laptops are: what they say along with their requests, and what managers are told.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Device, House};

async fn state_of(manager: &Device, id: &str) -> Value {
    let devices = manager.get("/api/dispositivos").await.ok();
    let found = devices["dispositivos"].as_array().unwrap();
    found.iter().find(|device| device["id"] == id).unwrap()["estado"].clone()
}

#[tokio::test]
async fn what_a_laptop_says_along_is_what_managers_see() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let report = json!({"version": "0.1.0", "camara": "averiada", "porEnviar": 2, "desfaseMs": -41_000});
    let request = door
        .request(Method::GET, "/api/local")
        .header("portero-estado", report.to_string());
    door.send(request).await.ok();
    let state = state_of(&manager, &door.id).await;
    assert_eq!(state["conectado"], false);
    assert_eq!(state["informe"]["camara"], "averiada");
    assert_eq!(state["alarmas"], json!(["camara", "reloj"]));

    let calm = json!({"version": "0.1.0", "camara": "bien"});
    door.post("/api/dispositivos/estado", &calm).await.ok();
    assert_eq!(state_of(&manager, &door.id).await["alarmas"], json!([]));
}

#[tokio::test]
async fn a_report_that_cannot_be_read_fails_no_request() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let request = door
        .request(Method::GET, "/api/local")
        .header("portero-estado", "{not json");
    door.send(request).await.ok();
    assert_eq!(state_of(&manager, &door.id).await.get("informe"), None);
}

#[tokio::test]
async fn an_alarm_is_an_event_for_managers() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let mut stream = manager.follow(None).await;
    let full = json!({"version": "0.1.0", "discoLleno": true});
    door.post("/api/dispositivos/estado", &full).await.ok();
    let told = tokio::time::timeout(crate::house::LONG, async {
        loop {
            let event = stream.next().await.unwrap();
            if event.name == "device-changed" && event.data["dispositivo"]["id"] == door.id {
                return event.data["dispositivo"]["estado"].clone();
            }
        }
    });
    assert_eq!(told.await.unwrap()["alarmas"], json!(["disco"]));
}
