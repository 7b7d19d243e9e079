//! `cargo xtask`: one door to every chore, with all set-up. A newcomer needs Rust and Node, and nothing else.
//!
//! - [`args`]: what was asked for
//! - [`place`]: where things are: the checkout, the cache, the target folder
//! - [`claim`]: one target folder for every checkout
//! - [`step`]: one long step: a progress line, a log file, a result
//! - [`setup`]: what must be there before anything builds (system packages, npm packages, the built window)
//! - [`table`], [`machine`]: a benchmark's figures, and what they were measured on
//! - [`run`], [`check`], [`mod@bench`], [`dist`]: the four commands; `bindings` lives in [`bindings`]
//!
//! The standard library, anyhow and `serde_json` are all it stands on: it compiles in seconds on a new machine.

mod args;
mod bench;
mod bindings;
mod build;
mod check;
mod claim;
mod count;
mod dist;
mod files;
mod machine;
mod place;
mod run;
mod setup;
mod step;
mod table;

use std::process::ExitCode;

use crate::{args::Command, place::Place};

fn main() -> ExitCode {
    let outcome = args::parse(std::env::args().skip(1)).and_then(|command| match command {
        Command::Help => {
            println!("{}", args::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Command::Run { args } => run::run(&Place::find()?, &args),
        Command::Test { quick } => check::run(&Place::find()?, quick),
        Command::Bench { name, json, rest } => {
            bench::run(&Place::find()?, name.as_deref(), json.as_deref(), &rest)
        }
        Command::Bindings { check } => bindings::run(&Place::find()?, check),
        Command::Dist => dist::run(&Place::find()?),
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
