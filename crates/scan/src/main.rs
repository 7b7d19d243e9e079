//! `portero-scan`: reads codes from pictures and cameras, one JSON line each.

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::run()
}
