//! A server that answers one connection after the other with the bytes that it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::door::HubAddress;
use crate::hub::http::Hub;

/// What one connection gets.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Each is written by itself.
    writes: Vec<Vec<u8>>,
    /// Whether the connection stays open after them.
    hold: bool,
}

impl Answer {
    /// These bytes, as they are; then the end.
    pub(super) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            writes: vec![bytes.into()],
            hold: false,
        }
    }

    /// A stream whose body comes in pieces of these sizes. Each is an HTTP chunk, so that the client gets it as it is, whatever the socket makes of it.
    pub(super) fn stream(body: &[u8], pieces: &[usize]) -> Self {
        let mut writes = vec![
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_vec(),
        ];
        let mut rest = body;
        for piece in pieces {
            let (chunk, after) = rest.split_at(*piece);
            writes.push([format!("{piece:x}\r\n").as_bytes(), chunk, b"\r\n"].concat());
            rest = after;
        }
        writes.push(b"0\r\n\r\n".to_vec());
        Self { writes, hold: false }
    }

    /// A stream without chunks, in pieces of that size, that stays open.
    pub(super) fn open_stream(body: &[u8], piece: usize) -> Self {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".to_vec();
        let mut writes = vec![head];
        writes.extend(body.chunks(piece).map(<[u8]>::to_vec));
        Self { writes, hold: true }
    }
}

/// The server.
pub(super) struct Server {
    address: SocketAddr,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            answers: Arc::default(),
            requests: Arc::default(),
        };
        let (answers, requests) = (server.answers.clone(), server.requests.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, answers.clone(), requests.clone()));
            }
        });
        server
    }

    /// A client of it.
    pub(super) fn hub(&self) -> Hub {
        let address = HubAddress {
            url: self.url(),
            token: "t0ken".to_owned(),
        };
        Hub::new(&address, Arc::default(), Arc::default()).unwrap()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next connection that nobody was promised gets this.
    pub(super) fn next(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }

    /// The heads of the requests so far, in lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    socket.set_nodelay(true).unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    requests
        .lock()
        .unwrap()
        .push(String::from_utf8(request).unwrap().to_lowercase());
    let answer = answers.lock().unwrap().pop_front();
    let Some(answer) = answer else {
        return;
    };
    for piece in &answer.writes {
        // The client may have had enough before the end.
        if socket.write_all(piece).await.is_err() {
            return;
        }
    }
    if answer.hold {
        let _ = socket.read(&mut [0; 1]).await;
    }
}
