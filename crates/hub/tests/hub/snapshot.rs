//! Everything that a device may hold.

use jiff::ToSpan;
use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Device, House, draft, tonight};

async fn lines(device: &Device) -> Vec<Value> {
    let response = device.request(Method::GET, "/api/snapshot").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn count(lines: &[Value], kind: &str) -> usize {
    lines.iter().filter(|line| line.get(kind).is_some()).count()
}

#[tokio::test]
async fn it_is_whole_and_says_so() {
    let house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 1).await;
    let gone = manager.reserve("Borrada", 1).await;
    manager
        .write(
            Method::DELETE,
            &format!("/api/reservas/{gone}"),
            Some(1),
            &Value::Null,
        )
        .await
        .ok();
    let (one, two) = (door.entry(&id, 1), door.entry(&id, 1));
    let orphan = door.entry("res-nadie", 1);
    door.deliver(&[one, two, orphan]).await;
    let lines = lines(&door).await;
    let total = lines.len() - 2;
    assert_eq!(lines[0]["total"], total);
    assert_eq!(lines.last().unwrap()["fin"], total);
    assert_eq!(count(&lines, "reserva"), 1);
    assert_eq!(count(&lines, "entrada"), 3);
    assert_eq!(count(&lines, "conflicto"), 2, "an excess and an orphan");
    let tombstone = lines.iter().find_map(|line| line.get("eliminada")).unwrap();
    assert_eq!(tombstone, &json!({"id": gone, "version": 2}));
    // Its cursor is where the stream goes on without a gap.
    let mut stream = door.follow(lines[0]["cursor"].as_str()).await;
    assert_eq!(stream.next().await.unwrap().data["resumed"], true);
    manager.reserve("Después", 1).await;
    assert_eq!(
        stream.change().await.data["reserva"]["cliente"]["nombre"],
        "Después"
    );
}

#[tokio::test]
async fn a_door_holds_the_days_around_and_a_manager_all() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let screen = house.device(Role::Screen, "Pantalla").await;
    let today: jiff::civil::Date = tonight().parse().unwrap();
    for days in [-2, -1, 0, 7, 8] {
        let mut body = draft("Ana", 2);
        body["fecha"] = json!(today.saturating_add(days.days()).to_string());
        manager.post("/api/reservas", &body).await.ok();
    }
    assert_eq!(count(&lines(&manager).await, "reserva"), 5);
    let at_door = lines(&door).await;
    assert_eq!(count(&at_door, "reserva"), 3);
    assert_eq!(
        at_door[1]["reserva"]["cliente"],
        json!({"nombre": "Ana", "telefono": "···3456"})
    );
    let at_screen = lines(&screen).await;
    assert_eq!(at_screen[1]["reserva"]["cliente"], json!({"nombre": ""}));
    for line in at_door.iter().chain(&at_screen) {
        assert!(line["reserva"].get("codigoQR").is_none());
    }
}

#[tokio::test]
async fn a_night_after_midnight_belongs_to_the_evening_before() {
    let house = House::open().await;
    let (manager, door) = (house.manager().await, house.door().await);
    let today: jiff::civil::Date = tonight().parse().unwrap();
    let mut body = draft("Madrugada", 2);
    body["fecha"] = json!(today.saturating_add(8.days()).to_string());
    body["hora"] = json!("01:30");
    manager.post("/api/reservas", &body).await.ok();
    assert_eq!(
        count(&lines(&door).await, "reserva"),
        1,
        "day +7, though the date is +8"
    );
}

#[tokio::test]
async fn it_comes_compressed_to_whoever_takes_that() {
    let house = House::open().await;
    let manager = house.manager().await;
    for number in 0..40 {
        manager.reserve(&format!("Ana {number}"), 2).await;
    }
    let plain = reqwest::Client::builder().no_gzip().build().unwrap();
    let request = |encoding: &'static str| {
        plain
            .get(format!("{}/api/snapshot", house.url))
            .bearer_auth(&manager.token)
            .header("accept-encoding", encoding)
    };
    let packed = request("gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap().len();
    let whole = request("identity")
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap()
        .len();
    assert!(packed * 3 < whole, "{packed} of {whole}");
}
