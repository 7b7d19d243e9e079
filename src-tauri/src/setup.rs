//! What this device was set up as, kept in its data folder: `setup.toml`, and the token in a file of its own that only its owner reads.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use portero_protocol::problem::Code;
use serde::{Deserialize, Serialize};

use crate::error::{ErrorView, Result};
use crate::hosting::PORT;
use crate::view::StartChoice;

const FILE: &str = "setup.toml";
const TOKEN: &str = "token";

/// What this device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Setup {
    /// A demo venue of tonight; nothing of it is kept for the next day.
    Demo,
    /// The hub runs in this process.
    Host {
        /// The name of this device's own door.
        device_name: String,
        /// The port that other devices join at.
        port: u16,
        /// Whether other devices on the network may join, unencrypted.
        open_to_network: bool,
    },
    /// The hub runs somewhere else.
    Join {
        /// Its address.
        url: String,
        /// The name that somebody here gave this device's own door; otherwise it is called as the hub calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device_name: Option<String>,
    },
}

impl Setup {
    /// What a first choice makes of this device.
    ///
    /// # Errors
    /// A choice with an empty name or an address that is none.
    pub(crate) fn from_choice(choice: &StartChoice) -> Result<Self> {
        let name = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match choice {
            StartChoice::Demo => Ok(Self::Demo),
            StartChoice::Host {
                venue_name,
                device_name,
                open_to_network,
                ..
            } => {
                if venue_name.trim().is_empty() {
                    return Err(ErrorView::new(Code::InvalidField, "the venue needs a name"));
                }
                Ok(Self::Host {
                    device_name: name(device_name).unwrap_or_else(default_device_name),
                    port: PORT,
                    open_to_network: *open_to_network,
                })
            }
            StartChoice::Join {
                url,
                token: secret,
                device_name,
            }
            | StartChoice::Accept {
                url,
                code: secret,
                device_name,
            } => {
                let url = url.trim().trim_end_matches('/');
                if !(url.starts_with("http://") || url.starts_with("https://")) {
                    return Err(ErrorView::new(
                        Code::InvalidField,
                        "the hub's address starts with https:// or http://",
                    ));
                }
                if secret.trim().is_empty() {
                    return Err(ErrorView::new(
                        Code::Unauthorized,
                        "this device needs the code or the token that the manager made for it",
                    ));
                }
                Ok(Self::Join {
                    url: url.to_owned(),
                    device_name: name(device_name),
                })
            }
        }
    }

    /// The name that this device's door has whatever the hub calls it; `None`: it is called as the hub calls it, where a manager may change that.
    #[must_use]
    pub(crate) fn own_name(&self) -> Option<String> {
        match self {
            // Its token was made with the name.
            Self::Host { .. } => None,
            Self::Demo | Self::Join { .. } => self.device_name(),
        }
    }

    /// The hub was told the name that somebody here gave, and knows it from now on.
    pub(crate) fn hub_knows_name(&mut self) {
        if let Self::Join { device_name, .. } = self {
            *device_name = None;
        }
    }

    /// The name that somebody here gave this device's own door.
    #[must_use]
    pub(crate) fn device_name(&self) -> Option<String> {
        match self {
            Self::Demo => Some(default_device_name()),
            Self::Host { device_name, .. } => Some(device_name.clone()),
            Self::Join { device_name, .. } => device_name.clone(),
        }
    }
}

fn default_device_name() -> String {
    "Puerta 1".to_owned()
}

/// Reads what this device was set up as. `None`: it never was.
///
/// # Errors
/// A file that cannot be read, or that is not a set-up: it is left as it is.
pub(crate) fn load(folder: &Path) -> Result<Option<Setup>> {
    let path = folder.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ErrorView::file("cannot read", &path, &error)),
    };
    toml::from_str(&text).map(Some).map_err(|error| {
        let sentence = format!(
            "{} cannot be understood ({}). Correct it, or move it away to set this device up again.",
            path.display(),
            error.message()
        );
        ErrorView::new(Code::InvalidConfig, sentence)
    })
}

/// Keeps what this device was set up as.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn save(folder: &Path, setup: &Setup) -> Result<()> {
    let text = toml::to_string(setup).map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?;
    write_whole(&folder.join(FILE), text.as_bytes())
}

/// Keeps this device's token.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn save_token(folder: &Path, token: &str) -> Result<()> {
    write_whole(&folder.join(TOKEN), token.as_bytes())
}

/// Reads this device's token.
///
/// # Errors
/// A file that is missing or cannot be read.
pub(crate) fn token(folder: &Path) -> Result<String> {
    read_token(&folder.join(TOKEN))
}

/// Reads a token file.
///
/// # Errors
/// A file that is missing, cannot be read or is empty.
pub(crate) fn read_token(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path)
        .map_err(|error| ErrorView::file("cannot read the token in", path, &error))?;
    let token = text.trim().to_owned();
    if token.is_empty() {
        return Err(ErrorView::new(
            Code::Unauthorized,
            format!("{} is empty: it has to hold this device's token", path.display()),
        ));
    }
    Ok(token)
}

/// Writes a file so that a crash leaves the old one or the new one, readable by its owner alone.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial: PathBuf = path.with_extension("partial");
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().map_err(|error| ErrorView::file("cannot write", path, &error))
}
