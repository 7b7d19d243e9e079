//! Lists for people, and a night in numbers.

use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, draft, tonight};

#[tokio::test]
async fn people_find_by_part_of_a_word_without_marks() {
    let house = House::open().await;
    let manager = house.manager().await;
    for (name, hour) in [
        ("José Muñoz", "23:30"),
        ("Ana Pérez", "21:00"),
        ("Joseba 100%", "22:00"),
    ] {
        let mut body = draft(name, 2);
        body["hora"] = json!(hour);
        manager.post("/api/reservas", &body).await.ok();
    }
    let names = async |query: &str| {
        let list = manager.get(&format!("/api/reservas?{query}")).await.ok();
        let rows = list["reservas"].as_array().unwrap().clone();
        let names: Vec<String> = rows
            .iter()
            .map(|row| row["cliente"]["nombre"].as_str().unwrap().to_owned())
            .collect();
        (names, list["total"].as_u64().unwrap())
    };
    assert_eq!(
        names("q=jose").await.0,
        ["Joseba 100%", "José Muñoz"],
        "in order of time"
    );
    assert_eq!(names("q=MUNOZ%20jos").await.0, ["José Muñoz"]);
    assert_eq!(
        names("q=0%25").await.0,
        ["Joseba 100%"],
        "a percent sign is a letter"
    );
    let day = tonight();
    assert_eq!(
        names(&format!("fecha={day}&limit=1&offset=1")).await,
        (vec!["Joseba 100%".to_owned()], 3)
    );
    assert_eq!(names("fecha=2031-01-01").await.1, 0);
    manager
        .get("/api/reservas?fecha=ayer")
        .await
        .problem(400, "invalid_query");
    manager
        .get("/api/reservas?limit=x")
        .await
        .problem(400, "invalid_query");
}

#[tokio::test]
async fn a_list_that_did_not_change_is_not_sent_again() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager.reserve("Ana", 2).await;
    let first = manager.get("/api/reservas").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = || {
        manager
            .request(Method::GET, "/api/reservas")
            .header("if-none-match", &tag)
    };
    assert_eq!(manager.send(again()).await.status, 304);
    manager.reserve("Luis", 2).await;
    assert_eq!(manager.send(again()).await.status, 200);
}

#[tokio::test]
async fn a_night_in_numbers() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let (a, b) = (manager.reserve("A", 4).await, manager.reserve("B", 2).await);
    let cancelled = manager.reserve("C", 5).await;
    manager
        .patch(&cancelled, 1, &json!({"estado": "Cancelado"}))
        .await
        .ok();
    manager.reserve("D", 3).await;
    let entries: Vec<Value> = [(&a, 1, "Norte"), (&a, 2, "Sur"), (&b, 3, "Sur")]
        .into_iter()
        .map(|(id, quantity, gate)| door.make(id, quantity, json!({"puerta": gate})))
        .collect();
    door.deliver(&entries).await;
    let undo = door.undo(&entries[0]);
    door.deliver(&[undo]).await;
    let screen = house.device(Role::Screen, "Pantalla").await;
    let numbers = screen
        .get(&format!("/api/reservas/stats?fecha={}", tonight()))
        .await
        .ok();
    let of = |field: &str| numbers[field].as_u64().unwrap();
    assert_eq!((of("reservas"), of("esperadas"), of("dentro")), (3, 9, 5));
    assert_eq!((of("porLlegar"), of("exceso"), of("noLlegaron")), (5, 1, 0));
    assert_eq!(numbers["puertas"], json!([{"puerta": "Sur", "llegadas": 5}]));
    let arrivals: u64 = numbers["curva"]
        .as_array()
        .unwrap()
        .iter()
        .map(|quarter| quarter["llegadas"].as_u64().unwrap())
        .sum();
    assert_eq!(arrivals, 5);
}
