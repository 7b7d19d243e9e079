//! A way to the hub that counts: every byte of every connection, and requests by their first lines.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a request's first line ends, and how the one that opens a stream begins.
const REQUEST: &[u8] = b" HTTP/1.1\r\n";
const STREAM: &[u8] = b"GET /api/reservas/events";

/// A listener that passes everything on to the hub, both ways, for as long as this program runs.
pub(crate) struct Meter {
    pub(crate) url: String,
    counted: Arc<Counted>,
}

#[derive(Default)]
struct Counted {
    bytes: AtomicU64,
    requests: AtomicU64,
    streams: AtomicU64,
}

/// What was counted up to a moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Both ways, without the frames of TCP and below.
    pub(crate) bytes: u64,
    /// Of any kind.
    pub(crate) requests: u64,
    /// Those that open the event stream.
    pub(crate) streams: u64,
}

impl Reading {
    /// What came since an earlier reading.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            bytes: self.bytes - earlier.bytes,
            requests: self.requests - earlier.requests,
            streams: self.streams - earlier.streams,
        }
    }
}

impl Meter {
    /// In front of the hub at `url`.
    pub(crate) fn before(url: &str) -> Self {
        let hub = url.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let meter = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            counted: Arc::default(),
        };
        let counted = meter.counted.clone();
        std::thread::spawn(move || {
            for door in listener.incoming() {
                let door = door.unwrap();
                // A hub that is not there: the door's connection ends as well.
                if let Ok(hub) = TcpStream::connect(&hub) {
                    pass(&door, &hub, &counted, true);
                    pass(&hub, &door, &counted, false);
                }
            }
        });
        meter
    }

    /// What it has counted.
    pub(crate) fn read(&self) -> Reading {
        Reading {
            bytes: self.counted.bytes.load(Ordering::Relaxed),
            requests: self.counted.requests.load(Ordering::Relaxed),
            streams: self.counted.streams.load(Ordering::Relaxed),
        }
    }
}

/// Passes on what comes from one side to the other, in a thread of its own.
fn pass(from: &TcpStream, to: &TcpStream, counted: &Arc<Counted>, asks: bool) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    to.set_nodelay(true).unwrap();
    let counted = Arc::clone(counted);
    std::thread::spawn(move || {
        let mut piece = [0; 16 * 1024];
        let (mut requests, mut streams) = (Sought::new(REQUEST), Sought::new(STREAM));
        while let Ok(length) = from.read(&mut piece) {
            if length == 0 || to.write_all(&piece[..length]).is_err() {
                break;
            }
            counted.bytes.fetch_add(length as u64, Ordering::Relaxed);
            if asks {
                counted
                    .requests
                    .fetch_add(requests.found_in(&piece[..length]), Ordering::Relaxed);
                counted
                    .streams
                    .fetch_add(streams.found_in(&piece[..length]), Ordering::Relaxed);
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// A text that is counted in pieces, also where it lies across two of them.
struct Sought {
    text: &'static [u8],
    /// The end of what came before, shorter than the text.
    end: Vec<u8>,
}

impl Sought {
    fn new(text: &'static [u8]) -> Self {
        Self {
            text,
            end: Vec::new(),
        }
    }

    fn found_in(&mut self, piece: &[u8]) -> u64 {
        self.end.extend_from_slice(piece);
        let found = self
            .end
            .windows(self.text.len())
            .filter(|window| *window == self.text)
            .count();
        let keep = self.end.len().min(self.text.len() - 1);
        self.end.drain(..self.end.len() - keep);
        found as u64
    }
}
