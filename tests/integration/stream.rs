//! The event stream as any client sees it: raw bytes over a socket.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::hub::Hub;

/// One event: its id, name and data.
#[derive(Debug)]
struct Event {
    id: Option<String>,
    name: String,
    data: Value,
}

/// Opens the stream, as `curl -N` would.
fn follow(hub: &Hub, token: &str, last_event_id: Option<&str>) -> BufReader<TcpStream> {
    let address = hub.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let resume = last_event_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
    write!(
        socket,
        "GET /api/reservas/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n{resume}\r\n"
    )
    .unwrap();
    let mut reader = BufReader::new(socket);
    let mut status = String::new();
    reader.read_line(&mut status).unwrap();
    assert!(status.contains("200"), "{status}");
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap() > 2 {}
    let head = head.to_lowercase();
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert!(head.contains("x-accel-buffering: no"), "{head}");
    assert!(head.contains("no-transform"), "{head}");
    reader
}

/// The next event. Chunk sizes of the transfer coding are lines without a colon, and are passed over like comments.
fn next(reader: &mut BufReader<TcpStream>) -> Event {
    let mut event = Event {
        id: None,
        name: String::new(),
        data: Value::Null,
    };
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the stream ended");
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some(id) = line.strip_prefix("id:") {
            event.id = Some(id.trim_start().to_owned());
        } else if let Some(name) = line.strip_prefix("event:") {
            event.name = name.trim_start().to_owned();
        } else if let Some(data) = line.strip_prefix("data:") {
            event.data = serde_json::from_str(data.trim_start()).unwrap();
        } else if line.is_empty() && !event.name.is_empty() {
            return event;
        }
    }
}

fn position(event: &Event) -> u64 {
    event
        .id
        .as_ref()
        .unwrap()
        .split_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap()
}

#[test]
fn connected_comes_first_and_a_change_follows_with_its_id() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let mut stream = follow(&hub, &manager, None);
    let connected = next(&mut stream);
    assert_eq!(connected.name, "connected");
    assert!(connected.id.is_none());
    assert_eq!(connected.data["heartbeatMs"], 30_000);
    let (id, _) = hub.reserve(&manager, "Ñusta Quispe", 8);
    let created = next(&mut stream);
    assert_eq!(created.name, "reservation-created");
    assert_eq!(created.data["reservaId"], json!(id));
    assert!(
        created.data["reserva"].get("codigoQR").is_none(),
        "a ticket never travels in an event"
    );
    assert_eq!(
        created.id.unwrap().split_once(':').unwrap().0,
        connected.data["epoch"]
    );
}

#[test]
fn resuming_over_a_killed_hub_leaves_no_gap() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let mut stream = follow(&hub, &manager, None);
    next(&mut stream);
    hub.reserve(&manager, "Uno", 1);
    let first = next(&mut stream);
    hub.reserve(&manager, "Dos", 2);
    hub.reserve(&manager, "Tres", 3);
    hub.kill();
    hub.serve();
    hub.reserve(&manager, "Cuatro", 4);

    let mut stream = follow(&hub, &manager, first.id.as_deref());
    let connected = next(&mut stream);
    assert_eq!(connected.data["resumed"], true);
    for (name, expected) in ["Dos", "Tres", "Cuatro"].into_iter().zip(position(&first) + 1..) {
        let event = next(&mut stream);
        assert_eq!(position(&event), expected, "no gap and no repeat");
        assert_eq!(event.data["reserva"]["cliente"]["nombre"], name);
    }
}

#[test]
fn a_cursor_that_cannot_continue_gets_reset_and_the_same_stream_goes_on() {
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    hub.reserve(&manager, "Uno", 1);
    let mut stream = follow(&hub, &manager, Some("another:7"));
    assert_eq!(next(&mut stream).data["resumed"], false);
    let reset = next(&mut stream);
    assert_eq!(reset.name, "reset");
    assert_eq!(position(&reset), reset.data["head"].as_u64().unwrap());
    hub.reserve(&manager, "Dos", 2);
    assert_eq!(position(&next(&mut stream)), position(&reset) + 1);
}

#[test]
fn a_restored_backup_starts_another_epoch() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    hub.reserve(&manager, "Uno", 1);
    let mut stream = follow(&hub, &manager, None);
    let before = next(&mut stream).data["epoch"].clone();
    let copy = folder.path().join("copy.db");
    hub.command(&["backup", copy.to_str().unwrap()]);
    hub.kill();
    hub.command(&["restore", copy.to_str().unwrap()]);
    hub.serve();
    let mut stream = follow(&hub, &manager, None);
    assert_ne!(next(&mut stream).data["epoch"], before);
}
