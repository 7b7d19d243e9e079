//! The nights of a normal test run. A failing seed is printed, and plays the same again.

use std::time::Instant;

use crate::schedules::{Plan, nights, play};
use crate::world::Bugs;

/// How many nights a normal test run plays.
const SCHEDULES: u64 = 20_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.trim().parse().unwrap())
}

/// The night of `PORTERO_SIM_SEED`, told; or `PORTERO_SIM_SCHEDULES` nights from `PORTERO_SIM_FIRST` on.
#[test]
fn nothing_is_lost_and_nothing_counted_twice() {
    if let Some(seed) = number("PORTERO_SIM_SEED") {
        let (hash, result, lines) = play(seed, Bugs::default(), true);
        println!("{}", lines.join("\n"));
        println!("seed {seed}: {result:?}, hash {hash:016x}");
        result.unwrap();
        return;
    }
    let started = Instant::now();
    let played = nights(Plan {
        first: number("PORTERO_SIM_FIRST").unwrap_or(1),
        most: number("PORTERO_SIM_SCHEDULES").unwrap_or(SCHEDULES),
        until: None,
        failures: 1,
        bugs: Bugs::default(),
    });
    let rate = played.nights as f64 / started.elapsed().as_secs_f64();
    println!("figure: {} schedules, {rate:.0} a second", played.nights);
    if let Some(failure) = played.failures.first() {
        let seed = failure.seed;
        panic!(
            "seed {seed}: {}\nplay it again with PORTERO_SIM_SEED={seed}",
            failure.why
        );
    }
}

#[test]
fn a_seed_plays_the_same_night_again() {
    for seed in 1..40 {
        let first = play(seed, Bugs::default(), false).0;
        let told = play(seed, Bugs::default(), true).0;
        assert_eq!(first, told, "seed {seed}");
    }
}
