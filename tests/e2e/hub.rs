//! `portero-hub` as a process, and what a manager asks of it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::process::{Group, free_port, portero_hub};

/// A hub on a store of its own. It keeps its port and its store over a restart.
#[derive(Debug)]
pub(crate) struct Hub {
    dir: PathBuf,
    port: u16,
    process: Option<Group>,
    client: reqwest::Client,
    manager: String,
}

impl Hub {
    /// Starts one whose store is in `dir`.
    pub(crate) fn start(dir: &Path) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()?;
        let mut hub = Self {
            dir: dir.to_owned(),
            port: free_port()?,
            process: None,
            client,
            manager: String::new(),
        };
        hub.serve()?;
        hub.name_venue("Club Miramar")?;
        hub.manager = hub.token("gerente", "Gerencia")?;
        Ok(hub)
    }

    /// Serves again after [`Hub::kill`].
    pub(crate) fn serve(&mut self) -> Result<()> {
        let mut command = self.program()?;
        command
            .arg("serve")
            .args(self.store())
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.port));
        command
            .stdout(Stdio::piped())
            .stderr(File::create(self.dir.join("hub.log"))?);
        let mut process = Group::start(&mut command)?;
        let mut first = String::new();
        BufReader::new(process.stdout()?).read_line(&mut first)?;
        let said: Value = serde_json::from_str(&first)
            .with_context(|| format!("the hub's first line is {first:?}; its log: {}", self.log()))?;
        if said["listening"].as_str() != Some(&self.url()) {
            bail!("the hub listens somewhere else: {first}");
        }
        self.process = Some(process);
        Ok(())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A device's token, made while the hub serves.
    pub(crate) fn token(&self, role: &str, name: &str) -> Result<String> {
        let mut command = self.program()?;
        command
            .arg("token")
            .args(self.store())
            .args(["--role", role, "--name", name]);
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line: Value = serde_json::from_str(text.trim()).with_context(|| {
            format!(
                "`portero-hub token` said {text:?} {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })?;
        line["token"]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("no token in {line}"))
    }

    fn name_venue(&self, name: &str) -> Result<()> {
        let mut command = self.program()?;
        command
            .arg("venue")
            .args(self.store())
            .args(["--name", name])
            .stdout(Stdio::null());
        if !command.status()?.success() {
            bail!("`portero-hub venue` failed");
        }
        Ok(())
    }

    /// `portero-hub check`: an error with its words where the store is not sound.
    pub(crate) fn check(&self) -> Result<()> {
        let mut command = self.program()?;
        command.arg("check").args(self.store());
        let output = command.output()?;
        if !output.status.success() {
            bail!(
                "the store is not sound: {}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
        Ok(())
    }

    /// A reservation for the venue's day now; gives its id and the code of its ticket.
    pub(crate) async fn reserve(&self, name: &str, party: u32) -> Result<Guest> {
        let id = Uuid::now_v7().to_string();
        let body = json!({
            "id": id,
            "cliente": { "nombre": name },
            "numeroPersonas": party,
            "fecha": self.today().await?,
            "hora": "21:30",
            "mesa": (party * 2).to_string(),
        });
        let made = self.send(Method::POST, "/api/reservas", Some(body)).await?;
        let code = made["codigoQR"].as_str().or(made["reserva"]["codigoQR"].as_str());
        let code = code.with_context(|| format!("no code in {made}"))?.to_owned();
        Ok(Guest { id, code })
    }

    /// Changes fields of a reservation.
    pub(crate) async fn change(&self, id: &str, fields: Value) -> Result<()> {
        self.send(Method::PATCH, &format!("/api/reservas/{id}"), Some(fields))
            .await
            .map(drop)
    }

    /// The reservation with its entries.
    pub(crate) async fn reservation(&self, id: &str) -> Result<Value> {
        self.send(Method::GET, &format!("/api/reservas/{id}"), None).await
    }

    /// How many entries the hub has of it.
    pub(crate) async fn entries(&self, id: &str) -> Result<usize> {
        let reservation = self.reservation(id).await?;
        let entries = reservation["registroEntradas"].as_array();
        Ok(entries
            .with_context(|| format!("no registroEntradas in {reservation}"))?
            .len())
    }

    /// The venue's day now: its calendar day, or the one before until its cutoff.
    pub(crate) async fn today(&self) -> Result<String> {
        let venue = self.send(Method::GET, "/api/local", None).await?;
        let zone = venue["zonaHoraria"]
            .as_str()
            .with_context(|| format!("no zone in {venue}"))?;
        let cutoff: jiff::civil::Time = venue["corte"].as_str().unwrap_or("04:00").parse()?;
        let now = jiff::ZonedDateTime::now().in_tz(zone)?;
        let day = if now.time() < cutoff {
            now.date().yesterday()?
        } else {
            now.date()
        };
        Ok(day.to_string())
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self
            .client
            .request(method.clone(), self.url() + path)
            .bearer_auth(&self.manager)
            .header("Portero-Protocol", "1");
        if method != Method::GET {
            request = request.header("Idempotency-Key", Uuid::now_v7().to_string());
        }
        if method == Method::PATCH {
            let id = path.rsplit('/').next().unwrap_or_default();
            let now = Box::pin(self.reservation(id)).await?;
            request = request.header("If-Match", format!("\"{}\"", now["version"]));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{method} {path}: {status} {text}");
        }
        if status == StatusCode::NO_CONTENT {
            Ok(Value::Null)
        } else {
            Ok(serde_json::from_str(&text)?)
        }
    }

    fn program(&self) -> Result<Command> {
        let mut command = Command::new(portero_hub()?);
        command.stdin(Stdio::null());
        Ok(command)
    }

    fn store(&self) -> [String; 2] {
        [
            "--store".to_owned(),
            format!("sqlite:{}", self.dir.join("hub.db").display()),
        ]
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("hub.log")).unwrap_or_default()
    }
}

/// Somebody with a reservation.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    /// Of the reservation.
    pub(crate) id: String,
    /// What the ticket's QR says.
    pub(crate) code: String,
}
