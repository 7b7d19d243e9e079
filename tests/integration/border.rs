//! The window's commands: one list, held against everything that has to agree with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

mod list {
    include!("../../src-tauri/src/commands/list.rs");
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn commands() -> BTreeSet<String> {
    list::COMMANDS.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn the_capability_file_allows_each_command_and_nothing_else_of_ours() {
    let file: serde_json::Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    let allowed: BTreeSet<String> = file["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|permission| permission.as_str().unwrap().strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!(allowed, commands());
}

#[test]
fn the_handler_has_each_command() {
    let source = read("src-tauri/src/lib.rs");
    let handler = source
        .split("generate_handler![")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    let handled: BTreeSet<String> = handler
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(handled, commands());
}

#[test]
fn the_window_calls_each_command() {
    let source = read("ui/src/lib/backend/tauri.ts");
    for command in list::COMMANDS {
        assert!(
            source.contains(&format!("\"{command}\"")),
            "ui/src/lib/backend/tauri.ts does not call {command}"
        );
    }
}
