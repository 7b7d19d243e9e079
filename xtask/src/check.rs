//! `cargo xtask test`: every check and test. A step that fails fails the run, and the others still run.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{
    bindings, build,
    count::Count,
    place::Place,
    setup::{self, Purpose},
};

/// A named set of commands; together they are one line of the report.
struct Check {
    name: &'static str,
    commands: Vec<Command>,
}

/// Runs all, or what needs no window, browser and camera, and ends with a line that counts.
///
/// # Errors
/// Where the set-up fails or a program cannot be started; a failing check is no error but a failing exit.
pub(crate) fn run(place: &Place, quick: bool) -> Result<ExitCode> {
    let mut checks = of_the_code(place, quick)?;
    if !quick {
        checks.extend(of_the_whole(place));
    }
    let purpose = if quick { Purpose::Build } else { Purpose::TestAll };
    let mut steps = setup::prepare(place, purpose, checks.len())?;
    let mut total = Count::default();
    let mut failed = Vec::new();
    for Check { name, commands } in checks {
        let outcome = steps.run(name, commands, |outcome| {
            match Count::of_step(outcome.ok, &outcome.output) {
                Count {
                    passed: 0 | 1,
                    failed: 0,
                } => String::new(),
                Count { passed, failed: 0 } => format!("{passed} passed, "),
                Count { passed, failed } => format!("{passed} passed, {failed} failed, "),
            }
        })?;
        total += Count::of_step(outcome.ok, &outcome.output);
        if !outcome.ok {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        println!("\nfailed: {}", failed.join(", "));
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Nights that `--quick` simulates; without it the simulation's own number.
const QUICK_NIGHTS: &str = "2000";

/// What every machine can check, in a few minutes.
fn of_the_code(place: &Place, quick: bool) -> Result<Vec<Check>> {
    // The window's tests are asked for by name alone, here too.
    let lints = ["clippy --all-targets", "clippy --test e2e"].map(|what| {
        let mut lints = build::workspace(place, what);
        lints.args(["--", "--deny", "warnings"]);
        lints
    });
    let mut tests = build::workspace(place, "test --no-fail-fast --exclude portero-sim");
    tests.env(bindings::EXPORT_DIR, bindings::fresh(place)?);
    let mut nights = build::simulation(place);
    if quick {
        nights.env("PORTERO_SIM_SCHEDULES", QUICK_NIGHTS);
    }
    let itself = std::env::current_exe().context("this program has no path")?;
    let mut types = place.command(&itself.to_string_lossy());
    types.args(["bindings", "--check"]);
    let mut docs = build::workspace(place, "doc --no-deps --document-private-items");
    // Private rooms are in this documentation, so a public page may link to them.
    docs.env(
        "RUSTDOCFLAGS",
        "--deny warnings --allow rustdoc::private_intra_doc_links",
    );
    Ok([
        ("format", vec![place.cargo("fmt --all --check")]),
        ("lints", lints.into()),
        ("Rust tests", vec![tests]),
        ("simulated nights", vec![nights]),
        ("TypeScript types", vec![types]),
        ("documentation", vec![docs]),
        ("the window's types", vec![place.npm("run check --workspace ui")]),
        (
            "the window's unit tests",
            vec![place.npm("run test --workspace ui")],
        ),
    ]
    .map(|(name, commands)| Check {
        name,
        commands: commands.into_iter().map(plain).collect(),
    })
    .into())
}

/// What needs a browser, a display and a camera: Linux has all three without a person.
fn of_the_whole(place: &Place) -> Vec<Check> {
    let mut browser = place.npm("run test:ui");
    browser.env("PORTERO_BROWSER", setup::browser());
    let mut checks = vec![Check {
        name: "the window in a browser",
        commands: vec![browser],
    }];
    if cfg!(target_os = "linux") {
        checks.push(Check {
            name: "the real window",
            commands: vec![
                build::programs(place),
                on_a_display(place, build::workspace(place, "test --test e2e"), &ONE_WINDOW),
            ],
        });
        checks.push(Check {
            name: "a camera in a machine of its own",
            commands: vec![camera(place)],
        });
    } else {
        println!(
            "left out on this system: the real window, the camera in a machine of its own (both need Linux)"
        );
    }
    for check in &mut checks {
        check.commands = std::mem::take(&mut check.commands)
            .into_iter()
            .map(plain)
            .collect();
    }
    checks
}

/// One window at a time: `WebKit`'s driver holds one session, and figures are not to disturb one another.
const ONE_WINDOW: [&str; 2] = ["--test-threads=1", "--nocapture"];

/// A test command under its own X server and session bus, so that no window opens on anybody's desktop.
pub(crate) fn on_a_display(place: &Place, tests: Command, rest: &[&str]) -> Command {
    let mut session = place.command("dbus-run-session");
    session.args([
        "--",
        "xvfb-run",
        "--auto-servernum",
        "--server-args=-screen 0 1366x768x24",
    ]);
    session.arg(tests.get_program()).args(tests.get_args());
    session.arg("--").args(rest);
    session
        .env("PATH", setup::tools_path(place))
        .env("PORTERO_E2E", "1");
    session
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .env("NO_AT_BRIDGE", "1");
    session
}

/// The camera test brings its own machine.
fn camera(place: &Place) -> Command {
    let mut run = place.command(&place.root.join("tests/camera-vm/run").to_string_lossy());
    run.arg(place.debug_program("portero-scan"));
    run
}

/// Programs are to print for a log: no colours, no questions.
fn plain(mut command: Command) -> Command {
    // where an error came from is in its words; a trace of an async test is pages of runtime
    command.env("RUST_LIB_BACKTRACE", "0");
    command
        .env("CI", "true")
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("FORCE_COLOR");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_test_runs_in_a_session_of_its_own_one_at_a_time() {
        let place = Place {
            root: ".".into(),
            cache: "cache".into(),
            target: "target".into(),
        };
        let command = on_a_display(&place, place.cargo("test --test e2e"), &ONE_WINDOW);
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert_eq!(command.get_program(), "dbus-run-session");
        assert_eq!(words[1], "xvfb-run");
        assert_eq!(words[4..8], ["cargo", "test", "--test", "e2e"]);
        assert_eq!(words[8..], ["--", "--test-threads=1", "--nocapture"]);
    }
}
