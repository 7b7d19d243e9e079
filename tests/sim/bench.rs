//! `cargo xtask bench sim [--hours H] [--first SEED]`: as many nights as fit into the time, on all cores, and how fast they went. Failing seeds are
//! printed with what is wrong, and the others still play.
#![expect(clippy::unwrap_used, reason = "what cannot be set up for a night ends it")]

mod contradictions;
mod network;
mod office;
mod oracle;
mod people;
mod place;
mod schedules;
mod seat;
mod story;
mod streams;
mod trouble;
mod verdict;
mod world;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use schedules::{Plan, nights};
use world::Bugs;

/// Where nobody says how long.
const HOURS: f64 = 1.0 / 60.0;
/// More failures than anybody reads: then something is wrong with all of it.
const FAILURES: usize = 50;
/// Between two lines that say how far it is.
const SAY: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let hours = option("--hours").unwrap_or(HOURS);
    let mut first = option("--first").unwrap_or_else(|| f64::from(fastrand::u32(1_000_000..))) as u64;
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(hours * 3_600.0);
    let (from, mut played, mut failed) = (first, 0, 0);
    while Instant::now() < end && failed < FAILURES {
        let part = nights(Plan {
            first,
            most: u64::MAX - first,
            until: Some(end.min(Instant::now() + SAY)),
            failures: FAILURES - failed,
            bugs: Bugs::default(),
        });
        first += part.nights;
        played += part.nights;
        failed += part.failures.len();
        for failure in part.failures {
            println!("seed {}: {}", failure.seed, failure.why);
        }
        println!(
            "{played} nights from seed {from} on in {} s, {failed} failed",
            started.elapsed().as_secs()
        );
    }
    let rate = played as f64 / started.elapsed().as_secs_f64();
    println!(
        r#"{{"figure": "simulated nights a second", "value": {rate:.1}, "unit": "/s", "better": "higher"}}"#
    );
    println!(
        r#"{{"figure": "simulated nights, seeds {from} to {}", "value": {played}, "unit": ""}}"#,
        first.saturating_sub(1)
    );
    println!(r#"{{"figure": "nights that failed", "value": {failed}, "unit": "", "budget": 0}}"#);
    ExitCode::SUCCESS
}

/// The number after an option.
fn option(name: &str) -> Option<f64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).map(|text| text.parse().unwrap())
}
