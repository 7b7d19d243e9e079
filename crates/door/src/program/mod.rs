//! The program: arguments, the loop over its lines, and its end.

mod arguments;
mod orders;

use std::process::ExitCode;
use std::sync::Arc;

use portero_door::view::DoorEvent;
use portero_door::{Door, DoorError, DoorOptions, HubAddress, Result, Settings, pair};
use portero_protocol::problem::Code;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Stdout};
use tokio::sync::{Mutex, broadcast};

pub(crate) use arguments::Arguments;

/// The token that an invitation was exchanged for, in the data dir.
const TOKEN_FILE: &str = "token";
/// Where settings are saved, in the data dir.
const CONFIG_FILE: &str = "config.toml";

/// Says a sentence on standard error.
#[expect(
    clippy::print_stderr,
    reason = "the program's last word is for a person, whatever the log's level"
)]
pub(crate) fn failed(sentence: &str) -> ExitCode {
    eprintln!("portero-door: {sentence}");
    ExitCode::FAILURE
}

/// Runs the door until the end of its input, or until it is told to stop.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let settings = Settings::load(
        &arguments.data_dir.join(CONFIG_FILE),
        arguments.config.as_deref(),
        &arguments.set,
    )?;
    let url = arguments
        .hub
        .clone()
        .or_else(|| settings.hub_url.clone())
        .ok_or_else(|| {
            DoorError::new(
                Code::InvalidConfig,
                "no hub: give --hub http://ADDRESS:PORT, or set hub.url",
            )
        })?;
    let token = token(&arguments, &url).await?;
    let door = Door::open(DoorOptions {
        data_dir: arguments.data_dir.clone(),
        hub: Some(HubAddress { url, token }),
        name: arguments.name.clone(),
        settings,
    })
    .await?;
    let out = Out::new();
    let events = door.events();
    let ready = DoorEvent::Ready {
        device_id: door.identity()?.device_id,
    };
    let ended = match out.line(&ready).await {
        Ok(()) => {
            let saying = tokio::spawn(say(events, out.clone()));
            let ended = tokio::select! {
                ended = obey(&door, &out) => ended,
                () = told_to_stop() => Ok(()),
            };
            saying.abort();
            ended
        }
        Err(error) => Err(error),
    };
    door.close().await;
    match ended {
        // Whoever read the answers is gone: that is an end too.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(DoorError::new(
            Code::Internal,
            format!("standard input or output failed: {error}"),
        )),
        Ok(()) => Ok(()),
    }
}

/// The token: from its file, the environment, what an invitation was exchanged for before, or what it is exchanged for now.
async fn token(arguments: &Arguments, url: &str) -> Result<String> {
    let read = |file: &std::path::Path| {
        std::fs::read_to_string(file)
            .map(|text| text.trim().to_owned())
            .map_err(|error| {
                DoorError::new(
                    Code::InvalidConfig,
                    format!("{} cannot be read: {error}", file.display()),
                )
            })
    };
    if let Some(file) = &arguments.token_file {
        return read(file);
    }
    let saved = arguments.data_dir.join(TOKEN_FILE);
    if saved.exists() {
        return read(&saved);
    }
    if let Some(file) = &arguments.invite_file {
        let token = pair(url, &read(file)?, arguments.name.as_deref()).await?;
        keep_secret(&saved, &token)?;
        return Ok(token);
    }
    std::env::var("PORTERO_TOKEN").map_err(|_| {
        DoorError::new(
            Code::InvalidConfig,
            "no token: give --token-file FILE or --invite-file FILE (see `portero-hub token --help`)",
        )
    })
}

/// Writes a file that only this user can read.
fn keep_secret(file: &std::path::Path, secret: &str) -> Result<()> {
    let write = || -> std::io::Result<()> {
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        std::io::Write::write_all(&mut options.open(file)?, secret.as_bytes())
    };
    write().map_err(|error| {
        DoorError::new(
            Code::Storage,
            format!("{} cannot be written: {error}", file.display()),
        )
    })
}

/// Carries out one request a line, in order of arrival.
async fn obey(door: &Door, out: &Out) -> std::io::Result<()> {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        out.line(&orders::carry_out(door, &line).await).await?;
    }
}

/// Writes what the door says by itself.
async fn say(mut events: broadcast::Receiver<DoorEvent>, out: Out) {
    loop {
        let event = match events.recv().await {
            // The first line said it.
            Ok(DoorEvent::Ready { .. }) => continue,
            Ok(event) => event,
            // Whoever reads is too slow: anything may have changed meanwhile.
            Err(broadcast::error::RecvError::Lagged(_)) => DoorEvent::Changed {
                reservations: Vec::new(),
            },
            Err(broadcast::error::RecvError::Closed) => return,
        };
        if out.line(&event).await.is_err() {
            return;
        }
    }
}

/// Standard output, a whole line at a time.
#[derive(Debug, Clone)]
struct Out(Arc<Mutex<Stdout>>);

impl Out {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(tokio::io::stdout())))
    }

    async fn line(&self, value: &impl Serialize) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        let mut out = self.0.lock().await;
        out.write_all(&line).await?;
        out.flush().await
    }
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
