//! What is being measured, and how far it is, for whoever waits.

use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// How often a log gets a line, in steps of all.
const LINES: usize = 5;

/// A part under way. Shared by those who work on it.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    started: Instant,
}

impl Progress {
    /// A part begins; it has `total` steps.
    pub(crate) fn start(what: &'static str, total: usize) -> Self {
        let progress = Self {
            what,
            total,
            done: AtomicUsize::new(0),
            started: Instant::now(),
        };
        progress.show(0);
        progress
    }

    /// One more step is done.
    pub(crate) fn step(&self) {
        self.show(self.done.fetch_add(1, Ordering::Relaxed) + 1);
    }

    fn show(&self, done: usize) {
        let line = format!(
            "{}: {done} of {}, {} s",
            self.what,
            self.total,
            self.started.elapsed().as_secs()
        );
        if stderr().is_terminal() {
            let end = if done == self.total { "\n" } else { "" };
            eprint!("\r\x1b[2K{line}{end}");
        } else if done.is_multiple_of(self.total.div_ceil(LINES)) || done == self.total {
            eprintln!("{line}");
        }
    }
}
