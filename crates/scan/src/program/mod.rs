//! The program's commands: machine output on standard output, everything else on standard error.

mod cameras;
mod decode;
mod draw;
mod watch;

use std::io::{self, Write as _};
use std::process::ExitCode;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clap::{Parser, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

/// Reads QR codes from pictures and cameras, one JSON line each.
#[derive(Parser)]
#[command(name = "portero-scan", version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Reads the codes in pictures: one JSON line a file.
    Decode(decode::Args),
    /// Lists the cameras: one JSON line each.
    Cameras,
    /// Draws a code as PNG or SVG.
    Draw(draw::Args),
    /// Watches a camera: one JSON line a code seen.
    Watch(watch::Args),
}

/// Ends the program with a code and a sentence.
#[derive(Debug)]
struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new("output", format!("standard output cannot be written: {error}"))
    }
}

/// The whole program.
pub(crate) fn run() -> ExitCode {
    let args = Args::parse();
    let wanted = std::env::var("RUST_LOG").ok().filter(|f| !f.is_empty());
    let filter = EnvFilter::new(wanted.as_deref().unwrap_or("warn"));
    tracing_subscriber::fmt()
        // A log on a full disk is lost. Saying so on the same disk would panic, and end what the log is about.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
    let done = match args.command {
        Command::Decode(args) => decode::run(&args),
        Command::Cameras => cameras::run(),
        Command::Draw(args) => draw::run(&args),
        Command::Watch(args) => watch::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, message }) => {
            // Where standard error is closed too, the exit status says it.
            let _ = writeln!(io::stderr(), "portero-scan: {code}: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Writes one line and sends it off at once: who reads it may be waiting.
fn line(value: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec(value).map_err(io::Error::from)?;
    text.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    Ok(out.flush()?)
}

/// A code's bytes as the lines have them: `text`, and `bytes` where they are no UTF-8.
fn content(bytes: &[u8], text: &str) -> serde_json::Map<String, Value> {
    let mut map = serde_json::Map::new();
    map.insert("text".into(), json!(text));
    if std::str::from_utf8(bytes).is_err() {
        map.insert("bytes".into(), json!(BASE64_STANDARD.encode(bytes)));
    }
    map
}

/// To a hundredth: finer is noise.
fn rounded(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}
