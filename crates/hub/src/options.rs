//! What a hub can be told when it starts.

use std::path::PathBuf;
use std::time::Duration;

use portero_protocol::problem::Code;

use crate::error::{Error, Result};

/// Settings of a running hub. The default is what a venue needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `hub.heartbeat_ms`: how often a stream says that it lives.
    pub heartbeat: Duration,
    /// `hub.stream_life_s`: about how long a stream lives; each ends at a random sixth before or after it.
    pub stream_life: Duration,
    /// `hub.retention_h`: how long the log is kept, so how long a device may be away without taking a snapshot.
    pub retention: Duration,
    /// `hub.queue_events`: how many events a slow reader may be behind before its stream ends.
    pub queue_events: usize,
    /// Serve HTTPS with these files.
    pub tls: Option<TlsFiles>,
}

/// A certificate chain and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that sign it.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(30),
            stream_life: Duration::from_secs(3_600),
            retention: Duration::from_secs(168 * 3_600),
            queue_events: 1_024,
            tls: None,
        }
    }
}

impl Options {
    /// Takes one `KEY=VALUE` of `--set`.
    ///
    /// # Errors
    /// A key that does not exist, or a value that is no number in its range.
    pub fn set(&mut self, assignment: &str) -> Result<()> {
        let (key, value) = assignment
            .split_once('=')
            .ok_or_else(|| invalid(format!("--set takes KEY=VALUE, not `{assignment}`")))?;
        match key.trim() {
            "hub.heartbeat_ms" => self.heartbeat = Duration::from_millis(number(key, value, 100, 600_000)?),
            "hub.stream_life_s" => self.stream_life = Duration::from_secs(number(key, value, 1, 86_400)?),
            "hub.retention_h" => {
                self.retention = Duration::from_secs(number(key, value, 1, 24 * 366)? * 3_600);
            }
            "hub.queue_events" => {
                let events = number(key, value, 4, 1_000_000)?;
                self.queue_events = usize::try_from(events).unwrap_or(usize::MAX);
            }
            other => {
                return Err(invalid(format!(
                    "there is no setting `{other}`: the hub knows hub.heartbeat_ms, hub.stream_life_s, hub.retention_h and \
                     hub.queue_events"
                )));
            }
        }
        Ok(())
    }
}

fn number(key: &str, value: &str, low: u64, high: u64) -> Result<u64> {
    value
        .trim()
        .parse()
        .ok()
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| {
            invalid(format!(
                "`{key}` takes a whole number from {low} to {high}, not `{value}`"
            ))
        })
}

fn invalid(detail: String) -> Error {
    Error::new(Code::InvalidConfig, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_taken_and_a_wrong_one_says_what_there_is() {
        let mut options = Options::default();
        for good in [
            "hub.heartbeat_ms=500",
            "hub.stream_life_s=9",
            "hub.retention_h=1",
            "hub.queue_events=16",
        ] {
            options.set(good).unwrap();
        }
        assert_eq!(options.heartbeat, Duration::from_millis(500));
        assert_eq!(options.stream_life, Duration::from_secs(9));
        assert_eq!(options.retention, Duration::from_secs(3_600));
        assert_eq!(options.queue_events, 16);
        for bad in [
            "hub.heartbeat",
            "hub.heartbeat_ms=0",
            "hub.queue_events=-1",
            "sse=1",
            "x",
        ] {
            let error = options.set(bad).unwrap_err();
            assert_eq!(error.code(), Code::InvalidConfig, "{bad}");
        }
    }
}
