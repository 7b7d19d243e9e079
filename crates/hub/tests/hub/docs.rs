//! What the documents say is there.

use portero_protocol::chain;
use portero_protocol::problem::Code;

const PROTOCOL: &str = include_str!("../../../../docs/PROTOCOL.md");
const OPERATIONS: &str = include_str!("../../../../docs/OPERATIONS.md");

#[test]
fn every_code_is_explained() {
    for code in Code::ALL {
        assert!(
            PROTOCOL.contains(&format!("`{}`", code.as_str())),
            "{}",
            code.as_str()
        );
    }
}

#[test]
fn the_published_vector_holds() {
    let form = PROTOCOL
        .lines()
        .find(|line| line.starts_with("[\"portero-entry-1\",\""))
        .unwrap();
    let fields: Vec<serde_json::Value> = serde_json::from_str(form).unwrap();
    let names = [
        "escaneoId",
        "reservaId",
        "cantidad",
        "metodo",
        "puerta",
        "usuario",
        "timestamp",
        "desfaseMs",
        "desfaseErrorMs",
        "secuencia",
        "previo",
        "veredicto",
        "emision",
        "codigo",
        "anulaA",
    ];
    let entry: serde_json::Map<String, serde_json::Value> = names
        .into_iter()
        .map(str::to_owned)
        .zip(fields.into_iter().skip(1))
        .collect();
    let entry = serde_json::from_value(serde_json::Value::Object(entry)).unwrap();
    assert_eq!(String::from_utf8(chain::canonical(&entry)).unwrap(), form);
    assert!(PROTOCOL.contains(&chain::hash(&entry)));
}

#[test]
fn every_setting_is_explained_with_its_default() {
    for row in [
        "`hub.heartbeat_ms` | 30000",
        "`hub.stream_life_s` | 3600",
        "`hub.retention_h` | 168",
        "`hub.queue_events` | 1024",
    ] {
        assert!(OPERATIONS.contains(row), "{row}");
        let key = row.split('`').nth(1).unwrap();
        let value = row.rsplit(' ').next().unwrap();
        let mut options = portero_hub::Options::default();
        options.set(&format!("{key}={value}")).unwrap();
        assert_eq!(
            options,
            portero_hub::Options::default(),
            "{key} is not {value} by default"
        );
    }
}
