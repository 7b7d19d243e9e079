//! What was asked for.

use std::path::PathBuf;

use anyhow::{Result, bail};

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask run [-- ARGS]              set everything up, then start the app (no ARGS: a demo venue of tonight)
cargo xtask test [--quick]             every check and test; --quick leaves out the window, the browser and the camera
cargo xtask bench [NAME] [--json FILE] the benchmarks: door, sync, scan, hub, sim; what follows goes to the benchmark
cargo xtask bindings [--check]         write the TypeScript types again from the Rust ones, or only compare
cargo xtask dist                       release programs and the installers that this system can make";

/// One command line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Print [`HELP`].
    Help,
    /// Start the app with these arguments.
    Run { args: Vec<String> },
    /// Check and test everything, or all that needs no window, browser and camera.
    Test { quick: bool },
    /// Measure: one benchmark or all, the figures also to a file, the rest for the benchmark itself.
    Bench {
        name: Option<String>,
        json: Option<PathBuf>,
        rest: Vec<String>,
    },
    /// Write `ui/src/lib/bindings`, or only compare.
    Bindings { check: bool },
    /// Make what can be installed elsewhere.
    Dist,
}

/// Understands a command line (without the program's name).
///
/// # Errors
/// A sentence that names what was not understood.
pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command> {
    let args: Vec<String> = args.collect();
    let Some((command, rest)) = args.split_first() else {
        return Ok(Command::Help);
    };
    match command.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help),
        "run" => Ok(Command::Run {
            args: after_dashes(rest),
        }),
        "test" => match rest {
            [] => Ok(Command::Test { quick: false }),
            [quick] if quick == "--quick" => Ok(Command::Test { quick: true }),
            [other, ..] => bail!("`test` does not know `{other}`; it takes --quick or nothing"),
        },
        "bench" => bench(rest),
        "bindings" => match rest {
            [] => Ok(Command::Bindings { check: false }),
            [check] if check == "--check" => Ok(Command::Bindings { check: true }),
            [other, ..] => bail!("`bindings` does not know `{other}`; it takes --check or nothing"),
        },
        "dist" if rest.is_empty() => Ok(Command::Dist),
        "dist" => bail!("`dist` takes no arguments"),
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}

/// `run -- --demo` and `run --demo` mean the same: people forget the dashes.
fn after_dashes(rest: &[String]) -> Vec<String> {
    match rest.split_first() {
        Some((dashes, args)) if dashes == "--" => args.to_vec(),
        _ => rest.to_vec(),
    }
}

fn bench(rest: &[String]) -> Result<Command> {
    let mut name = None;
    let mut json = None;
    let mut forward = Vec::new();
    let mut rest = rest.iter();
    while let Some(arg) = rest.next() {
        if arg == "--json" {
            let Some(file) = rest.next() else {
                bail!("--json wants a file")
            };
            json = Some(PathBuf::from(file));
        } else if name.is_none() && forward.is_empty() && !arg.starts_with('-') {
            name = Some(arg.clone());
        } else {
            forward.push(arg.clone());
        }
    }
    if name.is_none() && !forward.is_empty() {
        bail!("`{}` needs the name of a benchmark before it", forward[0]);
    }
    Ok(Command::Bench {
        name,
        json,
        rest: forward,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn nothing_and_help_are_help() {
        for line in ["", "help", "--help", "-h"] {
            assert_eq!(parsed(line).unwrap(), Command::Help);
        }
    }

    #[test]
    fn run_takes_arguments_with_or_without_dashes() {
        assert_eq!(parsed("run").unwrap(), Command::Run { args: Vec::new() });
        let some = Command::Run {
            args: owned(&["--hub", "http://10.0.0.2:7420"]),
        };
        assert_eq!(parsed("run -- --hub http://10.0.0.2:7420").unwrap(), some);
        assert_eq!(parsed("run --hub http://10.0.0.2:7420").unwrap(), some);
    }

    #[test]
    fn test_is_quick_only_when_asked() {
        assert_eq!(parsed("test").unwrap(), Command::Test { quick: false });
        assert_eq!(parsed("test --quick").unwrap(), Command::Test { quick: true });
        assert!(parsed("test --fast").is_err());
    }

    #[test]
    fn bench_keeps_what_it_does_not_know_for_the_benchmark() {
        let all = Command::Bench {
            name: None,
            json: None,
            rest: Vec::new(),
        };
        assert_eq!(parsed("bench").unwrap(), all);
        let door = Command::Bench {
            name: Some("door".into()),
            json: Some("out.json".into()),
            rest: owned(&["--hours", "2"]),
        };
        assert_eq!(parsed("bench door --json out.json --hours 2").unwrap(), door);
        assert!(parsed("bench --json").is_err(), "a file is missing");
        assert!(parsed("bench --hours 2").is_err(), "hours of what");
    }

    #[test]
    fn an_unknown_command_is_named_in_the_error() {
        assert!(parsed("serve").unwrap_err().to_string().contains("`serve`"));
        assert!(parsed("dist now").is_err());
        assert!(parsed("bindings --chek").is_err());
        assert_eq!(
            parsed("bindings --check").unwrap(),
            Command::Bindings { check: true }
        );
    }
}
