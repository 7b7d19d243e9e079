//! One target folder for every checkout. Cargo knows a changed source by its time alone, and calls a package of this checkout fresh that another checkout
//! built later: its programs would be tested here. So whichever checkout comes next builds its own packages anew, and finds everybody else's built.

use std::{fs, io, path::Path};

/// The file in the target folder that names the checkout which built last.
const NAME: &str = "checkout";
/// The names of our packages, as cargo's notes about them begin.
const OURS: [&str; 2] = ["portero-", "xtask-"];

/// Makes the target folder this checkout's.
///
/// # Errors
/// Where the folder cannot be read or written.
pub(crate) fn claim(target: &Path, root: &Path) -> io::Result<()> {
    let name = target.join(NAME);
    let root = root.to_string_lossy();
    if fs::read_to_string(&name).is_ok_and(|built_last| built_last == root) {
        return Ok(());
    }
    fs::create_dir_all(target)?;
    for profile in fs::read_dir(target)? {
        let notes = profile?.path().join(".fingerprint");
        if notes.is_dir() {
            forget(&notes)?;
        }
    }
    fs::write(name, root.as_bytes())
}

fn forget(notes: &Path) -> io::Result<()> {
    for package in fs::read_dir(notes)? {
        let package = package?;
        let name = package.file_name();
        if OURS.iter().any(|ours| name.to_string_lossy().starts_with(ours)) {
            fs::remove_dir_all(package.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_checkouts_own_packages_are_forgotten_and_nothing_else() {
        let target = std::env::temp_dir().join(format!("portero-claim-{}", std::process::id()));
        let notes = target.join("debug/.fingerprint");
        let there = |name: &str| notes.join(name).exists();
        claim(&target, Path::new("/one")).unwrap();
        for name in ["portero-hub-1a", "portero-2b", "xtask-3c", "serde-4d"] {
            fs::create_dir_all(notes.join(name)).unwrap();
        }
        claim(&target, Path::new("/one")).unwrap();
        assert!(there("portero-hub-1a") && there("xtask-3c"));
        claim(&target, Path::new("/two")).unwrap();
        assert!(!there("portero-hub-1a") && !there("portero-2b") && !there("xtask-3c"));
        assert!(there("serde-4d"));
        fs::remove_dir_all(target).unwrap();
    }
}
