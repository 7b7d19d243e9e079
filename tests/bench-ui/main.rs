//! The window's figures, measured in the real window: WebKitGTK under Xvfb, driven by WebDriver, against a real hub with 100,000
//! reservations. `cargo xtask bench ui` brings display and drivers; each line is a figure as CONTRIBUTING.md says.
//!
//! - [`weight`]: the JavaScript that a start loads
//! - [`start`]: from the program's start to its list, beside a bare window of the same kit ([`bare`])
//! - [`typing`]: from a key press to the frame with the list it asks for
//! - [`storm`]: frames and memory while 50 entries a second arrive
//! - [`eye`]: what the whole app computes while its camera runs, and whether its memory stays where it is
//! - [`roster`]: 100,000 reservations; [`page`]: what looks on from inside the page; [`proc`] and [`memory`]: from outside

#[path = "../e2e/hub.rs"]
#[expect(dead_code, reason = "the tests of the real window need more of it")]
mod hub;
#[path = "../e2e/process.rs"]
mod process;
#[path = "../e2e/window.rs"]
#[expect(dead_code, reason = "the tests of the real window need more of it")]
mod window;

mod bare;
mod eye;
mod memory;
mod page;
mod proc;
mod roster;
mod start;
mod storm;
mod typing;
mod weight;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use anyhow::{Result, bail};
use serde_json::json;
use tempfile::TempDir;

use crate::{hub::Hub, window::Window};

/// Until 100,000 reservations have arrived at a new device, on a busy machine.
const SNAPSHOT: Duration = Duration::from_secs(120);

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == bare::ASKED) {
        return bare::run();
    }
    tokio::runtime::Runtime::new()?.block_on(measure())
}

/// The parts, as `cargo xtask bench ui PART …` names them; all where none is named.
const PARTS: [&str; 5] = ["weight", "start", "eye", "typing", "storm"];

async fn measure() -> Result<()> {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let Some(wrong) = named.iter().find(|named| !PARTS.contains(&named.as_str())) {
        bail!("there is no part `{wrong}`; there are {}", PARTS.join(", "));
    }
    let wanted =
        |parts: &[&str]| named.is_empty() || named.iter().any(|named| parts.contains(&named.as_str()));
    if wanted(&["weight"]) {
        weight::measure()?;
    }
    if !wanted(&["start", "eye", "typing", "storm"]) {
        return Ok(());
    }
    let dir = TempDir::with_prefix("portero-bench-ui-")?;
    let hub = Hub::start(dir.path())?;
    let guests = roster::import(&hub, dir.path()).await?;
    let args = manager(&hub, dir.path())?;
    note("a new device reads 100,000 reservations");
    let without = [args.as_slice(), &["--camera".into(), "none".into()]].concat();
    let window = Window::open(dir.path(), "bench-snapshot", &without).await?;
    window.until_badge("live", SNAPSHOT).await?;
    window.close().await?;
    if wanted(&["start"]) {
        start::measure(&without)?;
    }
    if wanted(&["eye"]) {
        eye::measure(dir.path(), &args)?;
    }
    if wanted(&["typing"]) {
        note("typing");
        let window = Window::open(dir.path(), "bench-typing", &without).await?;
        window.until_badge("live", SNAPSHOT).await?;
        typing::measure(&window).await?;
        window.close().await?;
    }
    if wanted(&["storm"]) {
        let window = Window::open_with(dir.path(), "bench-storm", &without, storm::COLLECTS_ALL).await?;
        window.until_badge("live", SNAPSHOT).await?;
        storm::measure(&window, &hub, dir.path(), &guests).await?;
        window.close().await?;
    }
    Ok(())
}

/// The arguments of a manager's window, who sees all reservations.
fn manager(hub: &Hub, dir: &Path) -> Result<Vec<String>> {
    let token = dir.join("manager.token");
    fs::write(&token, hub.token("gerente", "Gerencia 2")?)?;
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600))?;
    let data = dir.join("data-manager");
    let args = [
        "--data-dir".into(),
        data.display().to_string(),
        "--hub".into(),
        hub.url(),
        "--token-file".into(),
        token.display().to_string(),
        "--lang".into(),
        "es".into(),
    ];
    Ok(args.into())
}

/// Prints a figure; the smaller the better.
fn figure(name: &str, value: f64, unit: &str, budget: Option<f64>, control: Option<(f64, &str)>) {
    println!(
        "{}",
        json!({
            "figure": name, "value": value, "unit": unit, "budget": budget,
            "control": control.map(|(value, _)| value), "peer": control.map(|(_, peer)| peer),
        })
    );
}

/// Says what goes on, for whoever waits.
fn note(what: &str) {
    println!("# {what}");
}

/// The value below which a share of all lies; 0 where there are none.
fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values.get((last * share).ceil() as usize).copied().unwrap_or(0.0)
}
