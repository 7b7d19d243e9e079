//! Files for the user: among their downloads, under a name that people can read, and never over another file.

use std::path::{Path, PathBuf};

use portero_protocol::problem::Code;
use tauri::{AppHandle, Manager};

use crate::error::{ErrorView, Result};

/// Characters of a name, so that every file system takes it.
const NAME_MAX: usize = 80;

/// A path that is free.
///
/// # Errors
/// The system names no folder for downloads, nor a home.
pub(crate) fn free(handle: &AppHandle, name: &str, ending: &str) -> Result<PathBuf> {
    let folder = handle.path().download_dir().or_else(|_| handle.path().home_dir());
    let folder = folder.map_err(|error| ErrorView::new(Code::Storage, error.to_string()))?;
    // A new user may have no such folder yet.
    std::fs::create_dir_all(&folder).map_err(|error| ErrorView::file("cannot make", &folder, &error))?;
    Ok(free_in(&folder, name, ending))
}

fn free_in(folder: &Path, name: &str, ending: &str) -> PathBuf {
    let name = readable(name);
    (1_u32..)
        .map(|number| match number {
            1 => folder.join(format!("{name}.{ending}")),
            _ => folder.join(format!("{name} ({number}).{ending}")),
        })
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{name}.{ending}")))
}

/// A name without what a file system of any of the three systems refuses.
fn readable(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                ' '
            } else {
                c
            }
        })
        .take(NAME_MAX)
        .collect();
    let words: Vec<&str> = name.split_whitespace().collect();
    let name = words.join(" ");
    // A file whose name begins with a dot is hidden, and Windows drops one at the end.
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        "Portero".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_readable_everywhere_and_no_file_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("portero-downloads-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let first = free_in(&folder, "  Lucía / Fernández: \"VIP\" ", "pdf");
        assert_eq!(first.file_name().unwrap(), "Lucía Fernández VIP.pdf");
        std::fs::write(&first, b"").unwrap();
        let second = free_in(&folder, "Lucía Fernández VIP", "pdf");
        assert_eq!(second.file_name().unwrap(), "Lucía Fernández VIP (2).pdf");
        assert_eq!(readable("../..\u{0}/etc"), "etc");
        assert_eq!(readable("..."), "Portero");
        assert!(readable(&"ñ".repeat(300)).chars().count() <= NAME_MAX);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
