//! What must be there before anything builds. Each part first looks; where nothing is missing, nothing runs and nothing is printed.
//!
//! - [`debian`]: system packages on Debian and Ubuntu, installed
//! - [`elsewhere`]: other systems, checked: it says what to install
//! - [`node`]: npm packages and the built window
//! - [`tools`]: programs that cargo builds once into the cache

mod debian;
mod elsewhere;
mod node;
mod tools;

use std::process::Command;

use anyhow::{Context, Result};

use crate::{claim::claim, place::Place, step::Steps};

/// What the set-up is for: tests of the window need more than the app does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To build, start and measure.
    Build,
    /// To test the window, the browser and the camera too.
    TestAll,
}

/// Something that is missing, and how it comes.
#[derive(Debug)]
pub(crate) struct Todo {
    name: String,
    commands: Vec<Command>,
    /// Runs when it is there, so that the next look finds it.
    note: Option<node::Note>,
}

/// Brings what is missing; the steps that it hands back count on, to `more` of the caller's own.
///
/// # Errors
/// A sentence with what could not be brought and what a person can do.
pub(crate) fn prepare(place: &Place, purpose: Purpose, more: usize) -> Result<Steps> {
    claim(&place.target, &place.root)
        .with_context(|| format!("{} cannot be used", place.target.display()))?;
    let mut todos = Vec::new();
    if !cfg!(target_os = "linux") {
        elsewhere::look()?;
    } else if let Some(system) = debian::System::read() {
        todos.extend(debian::look(&system, purpose)?);
    } else {
        elsewhere::look_linux()?;
    }
    node::look_for_node()?;
    let npm = node::packages(place)?;
    let window = node::window(place, npm.is_some())?;
    todos.extend(npm);
    todos.extend(window);
    if purpose == Purpose::TestAll && cfg!(target_os = "linux") {
        todos.extend(tools::tauri_driver(place));
    }
    let mut steps = Steps::new(place, todos.len() + more)?;
    for todo in todos {
        steps.must(&todo.name, todo.commands)?;
        if let Some(note) = todo.note {
            note.write()?;
        }
    }
    Ok(steps)
}

/// What a program prints, where it is there and ends well.
fn printed(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub(crate) use tools::{browser, tools_path};
