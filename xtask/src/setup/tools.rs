//! Programs that are built or found once.

use std::{env, ffi::OsString, fs, path::PathBuf};

use super::Todo;
use crate::place::Place;

/// The WebDriver front of the window. It has no other version that was tried here.
const TAURI_DRIVER: &str = "2.1.0";

/// Names under which a browser that Playwright can drive is installed.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where tools are kept: `bin` in it holds the programs.
fn home(place: &Place) -> PathBuf {
    place.cache.join("tools")
}

/// Builds tauri-driver into the cache, unless it is there in the right version.
pub(crate) fn tauri_driver(place: &Place) -> Option<Todo> {
    let home = home(place);
    let list = fs::read_to_string(home.join(".crates.toml")).unwrap_or_default();
    if has(&list, "tauri-driver", TAURI_DRIVER) && home.join("bin/tauri-driver").exists() {
        return None;
    }
    let mut install = place.cargo("install tauri-driver --locked --force --version");
    install.arg(TAURI_DRIVER).arg("--root").arg(home);
    Some(Todo {
        name: "building tauri-driver, once".to_owned(),
        commands: vec![install],
        note: None,
    })
}

/// Whether cargo's list of installed programs names one in a version.
fn has(list: &str, name: &str, version: &str) -> bool {
    list.contains(&format!("\"{name} {version} ("))
}

/// `PATH` with the cache's tools in front.
pub(crate) fn tools_path(place: &Place) -> OsString {
    let mut paths = vec![home(place).join("bin")];
    paths.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(paths).unwrap_or_else(|_| env::var_os("PATH").unwrap_or_default())
}

/// The browser for the user interface's tests: `PORTERO_BROWSER`, else one on `PATH`, else where Debian puts it.
pub(crate) fn browser() -> PathBuf {
    if let Some(named) = env::var_os("PORTERO_BROWSER") {
        return PathBuf::from(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = |name: &&str| {
        env::split_paths(&path)
            .map(|dir| dir.join(name))
            .find(|file| file.is_file())
    };
    BROWSERS
        .iter()
        .find_map(on_path)
        .unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_counts_in_its_version_alone() {
        let list = "[v1]\n\"tauri-driver 2.1.0 (registry+https://github.com/rust-lang/crates.io-index)\" = [\"tauri-driver\"]\n";
        assert!(has(list, "tauri-driver", "2.1.0"));
        assert!(!has(list, "tauri-driver", "2.1"), "a prefix is another version");
        assert!(!has(list, "driver", "2.1.0"));
        assert!(!has("", "tauri-driver", "2.1.0"));
    }
}
