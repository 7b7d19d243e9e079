//! Which serial ports there are.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serial2::SerialPort;

/// Where Linux lists ports by what is plugged into them: a name that stays when others come and go.
const BY_DEVICE: &str = "/dev/serial/by-id";

/// A serial port that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct PortInfo {
    /// What to open it by.
    pub path: String,
    /// What people know it by.
    pub name: String,
}

/// The ports of this computer, those with the name of a device first. Where the system does not tell, none.
pub fn list_ports() -> Vec<PortInfo> {
    let mut ports = by_device(Path::new(BY_DEVICE));
    ports.sort();
    let mut others: Vec<_> = SerialPort::available_ports()
        .inspect_err(|error| tracing::debug!(%error, "the system does not tell its serial ports"))
        .unwrap_or_default()
        .into_iter()
        .map(|path| path.display().to_string())
        // macOS has each port twice; this one waits for a modem.
        .filter(|path| !path.starts_with("/dev/tty."))
        .map(|path| PortInfo {
            name: path.trim_start_matches("/dev/").to_owned(),
            path,
        })
        .collect();
    others.sort();
    ports.extend(others);
    ports
}

fn by_device(folder: &Path) -> Vec<PortInfo> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let info = |entry: std::fs::DirEntry| PortInfo {
        path: entry.path().display().to_string(),
        name: readable(&entry.file_name().to_string_lossy()),
    };
    entries.flatten().map(info).collect()
}

/// `usb-Honeywell_1450g_18123-if00` as `Honeywell 1450g 18123`.
fn readable(name: &str) -> String {
    let name = name.strip_prefix("usb-").unwrap_or(name);
    let name = name.rsplit_once("-if").map_or(name, |(device, _)| device);
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_listed_by_a_readable_name() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("usb-Honeywell_1450g_18123-if00"), "").unwrap();
        let ports = by_device(dir.path());
        assert_eq!(ports[0].name, "Honeywell 1450g 18123");
        assert!(ports[0].path.ends_with("-if00"));
        assert!(by_device(&dir.path().join("none")).is_empty());
    }
}
