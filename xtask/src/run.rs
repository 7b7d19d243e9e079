//! `cargo xtask run`: everything set up, then the app.

use std::{env, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::{
    build,
    place::Place,
    setup::{self, Purpose},
};

/// Builds the app and starts it with `args`; with none it shows tonight at a demo venue.
///
/// # Errors
/// Where something is missing, does not build or cannot start.
pub(crate) fn run(place: &Place, args: &[String]) -> Result<ExitCode> {
    let mut steps = setup::prepare(place, Purpose::Build, 1)?;
    let mut app = build::workspace(place, "build --bin portero");
    app.env("CARGO_TERM_COLOR", "never");
    steps.must("building the app", vec![app])?;
    let wants_window = !args
        .iter()
        .any(|arg| matches!(arg.as_str(), "--help" | "-h" | "--version" | "-V"));
    if wants_window && cfg!(target_os = "linux") && !has_display(|name| env::var_os(name).is_some()) {
        bail!(
            "the app is built, but there is no display here (neither WAYLAND_DISPLAY nor DISPLAY is set).\n\
             Start this from a desktop, or look at it through `xvfb-run cargo xtask run`"
        );
    }
    let mut portero = place.command(&place.debug_program("portero").to_string_lossy());
    portero
        .stdin(std::process::Stdio::inherit())
        .args(arguments(args));
    let status = portero.status().context("the app cannot be started")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Without arguments the app shows its demo.
fn arguments(args: &[String]) -> Vec<String> {
    if args.is_empty() {
        vec!["--demo".to_owned()]
    } else {
        args.to_vec()
    }
}

fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_arguments_it_is_the_demo() {
        assert_eq!(arguments(&[]), ["--demo"]);
        let own = vec!["--hub".to_owned(), "http://10.0.0.2:7420".to_owned()];
        assert_eq!(arguments(&own), own);
    }

    #[test]
    fn either_kind_of_display_will_do() {
        assert!(has_display(|name| name == "DISPLAY"));
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
        assert!(!has_display(|_| false));
    }
}
