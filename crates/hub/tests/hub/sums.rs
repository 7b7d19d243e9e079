//! Properties: whatever the order of delivery, the count is the sum of the entries that no undo voids, and the log has no gap.

use portero_protocol::device::Role;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::house::{Device, House, draft};

/// What a door did: an entry, or an undo of one of its entries before.
#[derive(Debug, Clone)]
enum Did {
    Enter { reservation: usize, quantity: u32 },
    Undo { of: usize },
}

fn did() -> impl Strategy<Value = Did> {
    prop_oneof![
        3 => (0usize..3, 1u32..5).prop_map(|(reservation, quantity)| Did::Enter { reservation, quantity }),
        1 => (0usize..40).prop_map(|of| Did::Undo { of }),
    ]
}

/// What two doors made, and what the sums have to be.
fn make(doors: &mut [Device; 2], ids: &[String], acts: &[(bool, Did)]) -> (Vec<(usize, Value)>, Vec<u32>) {
    let mut made: Vec<(usize, Value)> = Vec::new();
    let mut entered: Vec<(usize, Value, u32, bool)> = Vec::new();
    for (second, act) in acts {
        let door = usize::from(*second);
        match act {
            Did::Enter {
                reservation,
                quantity,
            } => {
                let entry = doors[door].entry(&ids[*reservation], *quantity);
                made.push((door, entry.clone()));
                entered.push((*reservation, entry, *quantity, false));
            }
            Did::Undo { of } if !entered.is_empty() => {
                let target = of % entered.len();
                entered[target].3 = true;
                let undo = doors[door].undo(&entered[target].1);
                made.push((door, undo));
            }
            Did::Undo { .. } => {}
        }
    }
    let sums = (0..ids.len())
        .map(|reservation| {
            entered
                .iter()
                .filter(|(of, _, _, voided)| *of == reservation && !voided)
                .map(|(_, _, quantity, _)| quantity)
                .sum()
        })
        .collect();
    (made, sums)
}

async fn any_order(acts: Vec<(bool, Did)>, order: Vec<usize>, create_at: usize, cut: usize) {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut doors = [house.door().await, house.device(Role::Door, "Puerta 2").await];
    let bodies: Vec<Value> = (0..3).map(|number| draft(&format!("R{number}"), 6)).collect();
    let ids: Vec<String> = bodies
        .iter()
        .map(|body| body["id"].as_str().unwrap().to_owned())
        .collect();
    manager.post("/api/reservas", &bodies[0]).await.ok();
    manager.post("/api/reservas", &bodies[1]).await.ok();
    let (made, sums) = make(&mut doors, &ids, &acts);
    // Each twice, in any order; the third reservation arrives somewhere in between.
    let mut deliveries: Vec<usize> = (0..made.len()).chain(0..made.len()).collect();
    for (index, swap) in order.iter().enumerate().take(deliveries.len()) {
        let other = swap % deliveries.len();
        deliveries.swap(index, other);
    }
    let create_at = create_at % (deliveries.len() + 1);
    let mut accepted = std::collections::HashSet::new();
    for part in [&deliveries[..create_at], &deliveries[create_at..]] {
        for chunk in part.chunks(cut) {
            for (number, door) in doors.iter().enumerate() {
                let batch: Vec<Value> = chunk
                    .iter()
                    .filter(|index| made[**index].0 == number)
                    .map(|index| made[*index].1.clone())
                    .collect();
                for (result, entry) in door.deliver(&batch).await.iter().zip(&batch) {
                    let first = accepted.insert(entry["escaneoId"].to_string());
                    assert_eq!(result["resultado"] == "repetida", !first, "{result}");
                }
            }
        }
        let back = manager.post("/api/reservas", &bodies[2]).await;
        assert!(back.status.is_success());
    }
    for (id, sum) in ids.iter().zip(&sums) {
        let one = manager.one(id).await;
        assert_eq!(one["asistenciaActual"], *sum);
        let expected = if *sum > 0 { "Activa" } else { "En Progreso" };
        assert_eq!(one["estado"], expected);
        assert!(
            manager
                .conflicts(id)
                .await
                .iter()
                .all(|conflict| conflict["tipo"] != "huerfana"),
            "an orphan that joined is settled"
        );
    }
    house.prove().await;
    whole_log(&house, &manager, &ids, &sums).await;
}

/// The log alone, replayed, comes to the same: no gap, each entry once, the last count of each reservation right.
async fn whole_log(house: &House, manager: &Device, ids: &[String], sums: &[u32]) {
    let epoch = house.epoch().await;
    let page = manager
        .get(&format!("/api/reservas/changes?since={epoch}:0"))
        .await
        .ok();
    let mut counts = std::collections::HashMap::new();
    let mut entries = std::collections::HashSet::new();
    for (index, event) in page["eventos"].as_array().unwrap().iter().enumerate() {
        assert_eq!(event["id"], format!("{epoch}:{}", index + 1));
        let data = &event["data"];
        match event["event"].as_str().unwrap() {
            "qr-scanned" => {
                counts.insert(data["reservaId"].clone(), data["asistenciaActual"].clone());
                assert!(
                    entries.insert(data["entrada"]["escaneoId"].to_string()),
                    "one event for each entry"
                );
            }
            "reservation-created" => {
                counts.insert(
                    data["reservaId"].clone(),
                    data["reserva"]["asistenciaActual"].clone(),
                );
            }
            _ => {}
        }
    }
    for (id, sum) in ids.iter().zip(sums) {
        assert_eq!(counts[&json!(id)], *sum);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_count_is_the_sum_in_any_order(
        acts in prop::collection::vec((any::<bool>(), did()), 1..40),
        order in prop::collection::vec(any::<usize>(), 80),
        create_at in any::<usize>(),
        cut in 1usize..12,
    ) {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
            .block_on(any_order(acts, order, create_at, cut));
    }
}
