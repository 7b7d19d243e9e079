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

/// Every test that the protocol's list of troubles names is there.
#[test]
fn every_test_that_is_named_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = String::new();
    for folder in [
        "crates/hub/tests",
        "crates/hub/src",
        "crates/door/tests",
        "crates/door/src",
        "tests",
    ] {
        read_all(&root.join(folder), &mut sources);
    }
    let document = std::fs::read_to_string(root.join("docs/PROTOCOL.md")).unwrap();
    let troubles = document.split("## What goes wrong with streams").nth(1).unwrap();
    let rows: Vec<&str> = troubles
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    assert!(rows.len() >= 35, "{} troubles", rows.len());
    for row in rows {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for test in named {
            assert!(
                sources.contains(&format!("fn {test}(")),
                "there is no test {test}"
            );
        }
    }
}

fn read_all(folder: &std::path::Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
