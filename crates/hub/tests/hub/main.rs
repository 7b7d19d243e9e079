//! The hub through real sockets on real files: each rule of the contract.
//!
//! | module | what it holds |
//! |---|---|
//! | `house`, `sse` | a running hub, its clients, its stream |
//! | `entries` | delivering, repeating, undoing; orphans; what becomes a conflict |
//! | `edits` | creating, merging field by field, deleting, issuing anew |
//! | `stream` | resume, reset, redaction, heartbeat, slow readers, ends |
//! | `changes` | pages of the log, and the page that a delivery brings back |
//! | `snapshot` | everything that a device may hold |
//! | `lists` | lists for people and a night in numbers |
//! | `access` | tokens, roles, sessions, invitations, revocation |
//! | `bad_input` | what can be sent wrong |
//! | `outbox` | what a laptop exported, and what is outstanding of it |
//! | `bulk` | import, export, backup, restore, check, epochs |
//! | `connections` | raw bytes, a connection used before, TLS |
//! | `program` | the commands of `portero-hub` |
//! | `docs` | what the documents say is there |
//! | `retention` | what the hub forgets, and when it closes a day |
//! | `sums` | properties: any order of delivery gives the same |
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod access;
mod bad_input;
mod bulk;
mod changes;
mod connections;
mod docs;
mod edits;
mod entries;
mod fleet;
mod house;
mod lists;
mod outbox;
mod program;
mod retention;
mod snapshot;
mod sse;
mod stream;
mod sums;
