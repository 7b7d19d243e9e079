//! `portero-hub`: serves a venue's hub, and manages its database.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
