//! A hub as a process, with its devices.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_portero-hub");

pub(crate) struct Place {
    _folder: TempDir,
    file: PathBuf,
    pub(crate) address: String,
    hub: Child,
}

impl Place {
    /// Starts a hub, with the rows of a CSV where one is given.
    pub(crate) fn open(csv: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.db");
        if let Some(csv) = csv {
            let list = folder.path().join("list.csv");
            std::fs::write(&list, csv).unwrap();
            run(&file, &["import"], &[list.to_str().unwrap()]);
        }
        let mut hub = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--store"])
            .arg(store(&file))
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(hub.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let url = line["listening"].as_str().unwrap();
        Self {
            _folder: folder,
            file,
            address: url.trim_start_matches("http://").to_owned(),
            hub,
        }
    }

    pub(crate) fn token(&self, role: &str, name: &str) -> String {
        let made = run(&self.file, &["token", "--role", role, "--name", name], &[]);
        made["token"].as_str().unwrap().to_owned()
    }

    /// Proves the database.
    pub(crate) fn prove(&self) {
        assert_eq!(run(&self.file, &["check"], &[])["ok"], true);
    }

    pub(crate) fn pid(&self) -> u32 {
        self.hub.id()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.hub.kill();
        let _ = self.hub.wait();
    }
}

/// Resident memory of a process in KiB, where the system tells.
pub(crate) fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn store(file: &std::path::Path) -> String {
    format!("sqlite:{}", file.display())
}

fn run(file: &std::path::Path, command: &[&str], rest: &[&str]) -> Value {
    let done = Command::new(PROGRAM)
        .args(command)
        .arg("--store")
        .arg(store(file))
        .args(rest)
        .env("RUST_LOG", "error")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(done.status.success(), "{command:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// A list of reservations of tonight for `import`.
pub(crate) fn csv(rows: usize) -> String {
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let mut csv = "id,cliente.nombre,cliente.telefono,numeroPersonas,fecha,hora,mesa,detalles\n".to_owned();
    for row in 0..rows {
        csv.push_str(&format!(
            "res-{row},Invitada Número {row},+34 600 {:06},9999,{day},{:02}:{:02},T{},VIP|Alergia a los frutos secos\n",
            row % 1_000_000,
            18 + row % 6,
            row % 60,
            row % 80
        ));
    }
    csv
}
