//! The control: what the doors did before there were events. A page that asks for tonight's list every 30 s, as kindly to itself as HTTP allows:
//! compressed, and only where something changed.

use std::time::Instant;

use super::figure::ms;
use super::http;

/// What the control is called beside a figure.
pub(crate) const PEER: &str = "polling every 30 s";
/// Seconds between two polls.
pub(crate) const EVERY_S: u32 = 30;

/// Somebody who polls.
pub(crate) struct Poller {
    url: String,
    path: String,
    token: String,
    tag: Option<String>,
    pub(crate) requests: u32,
    pub(crate) unchanged: u32,
    pub(crate) bytes: u64,
    answered_ms: Vec<f64>,
}

impl Poller {
    /// One who has not asked yet.
    pub(crate) fn new(url: &str, token: &str, day: &str) -> Self {
        Self {
            url: url.to_owned(),
            path: format!("/api/reservas?fecha={day}&limit=1000"),
            token: token.to_owned(),
            tag: None,
            requests: 0,
            unchanged: 0,
            bytes: 0,
            answered_ms: Vec::new(),
        }
    }

    /// Asks once.
    pub(crate) fn poll(&mut self) {
        let mut headers = "Accept-Encoding: gzip\r\n".to_owned();
        if let Some(tag) = &self.tag {
            headers.push_str(&format!("If-None-Match: {tag}\r\n"));
        }
        let started = Instant::now();
        let answer = http::get(&self.url, &self.path, &self.token, &headers);
        self.answered_ms.push(ms(started.elapsed()));
        self.requests += 1;
        self.bytes += answer.bytes;
        match answer.status() {
            200 => self.tag = answer.header("etag").map(str::to_owned),
            304 => self.unchanged += 1,
            other => panic!("the hub answered {other}"),
        }
    }

    /// How late somebody who polls sees a change that is made at any moment: `percent` of an interval, and the time of an answer.
    pub(crate) fn delay_ms(&self, percent: usize) -> f64 {
        let interval = f64::from(EVERY_S) * 1_000.0;
        interval * percent as f64 / 100.0 + super::figure::percentile(&self.answered_ms, 50)
    }
}
