//! `portero-hub` as a process.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::program;

/// A hub's store and, while it serves, its process.
pub(crate) struct Hub {
    folder: PathBuf,
    listen: String,
    more: Vec<String>,
    pub(crate) process: Option<Child>,
    pub(crate) url: String,
}

impl Hub {
    /// A new store in `folder`, served on a free port that it keeps over restarts.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_at(folder, "127.0.0.1")
    }

    /// As [`Hub::start`], at an address of a network of this test's own.
    pub(crate) fn start_at(folder: &Path, ip: &str) -> Self {
        Self::start_with(folder, ip, &[])
    }

    /// As [`Hub::start_at`], with more arguments.
    pub(crate) fn start_with(folder: &Path, ip: &str, more: &[&str]) -> Self {
        let free = TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap();
        let mut hub = Self {
            folder: folder.to_owned(),
            listen: free.to_string(),
            more: more.iter().map(|argument| (*argument).to_owned()).collect(),
            process: None,
            url: format!("http://{free}"),
        };
        hub.serve();
        hub
    }

    /// The `--store` argument.
    pub(crate) fn store(&self) -> String {
        format!("sqlite:{}", self.folder.join("hub.db").display())
    }

    /// Serves (again), and waits until it accepts connections.
    pub(crate) fn serve(&mut self) {
        assert!(self.process.is_none(), "it serves already");
        let mut process = Command::new(program("portero-hub"))
            .args([
                "serve",
                "--store",
                &self.store(),
                "--listen",
                &self.listen,
                // Only matters off loopback: the tests' own networks have no certificates.
                "--insecure-lan",
            ])
            .args(&self.more)
            .stdout(Stdio::piped())
            .stderr(Stdio::from(
                std::fs::File::create(self.folder.join("hub.log")).unwrap(),
            ))
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let listening: Value =
            serde_json::from_str(&first).unwrap_or_else(|_| panic!("the hub said {first:?}; see hub.log"));
        assert_eq!(
            listening["listening"], self.url,
            "the first line says where it listens"
        );
        self.process = Some(process);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// One of its other commands; its standard output.
    pub(crate) fn command(&self, args: &[&str]) -> String {
        let (name, rest) = args.split_first().unwrap();
        let output = Command::new(program("portero-hub"))
            .arg(name)
            .args(["--store", &self.store()])
            .args(rest)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// A token of that role.
    pub(crate) fn token(&self, role: &str, name: &str) -> String {
        let line: Value =
            serde_json::from_str(&self.command(&["token", "--role", role, "--name", name])).unwrap();
        line["token"].as_str().unwrap().to_owned()
    }

    /// `check`, which has to find nothing.
    pub(crate) fn check(&self) {
        let report: Value = serde_json::from_str(&self.command(&["check"])).unwrap();
        assert_eq!(report["ok"], true, "{report}");
    }

    /// Its entries, as exported.
    pub(crate) fn entries(&self) -> Vec<Value> {
        serde_json::from_str(&self.command(&["export", "--what", "entradas", "--format", "json"])).unwrap()
    }

    /// Creates a reservation for tonight and gives its id and its ticket's code.
    pub(crate) fn reserve(&self, token: &str, name: &str, party: u32) -> (String, String) {
        let id = uuid::Uuid::now_v7().to_string();
        let zoned = jiff::ZonedDateTime::now();
        let venue: Value = serde_json::from_str(&self.command(&["venue"])).unwrap();
        let zone = venue["zonaHoraria"].as_str().unwrap();
        let now = zoned.in_tz(zone).unwrap();
        let body = serde_json::json!({
            "id": id, "cliente": {"nombre": name}, "numeroPersonas": party,
            "fecha": now.date().to_string(), "hora": now.strftime("%H:%M").to_string(), "mesa": "12",
        });
        let answer = self.post("/api/reservas", token, &body);
        (id, answer["codigoQR"].as_str().unwrap().to_owned())
    }

    /// A write as JSON; its answer, which has to be a success.
    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        self.send(reqwest::Method::POST, path, token, Some(body))
    }

    /// A read as JSON.
    pub(crate) fn get(&self, path: &str, token: &str) -> Value {
        self.send(reqwest::Method::GET, path, token, None)
    }

    /// Any request as JSON; its answer, which has to be a success.
    pub(crate) fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Value {
        let (status, answer) = self.try_send(method.clone(), path, token, body);
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    /// Any request as JSON: status and answer.
    pub(crate) fn try_send(
        &self,
        method: reqwest::Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> (reqwest::StatusCode, Value) {
        let request = async {
            let client = reqwest::Client::builder()
                .timeout(Duration::from_secs(20))
                .build()?;
            let mut request = client
                .request(method, format!("{}{path}", self.url))
                .bearer_auth(token);
            if let Some(body) = body {
                request = request
                    .header("Idempotency-Key", uuid::Uuid::now_v7().to_string())
                    .json(body);
            }
            let answer = request.send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            Ok::<_, reqwest::Error>((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(request)
            .unwrap()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
