//! What the whole app computes while its camera runs at 30 pictures a second: window, preview, decoding, door and hub; and
//! whether what it holds stays as it is, for it runs all night.
//!
//! The camera is the drawn one. Drawing is not the app's work, so the thread that does it does not count.

use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use crate::{
    figure, memory, note,
    proc::Task,
    process::{Group, portero},
    start::{SHOWN, started},
};

const CAMERA: &str = "sim:30";
/// The thread that draws.
const DRAWS: &str = "camera";
/// Until what starts has started, and the eye has got used to the scene.
const BEFORE: Duration = Duration::from_secs(8);
const LASTS: Duration = Duration::from_secs(30);
/// Until all that the screen shows has been shown once: the last forty entries, each kind of verdict.
const WARM: Duration = Duration::from_secs(150);
/// Four minutes of looks.
const LOOKS: usize = 120;
/// Ticks a second of the times in `/proc`: fixed in Linux's interface.
const TICKS: f64 = 100.0;

/// With guests one after the other, and before anybody has come. `args`: of a door whose venue shows the drawn camera no tickets.
pub(crate) fn measure(dir: &Path, args: &[String]) -> Result<()> {
    let demo = [
        "--demo".into(),
        "--data-dir".into(),
        dir.join("data-demo").display().to_string(),
    ];
    let app = run("guest after guest", &demo, 60.0)?;
    note("whether memory stays where it is, guest after guest");
    thread::sleep(WARM);
    let looks: Vec<f64> = (0..LOOKS)
        .map(|_| {
            thread::sleep(memory::GLANCE);
            memory::resident()
        })
        .collect();
    let (all, grown) = memory::grown(&looks);
    figure(
        "the whole app at 30 pictures a second: memory grown in two minutes",
        grown,
        "MB",
        Some(10.0),
        Some((all, "all of it")),
    );
    drop(app);
    run("nobody there", args, 10.0).map(drop)
}

fn run(what: &str, args: &[String], budget: f64) -> Result<Group> {
    note(&format!("the camera at 30 pictures a second, {what}"));
    let (said, log) = std::io::pipe()?;
    let mut command = Command::new(portero());
    command.args(args).args(["--camera", CAMERA]);
    command
        .env("RUST_LOG", "portero_app=info")
        .stdout(Stdio::null())
        .stderr(log);
    let app = started(command, SHOWN, said)?;
    thread::sleep(BEFORE);
    let began = Instant::now();
    let before = Spent::now()?;
    thread::sleep(LASTS);
    let spent = Spent::now()?;
    let seconds = began.elapsed().as_secs_f64();
    let share = |ticks: f64| ticks / TICKS / seconds * 100.0;
    let drawing = share(spent.drawing - before.drawing);
    let (rust, page) = (share(spent.rust - before.rust), share(spent.page - before.page));
    note(&format!(
        "of it the window's page {page:.1} %, everything in Rust {rust:.1} %; drawing, left out, {drawing:.1} %"
    ));
    figure(
        &format!("the whole app at 30 pictures a second, {what}"),
        rust + page,
        "% of a core",
        Some(budget),
        None,
    );
    Ok(app)
}

/// Ticks that were computed since the start.
struct Spent {
    /// By the app, without the drawing.
    rust: f64,
    drawing: f64,
    /// By the processes of its page.
    page: f64,
}

impl Spent {
    fn now() -> Result<Self> {
        let all = Task::process(std::process::id()).below();
        let app = all
            .iter()
            .find(|task| task.name() == "portero")
            .context("the app is gone")?;
        let drawing = app
            .threads()
            .iter()
            .find(|thread| thread.name() == DRAWS)
            .map(Task::ticks);
        let drawing = drawing.context("the drawn camera does not run")??;
        Ok(Self {
            rust: app.ticks()? - drawing,
            drawing,
            page: app.below().iter().flat_map(Task::ticks).sum(),
        })
    }
}
