//! The programs as their users start them: real processes, real sockets, real files.
//!
//! | module | what it holds |
//! |---|---|
//! | `night` | a scan at one door is seen at the other; offline work is delivered once |
//! | `carried` | an outbox that comes to the hub by hand |
//! | `crash` | `kill -9` of hub or door at any moment loses nothing and doubles nothing |
//! | `fault` | a link that is cut, a full disk, a damaged file |
//! | `stream` | the event stream as `curl` and a browser see it: resume over a restart, no gap |
//! | `bad_input` | what a person or a program can send wrong |
//! | `border` | the window's commands are the same in Rust, in the capability file and in TypeScript |
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bad_input;
mod border;
mod carried;
mod crash;
mod fault;
mod night;
mod stream;
#[path = "../support/mod.rs"]
mod support;
