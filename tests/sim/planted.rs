//! Known bugs, each caught within a bounded number of nights: so it is known that the simulation can fail.

use portero_door::sim::Planted as AtTheDoor;
use portero_hub::sim::Planted as AtTheHub;

use crate::schedules::{Plan, nights};
use crate::world::Bugs;

/// Nights within which each has to be found.
const NIGHTS: u64 = 1_500;

fn is_caught(name: &str, bugs: Bugs) {
    let played = nights(Plan {
        first: 1,
        most: NIGHTS,
        until: None,
        failures: 1,
        bugs,
    });
    let failure = played
        .failures
        .first()
        .unwrap_or_else(|| panic!("{name}: not found in {} nights", played.nights));
    println!("{name}: found by seed {}: {}", failure.seed, failure.why);
}

fn at_the_door(bug: AtTheDoor) -> Bugs {
    Bugs {
        door: Some(bug),
        hub: None,
    }
}

fn at_the_hub(bug: AtTheHub) -> Bugs {
    Bugs {
        door: None,
        hub: Some(bug),
    }
}

#[test]
fn a_naive_cursor_is_caught() {
    let bugs = Bugs {
        door: Some(AtTheDoor::NaiveCursor),
        hub: Some(AtTheHub::SilentHole),
    };
    is_caught("naive cursor over a silent hole", bugs);
}

#[test]
fn a_missing_dedupe_is_caught() {
    is_caught("missing dedupe", at_the_hub(AtTheHub::NoDedupe));
}

#[test]
fn rows_and_cursor_in_two_transactions_are_caught() {
    is_caught("two transactions", at_the_door(AtTheDoor::TwoTransactions));
}

#[test]
fn a_wipe_with_the_outbox_is_caught() {
    is_caught("wipe with outbox", at_the_door(AtTheDoor::WipeWithOutbox));
}

#[test]
fn an_outbox_that_forgets_is_caught() {
    is_caught(
        "outbox forgotten at the start",
        at_the_door(AtTheDoor::ForgetAtStart),
    );
}

#[test]
fn an_epoch_that_nobody_notices_is_caught() {
    is_caught(
        "nothing offered again",
        at_the_door(AtTheDoor::NothingOfferedAgain),
    );
}

#[test]
fn conflicts_that_reach_nobody_are_caught() {
    is_caught("no conflicts", at_the_hub(AtTheHub::NoConflicts));
}
