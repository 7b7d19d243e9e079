//! 50 entries a second from another door: does every frame come in time, and does memory stay where it is?

use std::{
    fs,
    io::{BufRead as _, BufReader, PipeWriter, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::time::{Instant, interval};

use crate::{
    figure,
    hub::Hub,
    memory, note, page, percentile,
    process::{Group, portero},
    window::Window,
};

/// Each collection of the page's garbage is a whole one. Left to itself the engine looks through what is young most of the
/// time, and through all of it every four or five minutes: what lives on could be told only in a quarter of an hour.
pub(crate) const COLLECTS_ALL: &[(&str, &str)] = &[("JSC_useGenerationalGC", "false")];
const A_SECOND: u64 = 50;
/// Half a minute to warm up, then two minutes that are compared; in each the page's garbage is collected.
const LASTS: Duration = Duration::from_secs(150);
const QUIET: Duration = Duration::from_secs(15);
/// Entries from one look at memory to the next.
const GLANCE: u64 = memory::GLANCE.as_secs() * A_SECOND;

/// On the door screen, then on the desk's, of a window opened with [`COLLECTS_ALL`].
pub(crate) async fn measure(window: &Window, hub: &Hub, dir: &Path, guests: &[String]) -> Result<()> {
    let mut door = Door::open(hub, dir)?;
    let mut guests = guests.iter().cycle();
    for (screen, name) in [("nav-door", "door"), ("nav-reservations", "desk")] {
        window.click(screen).await?;
        note(&format!(
            "{name}: {} s of quiet, then {A_SECOND} entries a second for {} s",
            QUIET.as_secs(),
            LASTS.as_secs()
        ));
        page::watch_frames(window).await?;
        tokio::time::sleep(QUIET).await;
        let mut quiet = page::frames(window).await?;
        page::watch_frames(window).await?;
        let mut looks = Vec::new();
        let mut beat = interval(Duration::from_secs(1) / u32::try_from(A_SECOND)?);
        let began = Instant::now();
        let mut sent = 0;
        while began.elapsed() < LASTS {
            beat.tick().await;
            door.admit(guests.next().context("nobody comes tonight")?)?;
            sent += 1;
            if sent % GLANCE == 0 {
                looks.push(memory::resident());
            }
        }
        let mut frames = page::frames(window).await?;
        note(&format!("{sent} entries, {} frames", frames.len()));
        figure(
            &format!("50 entries a second, {name}: worst frame"),
            percentile(&mut frames, 1.0),
            "ms",
            Some(100.0),
            Some((percentile(&mut quiet, 1.0), "the same window in quiet")),
        );
        figure(
            &format!("50 entries a second, {name}: frames p99"),
            percentile(&mut frames, 0.99),
            "ms",
            None,
            None,
        );
        // What is shown has to have been drawn once.
        let (all, grown) = memory::grown(&looks[looks.len() / 5..]);
        figure(
            &format!("50 entries a second, {name}: memory grown in a minute"),
            grown,
            "MB",
            Some(10.0),
            Some((all, "all of it")),
        );
    }
    Ok(())
}

/// `portero-door` at the other entrance.
struct Door {
    input: PipeWriter,
    _process: Group,
    sent: u64,
}

impl Door {
    fn open(hub: &Hub, dir: &Path) -> Result<Self> {
        let token = dir.join("door-2.token");
        fs::write(&token, hub.token("portero", "Puerta 2")?)?;
        let mut command = Command::new(portero().with_file_name("portero-door"));
        command.args(["--hub", &hub.url(), "--name", "Puerta 2"]);
        command
            .arg("--token-file")
            .arg(&token)
            .arg("--data-dir")
            .arg(dir.join("data-door-2"));
        let (orders, input) = std::io::pipe()?;
        command.stdin(orders).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Group::start(&mut command)?;
        drop(command);
        let mut lines = BufReader::new(process.stdout()?).lines();
        for line in lines.by_ref() {
            if line?.contains(r#""state":"live""#) {
                break;
            }
        }
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            input,
            _process: process,
            sent: 0,
        })
    }

    fn admit(&mut self, guest: &str) -> Result<()> {
        self.sent += 1;
        let order =
            json!({ "id": self.sent, "cmd": "admit", "reservaId": guest, "quantity": 1, "override": false });
        Ok(writeln!(self.input, "{order}")?)
    }
}
