//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

/// The folders that every chore works with.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The checkout: where the root Cargo.toml is.
    pub(crate) root: PathBuf,
    /// What outlives a checkout: tools that were built once.
    pub(crate) cache: PathBuf,
    /// Where cargo builds: `CARGO_TARGET_DIR`, else a folder in the cache, so that every checkout shares one.
    pub(crate) target: PathBuf,
}

impl Place {
    /// Finds them from the environment.
    ///
    /// # Errors
    /// Where the system names no home to keep a cache in.
    pub(crate) fn find() -> Result<Self> {
        // As cargo says it now: this very program may have been built from another checkout.
        let itself = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&itself)
            .parent()
            .context("xtask has no folder above it")?;
        let cache = cache_home(|name| env::var(name).ok()).context(
            "no home folder: set HOME (or XDG_CACHE_HOME), so that there is a place for what is built once",
        )?;
        let cache = cache.join("portero");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), PathBuf::from);
        // cargo reads a relative target folder from where it is started, which is always the root here
        Ok(Self {
            target: root.join(target),
            root: root.to_path_buf(),
            cache,
        })
    }

    /// A program to start from the root, building into [`Place::target`], with nothing to type into.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(executable(program));
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command.stdin(std::process::Stdio::null());
        command
    }

    /// [`Place::command`] for cargo, with its arguments in one string.
    pub(crate) fn cargo(&self, args: &str) -> Command {
        let mut command = self.command("cargo");
        command.args(args.split_whitespace());
        command
    }

    /// [`Place::command`] for npm, with its arguments in one string.
    pub(crate) fn npm(&self, args: &str) -> Command {
        let mut command = self.command("npm");
        command.args(args.split_whitespace());
        command
    }

    /// Where a program of a debug build lies.
    pub(crate) fn debug_program(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Notes of this checkout that are worth nothing in another one; gone with `node_modules`.
    pub(crate) fn notes(&self) -> PathBuf {
        self.root.join("node_modules").join(".portero")
    }
}

/// The folder for caches, as the system has it.
fn cache_home(var: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
    }
}

/// npm and npx are scripts on Windows, which does not find them by their bare name.
fn executable(program: &str) -> String {
    match program {
        "npm" | "npx" if cfg!(windows) => format!("{program}.cmd"),
        _ => program.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_cache_is_where_the_system_keeps_caches() {
        let with = |pairs: &'static [(&str, &str)]| {
            cache_home(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[("HOME", "/home/ana")]), Some("/home/ana/.cache".into()));
        assert_eq!(
            with(&[("HOME", "/home/ana"), ("XDG_CACHE_HOME", "/fast")]),
            Some("/fast".into())
        );
        assert_eq!(
            with(&[("HOME", "/home/ana"), ("XDG_CACHE_HOME", "")]),
            Some("/home/ana/.cache".into())
        );
        assert_eq!(with(&[]), None);
    }
}
