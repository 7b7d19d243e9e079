//! A hub that does what it is told, wrong things above all. Its log is real; its stream is what the test says, byte for byte.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portero_door::{Door, DoorOptions, HubAddress, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the next request for the stream gets.
#[derive(Debug, Clone)]
pub(crate) enum Stream {
    /// A stream as a hub's, from the cursor that was asked for; heartbeats each 300 ms.
    Good,
    /// As good, but these bytes come in place of the events.
    Instead(Vec<u8>),
    /// These bytes, and the connection stays open.
    Raw(Vec<u8>),
    /// These bytes, and the connection ends.
    Short(Vec<u8>),
}

/// The head of a stream's answer.
pub(crate) const STREAM: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

#[derive(Debug, Default)]
struct State {
    streams: VecDeque<Stream>,
    /// Answers in place of everything else, while there is one.
    everything: Option<String>,
    log: Vec<(String, Value)>,
    requests: Vec<String>,
}

/// The hub.
pub(crate) struct Script {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    dir: TempDir,
}

impl Script {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
            dir: tempfile::tempdir().unwrap(),
        };
        let state = script.state.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, state.clone()));
            }
        });
        script
    }

    /// What the next streams are; after them they are good.
    pub(crate) fn streams(&self, streams: impl IntoIterator<Item = Stream>) {
        self.state.lock().unwrap().streams.extend(streams);
    }

    /// Every request gets this answer, until there is none.
    pub(crate) fn everything(&self, answer: Option<&str>) {
        self.state.lock().unwrap().everything = answer.map(str::to_owned);
    }

    /// Another reservation in the log.
    pub(crate) fn created(&self, id: &str) {
        let mut state = self.state.lock().unwrap();
        state
            .log
            .push(("reservation-created".to_owned(), created_data(id)));
    }

    /// The request lines and headers so far.
    pub(crate) fn requests(&self, path: &str) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state
            .requests
            .iter()
            .filter(|request| request.contains(path))
            .cloned()
            .collect()
    }

    pub(crate) async fn door(&self) -> Door {
        Door::open(DoorOptions {
            data_dir: self.dir.path().join("door"),
            hub: Some(HubAddress {
                url: format!("http://{}", self.address),
                token: "token".to_owned(),
            }),
            name: None,
            settings: Settings::default(),
        })
        .await
        .unwrap()
    }
}

pub(crate) fn created_data(id: &str) -> Value {
    json!({ "reservaId": id, "en": "2026-11-24T12:00:00.000Z", "reserva": {
        "id": id, "version": 1, "cliente": {"nombre": format!("Invitado {id} ñ")}, "numeroPersonas": 2, "fecha": "2026-11-24", "hora": "21:00",
        "estado": "En Progreso", "asistenciaActual": 0, "origen": "reserva", "emision": 1,
        "fechaCreacion": "2026-11-24T12:00:00.000Z", "fechaModificacion": "2026-11-24T12:00:00.000Z" }})
}

/// An event of the log as the stream writes it.
pub(crate) fn event(pos: usize, name: &str, data: &Value) -> String {
    format!("event: {name}\nid: e1:{pos}\ndata: {data}\n\n")
}

async fn serve(mut socket: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .to_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    if socket.read_exact(&mut body).await.is_err() {
        return;
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let everything = {
        let mut state = state.lock().unwrap();
        state.requests.push(head.clone());
        state.everything.clone()
    };
    if let Some(answer) = everything {
        let _ = socket.write_all(answer.as_bytes()).await;
        return;
    }
    let since = path
        .split("since=e1%3A")
        .nth(1)
        .and_then(|rest| rest.split('&').next()?.parse().ok())
        .unwrap_or(0);
    if path.starts_with("/api/reservas/events") {
        let stream = state.lock().unwrap().streams.pop_front();
        stream_out(socket, stream.unwrap_or(Stream::Good), since, &state).await;
    } else {
        let body = answer(&path, since, &body, &state.lock().unwrap());
        let _ = socket
            .write_all(
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
                .as_bytes(),
            )
            .await;
    }
}

fn answer(path: &str, since: usize, body: &[u8], state: &State) -> String {
    let venue = json!({"id": "01938f00-0000-7000-8000-000000000001", "nombre": "Casa", "zonaHoraria": "America/Guayaquil", "corte": "04:00",
        "exceso": "avisar", "codigosSinFirma": true, "clavesPublicas": []});
    let head = state.log.len();
    if path.starts_with("/api/snapshot") {
        let mut lines =
            vec![json!({"local": venue, "epoch": "e1", "cursor": format!("e1:{head}"), "total": head})];
        lines.extend(
            state
                .log
                .iter()
                .map(|(_, data)| json!({"reserva": data["reserva"]})),
        );
        lines.push(json!({"fin": head}));
        lines.iter().map(|line| format!("{line}\n")).collect()
    } else if path.starts_with("/api/reservas/changes") {
        let events: Vec<Value> = state
            .log
            .iter()
            .enumerate()
            .skip(since)
            .map(|(at, (name, data))| json!({"id": format!("e1:{}", at + 1), "event": name, "data": data}))
            .collect();
        json!({"cursor": format!("e1:{head}"), "eventos": events, "more": false}).to_string()
    } else if path.starts_with("/api/asistencia") {
        let sent: Value = serde_json::from_slice(body).unwrap();
        let results: Vec<Value> = sent["entradas"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| json!({"escaneoId": entry["escaneoId"], "resultado": "registrada", "asistenciaActual": 1, "exceso": 0}))
            .collect();
        json!({ "resultados": results }).to_string()
    } else {
        "{}".to_owned()
    }
}

async fn stream_out(mut socket: TcpStream, stream: Stream, since: usize, state: &Mutex<State>) {
    let connected = |head: usize| {
        let data = json!({"connectionId": "c", "protocolo": 1, "epoch": "e1", "head": head, "resumed": true, "heartbeatMs": 1_000,
            "time": "2026-11-24T12:00:00.000Z"});
        format!("event: connected\ndata: {data}\n\n")
    };
    let head = state.lock().unwrap().log.len();
    let instead = match stream {
        Stream::Raw(bytes) => {
            let _ = socket.write_all(&bytes).await;
            let _ = socket.read(&mut [0; 1]).await;
            return;
        }
        Stream::Short(bytes) => {
            let _ = socket.write_all(&bytes).await;
            return;
        }
        Stream::Good => None,
        Stream::Instead(bytes) => Some(bytes),
    };
    let start = [STREAM, connected(head).as_bytes()].concat();
    if socket.write_all(&start).await.is_err() {
        return;
    }
    let good = instead.is_none();
    if let Some(bytes) = instead
        && socket.write_all(&bytes).await.is_err()
    {
        return;
    }
    let mut sent = since;
    loop {
        let (events, head) = {
            let state = state.lock().unwrap();
            let events: String = state
                .log
                .iter()
                .enumerate()
                .skip(sent)
                .map(|(at, (name, data))| event(at + 1, name, data))
                .collect();
            (events, state.log.len())
        };
        if good {
            sent = head;
            if socket.write_all(events.as_bytes()).await.is_err() {
                return;
            }
        }
        let beat = json!({"time": "2026-11-24T12:00:00.000Z", "head": head});
        if socket
            .write_all(format!("event: heartbeat\ndata: {beat}\n\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
