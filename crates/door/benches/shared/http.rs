//! One request on a connection of its own, and how many bytes it took.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// What came back.
pub(crate) struct Answer {
    head: String,
    pub(crate) body: Vec<u8>,
    /// Of request and answer: all that went through the socket.
    pub(crate) bytes: u64,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }

    /// A header, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            (found.to_ascii_lowercase() == name).then(|| value.trim())
        })
    }
}

/// Asks for a path of the hub at `url`, with more headers, each ending in its line's end.
pub(crate) fn get(url: &str, path: &str, token: &str, headers: &str) -> Answer {
    let address = url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n{headers}\r\n"
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    let body = answer.split_off(end + 4);
    Answer {
        bytes: (request.len() + answer.len() + body.len()) as u64,
        head: String::from_utf8(answer).unwrap(),
        body,
    }
}
