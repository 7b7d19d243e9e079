//! `portero-door` as a process: one JSON request a line, answers and events on lines.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::program;

/// How long any answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A door without a window.
pub(crate) struct Door {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<(Instant, Value)>,
    /// Those that came while something else was waited for, with the time at which they arrived.
    pub(crate) events: VecDeque<(Instant, Value)>,
    next_id: u64,
    log: PathBuf,
}

impl Door {
    /// Starts a door on `folder`, and waits for its first line.
    pub(crate) fn start(folder: &Path, hub_url: &str, token: &str, name: &str) -> Self {
        Self::start_by(
            Command::new(program("portero-door")),
            folder,
            hub_url,
            token,
            name,
        )
    }

    /// As [`Door::start`], by a command that starts the program, as in another network namespace.
    pub(crate) fn start_by(
        mut command: Command,
        folder: &Path,
        hub_url: &str,
        token: &str,
        name: &str,
    ) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let token_file = folder.join("token.txt");
        std::fs::write(&token_file, token).unwrap();
        let log_file = folder.join("door.log");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log_file)
            .unwrap();
        let mut process = command
            .args(["--hub", hub_url, "--name", name])
            .arg("--data-dir")
            .arg(folder.join("data"))
            .arg("--token-file")
            .arg(token_file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = process.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { break };
                let value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line:?}"));
                if sender.send((Instant::now(), value)).is_err() {
                    break;
                }
            }
        });
        let input = process.stdin.take();
        let mut door = Self {
            process,
            input,
            lines,
            events: VecDeque::new(),
            next_id: 1,
            log: log_file,
        };
        door.event("ready", |event| event["event"] == "ready");
        door
    }

    /// Starts a door and waits until it is live.
    pub(crate) fn live(folder: &Path, hub_url: &str, token: &str, name: &str) -> Self {
        let mut door = Self::start(folder, hub_url, token, name);
        door.state("live");
        door
    }

    /// Sends a request without waiting for its answer; gives its id.
    pub(crate) fn send(&mut self, mut request: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        request["id"] = id.into();
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{request}").unwrap();
        input.flush().unwrap();
        id
    }

    /// The answer to request `id`: `Ok` its `ok`, `Err` its `error`. `None`: the door ended before.
    pub(crate) fn answer(&mut self, id: u64) -> Option<Result<Value, Value>> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (at, line) = match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("no answer to request {id} in {PATIENCE:?}"),
            };
            if line.get("event").is_some() {
                self.events.push_back((at, line));
            } else if line["id"] == id {
                return Some(line.get("ok").cloned().ok_or_else(|| line["error"].clone()));
            }
        }
    }

    /// A request and its answer, which has to be a success.
    pub(crate) fn ask(&mut self, request: Value) -> Value {
        let shown = request.to_string();
        let id = self.send(request);
        match self.answer(id) {
            Some(Ok(value)) => value,
            other => panic!("{shown}: {other:?}"),
        }
    }

    /// A scan.
    pub(crate) fn scan(&mut self, code: &str) -> Value {
        self.ask(json!({"cmd": "scan", "code": code}))
    }

    /// The next event that fits, those that came meanwhile included; others before it are dropped. With the time it arrived.
    pub(crate) fn event(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> (Instant, Value) {
        self.event_within(PATIENCE, what, fits)
    }

    /// As [`Door::event`], for what may take longer.
    pub(crate) fn event_within(
        &mut self,
        limit: Duration,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> (Instant, Value) {
        let deadline = Instant::now() + limit;
        loop {
            let next = match self.events.pop_front() {
                Some(event) => event,
                None => match self
                    .lines
                    .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                {
                    Ok(line) => line,
                    Err(error) => panic!("waited for {what}: {error}"),
                },
            };
            if next.1.get("event").is_some() && fits(&next.1) {
                return next;
            }
        }
    }

    /// Waits until the connection is in that state.
    pub(crate) fn state(&mut self, state: &str) -> Instant {
        self.event(state, |event| {
            event["event"] == "state" && event["state"] == state
        })
        .0
    }

    /// Waits until the outbox is empty.
    pub(crate) fn delivered(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.ask(json!({"cmd": "status"}));
            if status["outbox"]["pending"] == 0 {
                return;
            }
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "the outbox did not empty: {status}\n{log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Ends its input, and waits for its clean end.
    pub(crate) fn end(mut self) {
        self.input = None;
        let status = self.process.wait().unwrap();
        assert!(status.success(), "the door ended with {status}");
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
