//! Other systems: nothing is installed for anybody, but what is missing is said.

use anyhow::{Result, bail};

use super::printed;

/// A program that must be there, and how a person gets it.
struct Need {
    program: &'static str,
    args: &'static [&'static str],
    how: &'static str,
}

const CMAKE: &str = if cfg!(windows) {
    "CMake: winget install Kitware.CMake"
} else {
    "CMake: brew install cmake (or cmake.org)"
};

/// macOS and Windows, whose web views come with the system.
const NEEDS: &[Need] = &[
    Need {
        program: "cmake",
        args: &["--version"],
        how: CMAKE,
    },
    #[cfg(target_os = "macos")]
    Need {
        program: "xcode-select",
        args: &["-p"],
        how: "Apple's command line tools: xcode-select --install",
    },
];

/// What a Linux that is no kin of Debian's needs, as pkg-config and the shell know it.
const LIBRARIES: &[(&str, &str)] = &[
    (
        "webkit2gtk-4.1",
        "WebKitGTK 4.1 with its headers (Fedora: webkit2gtk4.1-devel, Arch: webkit2gtk-4.1)",
    ),
    (
        "librsvg-2.0",
        "librsvg with its headers (librsvg2-devel, librsvg)",
    ),
    ("alsa", "ALSA with its headers (alsa-lib-devel, alsa-lib)"),
];

/// Checks a macOS or Windows machine. Windows' C++ tools are not looked for: Rust itself asks for them when it is installed.
///
/// # Errors
/// A list of what to install.
pub(crate) fn look() -> Result<()> {
    let missing = NEEDS
        .iter()
        .filter(|need| printed(need.program, need.args).is_none())
        .map(|need| need.how);
    said(missing.collect())
}

/// Checks a Linux whose packages we do not know by name.
///
/// # Errors
/// A list of what to install.
pub(crate) fn look_linux() -> Result<()> {
    let mut missing = Vec::new();
    for (program, how) in [
        ("pkg-config", "pkg-config"),
        ("cmake", "CMake"),
        ("c++", "a C++ compiler"),
    ] {
        if printed(program, &["--version"]).is_none() {
            missing.push(how);
        }
    }
    let absent = |library: &str| printed("pkg-config", &["--exists", library]).is_none();
    missing.extend(
        LIBRARIES
            .iter()
            .filter(|(library, _)| absent(library))
            .map(|(_, how)| *how),
    );
    said(missing)
}

fn said(missing: Vec<&str>) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "something is missing on this machine. Install it, then start again:\n  - {}",
        missing.join("\n  - ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_listed_one_a_line() {
        assert!(said(Vec::new()).is_ok());
        let error = said(vec!["CMake", "ALSA"]).unwrap_err().to_string();
        assert!(error.contains("\n  - CMake\n  - ALSA"), "{error}");
    }
}
