//! How everything is built: one set of flags for every chore, so that each finds what another built.

use std::process::Command;

use crate::place::Place;

/// The window is served from the program and never from a dev server; the type exports are tests that cost nothing to carry.
const FEATURES: &str = "portero/custom-protocol,portero/ts";

/// `cargo WHAT --workspace`, with the flags that they all share.
pub(crate) fn workspace(place: &Place, what: &str) -> Command {
    let mut cargo = place.cargo(what);
    cargo.args(["--workspace", "--features", FEATURES]);
    cargo
}

/// The simulation's tests: optimised and without the window, so apart from everything else.
pub(crate) fn simulation(place: &Place) -> Command {
    place.cargo("test --profile sim --package portero-sim -- --nocapture")
}

/// All programs, in debug.
pub(crate) fn programs(place: &Place) -> Command {
    workspace(place, "build --bins")
}
