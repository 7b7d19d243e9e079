//! The program's commands. Machine output goes to standard output, logs and sentences for people to standard error.

mod bulk;
mod serve;
mod settings;
mod store;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use portero_hub::Error;
use portero_protocol::problem::Code;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// What a command gives back.
pub(crate) type Result<T = ()> = portero_hub::Result<T>;

/// Serves a venue's reservations and entries to its doors, desktops and screens, and manages their database.
#[derive(Debug, Parser)]
#[command(name = "portero-hub", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a database over HTTP until SIGINT or SIGTERM
    Serve(serve::Serve),
    /// Set and print the venue
    Venue(settings::VenueSettings),
    /// Make a device with a new token, and print it
    Token(settings::Token),
    /// Invite a device: print a code that it exchanges once for its token
    Invite(settings::Invite),
    /// Import reservations from a CSV file, all of its rows or none; or an outbox that a laptop exported
    Import(bulk::Import),
    /// Export a list to standard output
    Export(bulk::Export),
    /// Write a consistent copy to a new file; the hub may serve meanwhile
    Backup(bulk::Backup),
    /// Put a backup in the place of a database that nobody serves
    Restore(bulk::Restore),
    /// Prove the database; exit 1 where it is not as it has to be
    Check(bulk::Check),
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        // A log on a full disk is lost. Saying so on the same disk would panic, and end what the log is about.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .init();
    let done = match arguments.command {
        Command::Serve(command) => command.run(),
        Command::Venue(command) => command.run(),
        Command::Token(command) => command.run(),
        Command::Invite(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Check(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A sentence for a person, and the code for a program.
            let _ = writeln!(
                std::io::stderr(),
                "portero-hub: {error} [{}]",
                error.code().as_str()
            );
            ExitCode::FAILURE
        }
    }
}

/// Writes one JSON line to standard output.
pub(crate) fn print_line(value: &impl Serialize) -> Result {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// An error about what was asked for.
pub(crate) fn wrong(detail: impl Into<String>) -> Error {
    Error::new(Code::InvalidConfig, detail)
}
