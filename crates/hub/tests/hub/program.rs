//! `portero-hub` as scripts use it: real processes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn program(file: &Path, command: &str, rest: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_portero-hub"));
    program
        .arg(command)
        .arg("--store")
        .arg(format!("sqlite:{}", file.display()))
        .args(rest)
        .env_remove("RUST_LOG");
    program
}

fn done(file: &Path, command: &str, rest: &[&str]) -> Output {
    program(file, command, rest).output().unwrap()
}

fn line(file: &Path, command: &str, rest: &[&str]) -> Value {
    let output = done(file, command, rest);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

struct Hub {
    process: Child,
    first: Value,
}

impl Hub {
    fn serve(file: &Path, rest: &[&str]) -> Self {
        let mut process = program(file, "serve", rest)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut first)
            .unwrap();
        Self {
            process,
            first: serde_json::from_str(&first).unwrap(),
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn each_command_prints_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.db");
    let venue = line(
        &file,
        "venue",
        &[
            "--name",
            "La Terraza",
            "--timezone",
            "Europe/Madrid",
            "--excess",
            "negar",
            "--unsigned-codes",
            "true",
            "--capacity",
            "300",
        ],
    );
    assert_eq!(
        (&venue["nombre"], &venue["exceso"], &venue["aforo"]),
        (&"La Terraza".into(), &"negar".into(), &300.into())
    );
    assert_eq!(line(&file, "venue", &[]), venue, "nothing named, nothing changed");
    let token = line(&file, "token", &["--role", "portero", "--name", "Puerta 1"]);
    assert!(token["token"].as_str().unwrap().len() >= 43 && token["deviceId"].is_string());
    let invitation = line(
        &file,
        "invite",
        &["--role", "gerente", "--name", "Jefa", "--minutes", "5"],
    );
    assert!(invitation["code"].is_string() && invitation["expires"].is_string());
    let list = folder.path().join("list.csv");
    std::fs::write(
        &list,
        "cliente.nombre,numeroPersonas,fecha,hora\nAna,2,2026-11-24,22:00\n",
    )
    .unwrap();
    assert_eq!(line(&file, "import", &[list.to_str().unwrap()])["created"], 1);
    let export = done(&file, "export", &["--what", "reservas", "--format", "csv"]);
    assert!(String::from_utf8(export.stdout).unwrap().contains("Ana"));
    assert_eq!(line(&file, "check", &[])["ok"], true);
}

#[tokio::test]
async fn commands_work_while_the_hub_serves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.db");
    let hub = Hub::serve(&file, &["--demo", "--set", "hub.heartbeat_ms=500"]);
    assert!(hub.first["epoch"].is_string());
    let url = hub.first["listening"].as_str().unwrap().to_owned();
    let token = line(&file, "token", &["--role", "gerente", "--name", "Jefa"]);
    let http = reqwest::Client::new();
    let total = async || -> Value {
        let list = http
            .get(format!("{url}/api/reservas"))
            .bearer_auth(token["token"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        list.json::<Value>().await.unwrap()["total"].clone()
    };
    assert_eq!(total().await, 260);
    let list = folder.path().join("list.csv");
    std::fs::write(
        &list,
        "cliente.nombre,numeroPersonas,fecha,hora\nAna,2,2026-11-24,22:00\n",
    )
    .unwrap();
    line(&file, "import", &[list.to_str().unwrap()]);
    assert_eq!(total().await, 261);
    assert_eq!(line(&file, "check", &[])["ok"], true);
    let copy = folder.path().join("copy.db");
    line(&file, "backup", &[copy.to_str().unwrap()]);
    assert_eq!(line(&copy, "check", &[])["ok"], true);
    let busy = done(&file, "restore", &[copy.to_str().unwrap()]);
    assert!(!busy.status.success());
    assert!(String::from_utf8_lossy(&busy.stderr).contains("data_dir_in_use"));
}

#[test]
fn what_is_asked_wrong_is_said_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.db");
    let said = |output: &Output| {
        assert!(!output.status.success());
        assert!(output.stdout.is_empty(), "nothing for machines");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let open = program(&file, "serve", &["--listen", "0.0.0.0:0"])
        .output()
        .unwrap();
    let text = said(&open);
    assert!(
        text.contains("--insecure-lan") && text.contains("[invalid_config]"),
        "{text}"
    );
    let text = said(&done(&file, "serve", &["--set", "hub.nada=1"]));
    assert!(text.contains("hub.queue_events"), "{text}");
    let text = said(&done(&file, "export", &["--what", "reservas", "--format", "csv"]));
    assert!(text.contains("no file"), "{text}");
    let text = said(&done(&file, "venue", &["--timezone", "Marte/Olympus"]));
    assert!(text.contains("[invalid_time]"), "{text}");
    let list = folder.path().join("list.csv");
    std::fs::write(
        &list,
        "cliente.nombre,numeroPersonas,fecha,hora\nAna,0,2026-11-24,22:00\n",
    )
    .unwrap();
    let text = said(&done(&file, "import", &[list.to_str().unwrap()]));
    assert!(text.contains("list.csv:2: "), "{text}");
    let text = said(
        &Command::new(env!("CARGO_BIN_EXE_portero-hub"))
            .args(["check", "--store", "mysql:x"])
            .output()
            .unwrap(),
    );
    assert!(text.contains("sqlite:FILE"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.db");
    for signal in ["-TERM", "-INT"] {
        let mut hub = Hub::serve(&file, &[]);
        let sent = Command::new("kill")
            .args([signal, &hub.process.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        assert!(hub.process.wait().unwrap().success(), "{signal}");
    }
}
