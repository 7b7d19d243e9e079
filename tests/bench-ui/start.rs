//! From the program's start to its list on the screen: spawned as a person does, without a driver, seen from outside.

use std::{
    io::{BufRead as _, BufReader, PipeReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    bare, figure, note, percentile,
    process::{Group, portero},
};

const ROUNDS: usize = 9;
/// What the app says when its first list has been painted.
pub(crate) const SHOWN: &str = "the window shows its list";
/// A program that says nothing for so long never will.
const LONGEST: Duration = Duration::from_secs(60);

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
fn until(command: Command, words: &str, said: PipeReader) -> Result<f64> {
    let began = Instant::now();
    let _group = started(command, words, said)?;
    Ok(began.elapsed().as_secs_f64() * 1_000.0)
}

/// Starts a program and waits until it has said something.
pub(crate) fn started(mut command: Command, words: &str, said: PipeReader) -> Result<Group> {
    let group = Group::start(&mut command)?;
    // It holds the other end as well: without that, the program's end would be no end of its words.
    drop(command);
    let (tell, lines) = mpsc::channel();
    // What it says later is read too, so that it never waits for a reader.
    thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let end = Instant::now() + LONGEST;
    let mut heard = String::new();
    while let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        if line.contains(words) {
            return Ok(group);
        }
        heard.push_str(&line);
        heard.push('\n');
    }
    bail!("it never said that {words:?}: {heard}")
}
