//! System packages on Debian, Ubuntu and their kin.

use std::{collections::BTreeSet, fs, process::Command};

use anyhow::{Result, bail};

use super::{Purpose, Todo, printed};

/// To build: the web view, its tray and pictures, the camera's header parser, C++ for the second decoder, sound.
const BUILD: &[&str] = &[
    "cmake",
    "g++",
    "libasound2-dev",
    "libayatana-appindicator3-dev",
    "libclang-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// To test: a display and a session bus for the window, its driver, a machine with a camera and what plays into it.
const TEST: &[&str] = &[
    "busybox-static",
    "cpio",
    "dbus-daemon",
    "dbus-x11",
    "ffmpeg",
    "imagemagick",
    "kmod",
    "qemu-system-x86",
    "v4l-utils",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];

/// The browser of the user interface's tests. Ubuntu's package of that name only brings a snap, which a test cannot drive.
const BROWSER: &str = "chromium";

/// A Debian or one of its children.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct System {
    ubuntu: bool,
}

impl System {
    /// Reads `/etc/os-release`; nothing where this is no kin of Debian's.
    pub(crate) fn read() -> Option<Self> {
        fs::read_to_string("/etc/os-release")
            .ok()
            .as_deref()
            .and_then(Self::of)
    }

    fn of(os_release: &str) -> Option<Self> {
        let mut names = BTreeSet::new();
        for line in os_release.lines() {
            if let Some(value) = line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")) {
                names.extend(value.trim_matches('"').split_whitespace());
            }
        }
        let ubuntu = names.contains("ubuntu");
        (ubuntu || names.contains("debian")).then_some(Self { ubuntu })
    }

    fn wanted(&self, purpose: Purpose) -> Vec<&'static str> {
        let mut wanted = BUILD.to_vec();
        if purpose == Purpose::TestAll {
            wanted.extend(TEST);
            if !self.ubuntu {
                wanted.push(BROWSER);
            }
        }
        wanted
    }
}

/// Looks for packages that are missing.
///
/// # Errors
/// Where some are and this user may not install them: the command to type.
pub(crate) fn look(system: &System, purpose: Purpose) -> Result<Option<Todo>> {
    let wanted = system.wanted(purpose);
    // dpkg-query ends with 1 when it does not know one of them, and still prints the others
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(&wanted)
        .output()?;
    let missing = missing(&wanted, &String::from_utf8_lossy(&output.stdout));
    if missing.is_empty() {
        return Ok(None);
    }
    let sudo: &[&str] = if printed("id", &["-u"]).as_deref() == Some("0") {
        &[]
    } else if printed("sudo", &["-n", "true"]).is_some() {
        &["sudo", "-n"]
    } else {
        bail!(
            "{} system packages are missing, and installing them needs an administrator. Type this once, then start again:\n\n  \
             sudo apt-get update && sudo apt-get install --no-install-recommends {}\n",
            missing.len(),
            missing.join(" ")
        )
    };
    let apt = |args: &[&str]| {
        let mut words = sudo
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes"]);
        let mut command = Command::new(words.next().copied().unwrap_or("env"));
        command.args(words).args(args).stdin(std::process::Stdio::null());
        command
    };
    let mut install = apt(&["install", "--no-install-recommends"]);
    install.args(&missing);
    Ok(Some(Todo {
        name: format!("installing {} system packages", missing.len()),
        commands: vec![apt(&["update"]), install],
        note: None,
    }))
}

/// Which of the wanted packages `dpkg-query` does not call installed.
fn missing<'a>(wanted: &[&'a str], listing: &str) -> Vec<&'a str> {
    let installed: BTreeSet<&str> = listing
        .lines()
        .filter_map(|line| line.trim_end().strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|package| !installed.contains(package))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known_and_others_are_not() {
        assert_eq!(
            System::of("NAME=\"Debian\"\nID=debian\n"),
            Some(System { ubuntu: false })
        );
        assert_eq!(
            System::of("ID=ubuntu\nID_LIKE=debian\n"),
            Some(System { ubuntu: true })
        );
        assert_eq!(
            System::of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Some(System { ubuntu: true })
        );
        assert_eq!(System::of("ID=fedora\nVERSION_ID=43\n"), None);
        assert_eq!(System::of(""), None);
    }

    #[test]
    fn a_quick_test_needs_no_display_and_no_browser() {
        let debian = System { ubuntu: false };
        assert_eq!(debian.wanted(Purpose::Build), BUILD);
        assert!(debian.wanted(Purpose::TestAll).contains(&"xvfb"));
        assert!(debian.wanted(Purpose::TestAll).contains(&BROWSER));
        assert!(
            !System { ubuntu: true }
                .wanted(Purpose::TestAll)
                .contains(&BROWSER)
        );
    }

    #[test]
    fn only_installed_counts_as_installed() {
        let listing = "cmake installed\ng++ config-files\nxvfb not-installed\n";
        assert_eq!(
            missing(&["cmake", "g++", "xvfb", "cpio"], listing),
            ["g++", "xvfb", "cpio"]
        );
        assert!(missing(&["cmake"], listing).is_empty());
        assert_eq!(missing(&["cmake"], ""), ["cmake"], "dpkg-query printed nothing");
    }
}
