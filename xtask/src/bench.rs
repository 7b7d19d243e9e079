//! `cargo xtask bench`: runs benchmarks and shows each figure beside its budget.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    build, check, machine,
    place::Place,
    setup::{self, Purpose},
    table::{self, Figure},
};

/// Each benchmark and the package that holds it.
const BENCHES: &[(&str, &str)] = &[
    ("door", "portero-door"),
    ("sync", "portero-door"),
    ("scan", "portero-scan"),
    ("hub", "portero-hub"),
    (WINDOW, "portero"),
    ("sim", "portero-sim"),
];

/// The one that opens windows.
const WINDOW: &str = "ui";

/// Packages that are built together: doors are measured with the hub's program, and the other way round.
const TOGETHER: &[&str] = &["portero-door", "portero-hub"];

/// Runs one benchmark, or each that there is; `rest` goes to it. Over budget is a failure.
///
/// # Errors
/// Where there is no such benchmark, or one does not build or ends badly.
pub(crate) fn run(
    place: &Place,
    name: Option<&str>,
    json: Option<&Path>,
    rest: &[String],
) -> Result<ExitCode> {
    let chosen = chosen(name, |name, package| exists(place, name, package))?;
    let windows = chosen.iter().any(|(name, _)| *name == WINDOW);
    let purpose = if windows { Purpose::TestAll } else { Purpose::Build };
    let mut steps = setup::prepare(place, purpose, chosen.len())?;
    let machine = machine::facts();
    let mut figures = Vec::new();
    let mut records = Vec::new();
    for (name, package) in chosen {
        let bench = format!("bench {} --bench {name}", packages(package));
        // Programs are built with a benchmark of their own package.
        let with = if TOGETHER.contains(&package) {
            " --bench hub"
        } else {
            ""
        };
        let (build, mut command) = if name == WINDOW {
            let bench = build::workspace(place, "bench --bench ui --quiet");
            // Built with the benchmark, since what that depends on besides would have all of it built once more.
            let programs = build::workspace(place, "build --release --bins --bench ui");
            (vec![programs], check::on_a_display(place, bench, &[]))
        } else {
            let bench = bench + profile(package);
            let build = place.cargo(&format!("{bench}{with} --no-run"));
            (vec![build], place.cargo(&format!("{bench} --quiet --")))
        };
        steps.must(&format!("building the benchmark {name}"), build)?;
        let mut child = command
            .args(rest)
            .stdout(Stdio::piped())
            .spawn()
            .context("cargo cannot be started")?;
        let lines = child.stdout.take().context("the benchmark has no output")?;
        for line in BufReader::new(lines).lines() {
            let line = line?;
            match Figure::read(&line) {
                Some(figure) => {
                    figures.push(figure);
                    records.extend(
                        serde_json::from_str(&line)
                            .ok()
                            .map(|figure: Value| record(name, figure)),
                    );
                }
                None => println!("{line}"),
            }
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("the benchmark {name} ended badly: {status}");
        }
    }
    println!("\n{}\n{}", machine::sentence(&machine), table::table(&figures));
    if let Some(file) = json {
        let text = serde_json::to_string_pretty(&json!({"machine": machine, "figures": records}))?;
        fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    let over = figures.iter().filter(|figure| !figure.within_budget()).count();
    if over > 0 {
        println!("\n{over} of {} figures are over budget", figures.len());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The simulation is built as its tests are, with every check of a debug build; everything else as it is shipped.
fn profile(package: &str) -> &'static str {
    if package == "portero-sim" {
        " --profile sim"
    } else {
        ""
    }
}

/// As cargo is told which packages to take.
fn packages(package: &str) -> String {
    let together = TOGETHER.contains(&package);
    let all = if together { TOGETHER } else { &[package] };
    all.iter()
        .map(|package| format!("--package {package}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A figure as it goes into a file: with the name of its benchmark.
fn record(bench: &str, mut figure: Value) -> Value {
    figure["bench"] = json!(bench);
    figure
}

/// A benchmark is a file in its package.
fn exists(place: &Place, name: &str, package: &str) -> bool {
    if name == WINDOW {
        return cfg!(target_os = "linux");
    }
    if package == "portero-sim" {
        return place.root.join("tests/sim/bench.rs").exists();
    }
    let folder = place
        .root
        .join("crates")
        .join(package.trim_start_matches("portero-"))
        .join("benches");
    folder.join(format!("{name}.rs")).exists() || folder.join(name).join("main.rs").exists()
}

/// The one that was named, or all that exist.
fn chosen(
    name: Option<&str>,
    exists: impl Fn(&str, &str) -> bool,
) -> Result<Vec<(&'static str, &'static str)>> {
    let there: Vec<_> = BENCHES
        .iter()
        .copied()
        .filter(|(name, package)| exists(name, package))
        .collect();
    let Some(name) = name else {
        if there.is_empty() {
            bail!("there is no benchmark yet");
        }
        return Ok(there);
    };
    let names = there.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match there.into_iter().find(|(there, _)| *there == name) {
        Some(found) => Ok(vec![found]),
        None => bail!("there is no benchmark `{name}`; there are: {names}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_chooses_one_and_none_chooses_what_exists() {
        let only_hub = |name: &str, _: &str| name == "hub";
        assert_eq!(chosen(Some("hub"), only_hub).unwrap(), [("hub", "portero-hub")]);
        assert_eq!(chosen(None, only_hub).unwrap(), [("hub", "portero-hub")]);
        assert!(chosen(None, |_, _| false).is_err());
    }

    #[test]
    fn doors_are_built_with_the_hub() {
        assert_eq!(
            packages("portero-door"),
            "--package portero-door --package portero-hub"
        );
        assert_eq!(packages("portero-scan"), "--package portero-scan");
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let error = chosen(Some("hob"), |name, _| name != "sync")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "there is no benchmark `hob`; there are: door, scan, hub, ui, sim"
        );
    }

    #[test]
    fn a_record_knows_its_benchmark() {
        assert_eq!(
            record("hub", json!({"figure": "x"})),
            json!({"figure": "x", "bench": "hub"})
        );
    }
}
