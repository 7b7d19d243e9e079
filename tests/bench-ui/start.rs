//! From the program's start to its list on the screen: spawned as a person does, without a driver, seen from outside.

use std::{
    io::{BufRead as _, BufReader, PipeReader},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    bare, figure, note, percentile,
    process::{Group, portero},
};

const ROUNDS: usize = 9;
/// What the app says when its first list has been painted.
const SHOWN: &str = "the window shows its list";

/// Starts the app and the bare window in turn, so that both meet the same machine.
pub(crate) fn measure(args: &[String]) -> Result<()> {
    note("starting the app and a bare window in turn");
    let (mut app, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (said, log) = std::io::pipe()?;
        let mut command = Command::new(portero());
        command
            .args(args)
            .env("RUST_LOG", "portero_app=info")
            .stdout(Stdio::null())
            .stderr(log);
        app.push(until(command, SHOWN, said)?);
        let (said, out) = std::io::pipe()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(bare::ASKED).stdout(out).stderr(Stdio::null());
        bare.push(until(command, bare::PAINTED, said)?);
    }
    figure(
        "start to a usable list, 100,000 reservations, p50",
        percentile(&mut app, 0.5),
        "ms",
        Some(1_000.0),
        Some((percentile(&mut bare, 0.5), "a bare window's first frame")),
    );
    figure(
        "start to a usable list, 100,000 reservations, worst of 9",
        percentile(&mut app, 1.0),
        "ms",
        None,
        Some((percentile(&mut bare, 1.0), "a bare window's first frame")),
    );
    Ok(())
}

/// How long a program takes until it says something, in ms. It is ended then.
fn until(mut command: Command, words: &str, said: PipeReader) -> Result<f64> {
    let began = Instant::now();
    let _group = Group::start(&mut command)?;
    // It holds the other end as well: without that, the program's end would be no end of its words.
    drop(command);
    let mut heard = String::new();
    for line in BufReader::new(said).lines() {
        let line = line.context("a program says what is no text")?;
        if line.contains(words) {
            return Ok(began.elapsed().as_secs_f64() * 1_000.0);
        }
        heard.push_str(&line);
        heard.push('\n');
    }
    bail!("it never said that {words:?}: {heard}")
}
