//! Hub and doors as programs, on real sockets, files and cables: what the connection costs, how late a change is, and what happens when it breaks.
//!
//! Each figure is one JSON line; other lines are for people, and what is measured at the moment is said on standard error. Names of parts after
//! `sync` choose them; without any, all are measured, which takes about ten minutes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a measurement that cannot go on ends"
)]

mod cuts;
mod evening;
mod fifty;
mod idle;
mod meter;
mod outbox;
mod progress;
mod restarts;
mod roster;
#[path = "../shared/mod.rs"]
mod shared;
mod snapshot;
#[path = "../../../../tests/support/mod.rs"]
#[expect(dead_code, reason = "made for the tests, which use more of it")]
mod support;

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|one| one == part);
    if wanted("idle") || wanted("evening") {
        let quiet = idle::measure();
        if wanted("evening") {
            evening::measure(&quiet);
        }
    }
    let parts: [(&str, fn()); 6] = [
        ("restarts", restarts::measure),
        ("cuts", cuts::measure),
        ("outbox", outbox::measure),
        ("snapshot", snapshot::measure),
        ("roster", roster::measure),
        ("fifty", fifty::measure),
    ];
    for (part, measure) in parts {
        if wanted(part) {
            measure();
        }
    }
}
