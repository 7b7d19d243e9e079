//! `kill -9` at any moment: what was answered is there once, and the store proves itself.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::door::Door;
use crate::support::hub::Hub;
use crate::support::until;

/// Kills of each kind: of the hub, and of the door.
const ROUNDS: u64 = 100;
const SCANS_A_ROUND: u64 = 12;

fn recorded(answer: &Value) -> String {
    answer["escaneoId"]
        .as_str()
        .unwrap_or_else(|| panic!("nothing was recorded: {answer}"))
        .to_owned()
}

fn assert_each_once(hub: &Hub, shown: &BTreeSet<String>) {
    let held: Vec<String> = hub
        .entries()
        .iter()
        .map(|entry| entry["escaneoId"].as_str().unwrap().to_owned())
        .collect();
    let once: BTreeSet<String> = held.iter().cloned().collect();
    assert_eq!(held.len(), once.len(), "an entry is there twice");
    let lost: Vec<_> = shown.difference(&once).collect();
    assert!(lost.is_empty(), "shown at the door and not at the hub: {lost:?}");
}

#[test]
fn killing_the_hub_under_load_loses_nothing_and_doubles_nothing() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (_, code) = hub.reserve(&manager, "Grupo grande", 9_999);
    let mut door = Door::live(
        &folder.path().join("1"),
        &hub.url,
        &hub.token("portero", "Puerta 1"),
        "Puerta 1",
    );
    let mut shown = BTreeSet::new();
    for round in 0..ROUNDS {
        for scan in 0..SCANS_A_ROUND {
            // Another moment of the delivery each round.
            if scan == 5 * round % SCANS_A_ROUND {
                hub.kill();
            }
            shown.insert(recorded(&door.scan(&code)));
        }
        if round % 10 == 0 {
            hub.check();
        }
        hub.serve();
    }
    door.state("live");
    door.delivered();
    hub.check();
    assert_each_once(&hub, &shown);
    assert_eq!(shown.len() as u64, ROUNDS * SCANS_A_ROUND);
}

#[test]
fn killing_the_door_loses_no_entry_that_it_showed() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Grupo grande", 9_999);
    let token = hub.token("portero", "Puerta 1");
    let place = folder.path().join("1");
    let mut shown = BTreeSet::new();
    let mut door = Door::live(&place, &hub.url, &token, "Puerta 1");
    for round in 0..ROUNDS {
        let sent: Vec<u64> = (0..SCANS_A_ROUND)
            .map(|_| door.send(json!({"cmd": "scan", "code": code})))
            .collect();
        // Killed while later scans are still being decided: what was answered counts, what was not may or may not be there.
        for request in &sent[..usize::try_from(1 + round % (SCANS_A_ROUND - 1)).unwrap()] {
            if let Some(Ok(answer)) = door.answer(*request) {
                shown.insert(recorded(&answer));
            }
        }
        door.kill();
        door = Door::live(&place, &hub.url, &token, "Puerta 1");
    }
    door.delivered();
    hub.check();
    assert_each_once(&hub, &shown);
    let hub_count = hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"].clone();
    assert_eq!(
        hub_count.as_u64().unwrap(),
        hub.entries().len() as u64,
        "the count is the sum of the entries"
    );
    until("both to agree", Duration::from_secs(5), || {
        (door.ask(json!({"cmd": "get", "reservaId": id}))["asistenciaActual"] == hub_count).then_some(())
    });
}

#[test]
fn a_second_door_on_the_same_folder_is_refused() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let token = hub.token("portero", "Puerta 1");
    let place = folder.path().join("1");
    let _first = Door::live(&place, &hub.url, &token, "Puerta 1");
    let output = std::process::Command::new(crate::support::program("portero-door"))
        .args(["--hub", &hub.url])
        .arg("--data-dir")
        .arg(place.join("data"))
        .arg("--token-file")
        .arg(place.join("token.txt"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("data_dir_in_use"), "{said}");
}
