//! Starting and ending programs.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A program and everything that it started; all of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    name: String,
}

impl Group {
    /// Starts a program as the head of a process group of its own.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.process_group(0).spawn().with_context(|| {
            format!("`{name}` cannot be started: `cargo xtask test` brings what is needed")
        })?;
        Ok(Self { child, name })
    }

    /// Its output, once.
    pub(crate) fn stdout(&mut self) -> Result<std::process::ChildStdout> {
        self.child
            .stdout
            .take()
            .with_context(|| format!("the output of {} was taken already", self.name))
    }

    /// Fails where the program has ended by itself.
    pub(crate) fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended: {status}", self.name),
            None => Ok(()),
        }
    }

    /// SIGKILL to all of it, as a power cut would, and waits until the program is gone.
    pub(crate) fn kill(&mut self) {
        self.signal("-KILL");
        let _ = self.child.wait();
    }

    fn signal(&self, signal: &str) {
        // the name of a group is the id of its head, which is ours until it is waited for
        let mut kill = Command::new("kill");
        kill.args([signal, "--", &format!("-{}", self.child.id())]);
        let _ = kill.stderr(Stdio::null()).status();
    }

    /// SIGTERM, then SIGKILL to what has not gone in two seconds.
    fn end(&mut self) {
        self.signal("-TERM");
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The desktop app, as cargo built it for these tests.
pub(crate) fn portero() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_portero"))
}

/// The hub's program, which lies beside the app.
pub(crate) fn portero_hub() -> Result<PathBuf> {
    let program = portero().with_file_name("portero-hub");
    if !program.exists() {
        bail!(
            "{} is missing: `cargo build --workspace --bins` first, or `cargo xtask test`",
            program.display()
        );
    }
    Ok(program)
}
