//! Two doors and a hub, each a program of its own, on real sockets and files.
//!
//! Each figure is one JSON line; other lines are for people. Everybody shares the machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a measurement that cannot go on ends"
)]

mod night;
#[path = "../shared/mod.rs"]
mod shared;
#[path = "../../../../tests/support/mod.rs"]
#[expect(dead_code, reason = "made for the tests, which use more of it")]
mod support;

fn main() {
    night::measure();
}
