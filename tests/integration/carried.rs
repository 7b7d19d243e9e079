//! A venue whose network never comes back: a person carries what a laptop holds to the hub.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::door::Door;
use crate::support::hub::Hub;
use crate::support::{program, until};

/// `portero-hub import`: whether it took the file, its line, and what it said to a person.
fn import(hub: &Hub, file: &std::path::Path) -> (bool, Value, String) {
    let output = Command::new(program("portero-hub"))
        .args(["import", "--store", &hub.store()])
        .arg(file)
        .output()
        .unwrap();
    (
        output.status.success(),
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_laptop_that_is_lost_after_its_export_loses_nothing() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "José López", 9);
    let place = folder.path().join("1");
    let mut door = Door::live(&place, &hub.url, &hub.token("portero", "Puerta 1"), "Puerta 1");
    until("the key is at the hub", Duration::from_secs(10), || {
        let venue = hub.get("/api/local", &manager);
        let keys = venue["clavesPublicas"].as_array().unwrap().clone();
        keys.iter()
            .any(|key| key["dispositivo"].is_string())
            .then_some(())
    });
    hub.kill();
    door.state("offline");
    for _ in 0..4 {
        assert_eq!(door.scan(&code)["verdict"], "admitted");
    }
    let file = folder.path().join("bandeja.portero");
    let exported = door.ask(json!({"cmd": "export-outbox", "file": file}));
    assert_eq!(
        (&exported["entradas"], &exported["clavePublicada"]),
        (&json!(4), &json!(true))
    );
    let waiting = door.ask(json!({"cmd": "outbox"}));
    assert_eq!(waiting["items"].as_array().unwrap().len(), 4);
    assert_eq!(waiting["items"][0]["clienteNombre"], "José López");
    door.kill();
    std::fs::remove_dir_all(&place).unwrap();

    // While it serves: the streams have to hear of it as well.
    hub.serve();
    let mut other = Door::live(
        &folder.path().join("2"),
        &hub.url,
        &hub.token("portero", "Puerta 2"),
        "Puerta 2",
    );
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = folder.path().join("changed.portero");
    std::fs::write(
        &changed,
        text.replace("José", "Jose")
            .replacen("\"cantidad\":1", "\"cantidad\":3", 1),
    )
    .unwrap();
    let (taken, _, said) = import(&hub, &changed);
    assert!(
        !taken && said.contains("[bad_signature]") && said.contains("changed"),
        "{said}"
    );
    for entries in [json!({"registrada": 4}), json!({"repetida": 4})] {
        let (taken, line, said) = import(&hub, &file);
        assert!(taken, "{said}");
        assert_eq!(
            (&line["nombre"], &line["entradas"], &line["faltan"]),
            (&json!("Puerta 1"), &entries, &json!(0))
        );
    }
    until("the other door sees it", Duration::from_secs(10), || {
        (other.ask(json!({"cmd": "get", "reservaId": id}))["asistenciaActual"] == 4).then_some(())
    });
    hub.check();
}
