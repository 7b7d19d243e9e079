//! Node's part: the packages of package-lock.json, and the window that is built from `ui/`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Todo, printed};
use crate::{files, place::Place};

/// The oldest Node that the window's builder (Vite 8) runs on.
const NODE: (u32, u32) = (20, 19);

/// What the built window depends on; its own output and packages aside.
const WINDOW_SOURCES: &[&str] = &["ui", "package.json", "package-lock.json"];
const NOT_SOURCES: &[&str] = &["dist", "node_modules", ".svelte-kit", "coverage"];

/// A file that remembers what was built from what.
#[derive(Debug)]
pub(crate) struct Note {
    file: PathBuf,
    text: String,
}

impl Note {
    /// Remembers it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub(crate) fn write(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.text).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// Is there a Node that is young enough?
///
/// # Errors
/// A sentence with what to install.
pub(crate) fn look_for_node() -> Result<()> {
    let (major, minor) = NODE;
    let Some(version) = printed("node", &["--version"]) else {
        bail!("Node.js {major}.{minor} or later is missing: https://nodejs.org, or your system's packages");
    };
    match parsed(&version) {
        Some(found) if found >= NODE => Ok(()),
        _ => bail!("Node.js {major}.{minor} or later is needed, and this is {version}: https://nodejs.org"),
    }
}

/// "v20.20.2" → (20, 20).
fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// `npm ci`, where `node_modules` is not what package-lock.json says.
///
/// # Errors
/// Where package-lock.json cannot be read.
pub(crate) fn packages(place: &Place) -> Result<Option<Todo>> {
    let lock = place.root.join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let lock = serde_json::from_str(&lock).context("package-lock.json is not JSON")?;
    // npm writes down what it installed
    let installed = fs::read_to_string(place.root.join("node_modules/.package-lock.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok());
    if installed.is_some_and(|installed| same_packages(&lock, &installed)) {
        return Ok(None);
    }
    let mut npm = place.npm("ci --no-audit --no-fund");
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    Ok(Some(Todo {
        name: "fetching the window's packages (npm ci)".to_owned(),
        commands: vec![npm],
        note: None,
    }))
}

/// Whether each package is there in the version wanted; one that is only for other systems may be absent.
fn same_packages(lock: &Value, installed: &Value) -> bool {
    let versions = |value: &Value| -> BTreeMap<String, (Option<String>, bool)> {
        let packages = value["packages"].as_object().into_iter().flatten();
        let text = |package: &Value| package["version"].as_str().map(str::to_owned);
        let optional = |package: &Value| package["optional"] == true || package["devOptional"] == true;
        packages
            .filter(|(path, _)| path.starts_with("node_modules/") || path.contains("/node_modules/"))
            .map(|(path, package)| (path.clone(), (text(package), optional(package))))
            .collect()
    };
    let (wanted, there) = (versions(lock), versions(installed));
    wanted.iter().all(|(path, (version, optional))| {
        there
            .get(path)
            .map_or(*optional, |(installed, _)| installed == version)
    }) && there.keys().all(|path| wanted.contains_key(path))
}

/// Builds the window, where its sources are not those of the last build (or its packages are about to change).
///
/// # Errors
/// Where its sources cannot be read.
pub(crate) fn window(place: &Place, packages_change: bool) -> Result<Option<Todo>> {
    let print = files::print(&place.root, WINDOW_SOURCES, NOT_SOURCES).context("cannot read ui/")?;
    let note = Note {
        file: place.notes().join("window"),
        text: print,
    };
    let built = place.root.join("ui/dist/index.html").exists();
    let same = fs::read_to_string(&note.file).is_ok_and(|last| last == note.text);
    if built && same && !packages_change {
        return Ok(None);
    }
    Ok(Some(Todo {
        name: "building the window".to_owned(),
        commands: vec![place.npm("run build --workspace ui")],
        note: Some(note),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(parsed("v20.20.2"), Some((20, 20)));
        assert!(parsed("v20.9.0").unwrap() < NODE && parsed("v22.1.0").unwrap() > NODE);
        assert_eq!(parsed("nonsense"), None);
    }

    #[test]
    fn packages_are_the_same_when_each_is_there_in_its_version() {
        let lock = json!({"packages": {
            "": {"name": "portero"},
            "ui": {"version": "0.1.0"},
            "node_modules/portero-ui": {"resolved": "ui", "link": true},
            "node_modules/vite": {"version": "8.3.4"},
            "node_modules/only-on-mac": {"version": "1.0.0", "optional": true},
        }});
        let installed = |vite: &str| {
            json!({"packages": {
                "node_modules/portero-ui": {"resolved": "ui", "link": true},
                "node_modules/vite": {"version": vite},
            }})
        };
        assert!(same_packages(&lock, &installed("8.3.4")));
        assert!(!same_packages(&lock, &installed("8.3.5")), "another version");
        assert!(
            !same_packages(&lock, &json!({"packages": {}})),
            "nothing is there"
        );
        let mut more = installed("8.3.4");
        more["packages"]["node_modules/left-pad"] = json!({"version": "1.0.0"});
        assert!(!same_packages(&lock, &more), "one that nobody asked for");
    }
}
