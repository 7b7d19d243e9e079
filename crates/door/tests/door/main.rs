//! A door against a real hub, through real sockets and files.
//!
//! | module | what it holds |
//! |---|---|
//! | `place` | a hub that can be stopped and started, and doors on it |
//! | `live` | a scan here, a change elsewhere; with the hub, and without it |
//! | `desk`, `lists` | many reservations at once, lists of other programs, who changed what; what narrows a list |
//! | `arrivals` | one guest found by camera, hand scanner and search |
//! | `edits` | writes, polling, restores |
//! | `carry` | by hand, over a log-out, a revocation; walk-ins; the outbox as people see it |
//! | `name` | what a door is called |
//! | `script`, `faults` | a hub that does wrong things, and each pitfall of a stream |
//! | `program` | `portero-door` as a process |
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod arrivals;
mod carry;
mod desk;
mod edits;
mod faults;
mod lists;
mod live;
mod name;
mod place;
mod program;
mod script;
