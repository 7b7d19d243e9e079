//! `portero-door` as a process: its lines, its end, and a kill at any moment.

use std::process::Stdio;

use portero_protocol::device::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::place::{LONG, Place, until};

struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    events: Vec<Value>,
    asked: u64,
}

impl Program {
    fn start(place: &Place, name: &str) -> Self {
        place.token(Role::Door, name);
        let dir = place.hub_file().parent().unwrap().to_owned();
        let mut child = Command::new(env!("CARGO_BIN_EXE_portero-door"))
            .args(["--hub", &place.url(), "--name", name])
            .arg("--data-dir")
            .arg(dir.join(name))
            .arg("--token-file")
            .arg(dir.join(format!("{name}.token")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            events: Vec::new(),
            asked: 0,
        }
    }

    async fn line(&mut self) -> Value {
        let line = tokio::time::timeout(LONG, self.output.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        serde_json::from_str(&line).unwrap()
    }

    async fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).await.unwrap();
        input.write_all(b"\n").await.unwrap();
    }

    async fn ask(&mut self, mut request: Value) -> Value {
        self.asked += 1;
        request["id"] = self.asked.into();
        self.send(&request.to_string()).await;
        loop {
            let line = self.line().await;
            if line.get("event").is_some() {
                self.events.push(line);
            } else {
                assert_eq!(line["id"], self.asked);
                return line;
            }
        }
    }

    async fn event(&mut self, what: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.events.iter().find(|event| what(event)) {
            return found.clone();
        }
        loop {
            let line = self.line().await;
            if what(&line) {
                return line;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_json_lines_and_ends_with_its_input() {
    let place = Place::open().await;
    let (id, code) = place.reservation("Ana García", 2).await;
    let mut door = Program::start(&place, "Puerta 1");
    let ready = door.line().await;
    assert_eq!(ready["event"], "ready");
    assert!(ready["deviceId"].is_string());
    door.event(|event| event["event"] == "state" && event["state"] == "live")
        .await;

    let answer = door.ask(json!({"cmd": "scan", "code": code})).await;
    assert_eq!(answer["ok"]["verdict"], "admitted", "{answer}");
    let entry = answer["ok"]["escaneoId"].clone();
    door.event(|event| event["event"] == "confirmed" && event["escaneoId"] == entry)
        .await;
    let found = door.ask(json!({"cmd": "search", "text": "GARC"})).await;
    assert_eq!(found["ok"]["total"], 1);
    assert_eq!(found["ok"]["reservas"][0]["id"], id.as_str());
    let one = door.ask(json!({"cmd": "get", "reservaId": id})).await;
    assert_eq!(one["ok"]["registroEntradas"][0]["escaneoId"], entry);
    let undone = door.ask(json!({"cmd": "undo", "escaneoId": entry})).await;
    assert_eq!(undone["ok"]["asistenciaActual"], 0);
    let status = door.ask(json!({"cmd": "status"})).await;
    assert_eq!(status["ok"]["state"], "live");

    for (bad, code) in [
        ("{", "invalid_json"),
        (r#"{"id":7}"#, "invalid_command"),
        (r#"{"id":7,"cmd":"dance"}"#, "invalid_command"),
        (
            r#"{"id":7,"cmd":"scan","code":"P1","quantity":0}"#,
            "invalid_field",
        ),
        (r#"{"id":7,"cmd":"get","reservaId":"nobody"}"#, "not_found"),
        (
            r#"{"id":7,"cmd":"set","key":"sse.enabled","value":"perhaps"}"#,
            "invalid_config",
        ),
    ] {
        door.send(bad).await;
        let answer = loop {
            let line = door.line().await;
            if line.get("event").is_none() {
                break line;
            }
        };
        assert_eq!(answer["error"]["code"], code, "{bad}: {answer}");
    }
    drop(door.input.take());
    let ended = tokio::time::timeout(LONG, door.child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(ended.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 500).await;
    let mut door = Program::start(&place, "Puerta 1");
    door.event(|event| event["event"] == "state" && event["state"] == "live")
        .await;
    place.stop_hub().await;
    for count in 1..=20 {
        let answer = door.ask(json!({"cmd": "scan", "code": code})).await;
        assert_eq!(answer["ok"]["asistenciaActual"], count);
    }
    door.child.kill().await.unwrap();

    let mut door = Program::start(&place, "Puerta 1");
    let sheet = door.ask(json!({"cmd": "get", "reservaId": id})).await;
    assert_eq!(sheet["ok"]["asistenciaActual"], 20);
    place.start_hub();
    until("all at the hub", async || {
        (place.attendance(&id).await == 20).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_for_one_process_and_a_missing_token_is_said() {
    let place = Place::open().await;
    let mut first = Program::start(&place, "Puerta 1");
    first.line().await;
    let second = Program::start(&place, "Puerta 1")
        .child
        .wait_with_output()
        .await
        .unwrap();
    assert!(!second.status.success());
    let none = Command::new(env!("CARGO_BIN_EXE_portero-door"))
        .args(["--hub", &place.url(), "--data-dir", "nowhere"])
        .env_remove("PORTERO_TOKEN")
        .output()
        .await
        .unwrap();
    assert!(!none.status.success());
    let said = String::from_utf8(none.stderr).unwrap();
    assert!(said.contains("--token-file"), "{said}");
}
