//! The settings file of this device, before and beside a running door: language, theme, loudness, camera.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use portero_door::Settings;
use serde_json::Value;

use crate::error::Result;

const FILE: &str = "config.toml";

/// The settings of this device and the file that keeps them.
pub(crate) struct Preferences {
    saved: PathBuf,
    settings: Mutex<Settings>,
}

impl Preferences {
    /// Reads those of a data folder, the file given on the command line, and the environment.
    pub(crate) fn load(root: &Path, given: Option<&Path>) -> Result<Self> {
        let saved = root.join(FILE);
        let settings = Settings::load(&saved, given, &[])?;
        Ok(Self {
            saved,
            settings: Mutex::new(settings),
        })
    }

    /// What holds now.
    pub(crate) fn now(&self) -> Settings {
        self.settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps one, for now and for later starts.
    pub(crate) fn keep(&self, key: &str, value: &Value) -> Result<()> {
        let mut settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = settings.clone();
        next.set(key, value)?;
        Settings::save(&self.saved, key, value)?;
        *settings = next;
        Ok(())
    }
}
