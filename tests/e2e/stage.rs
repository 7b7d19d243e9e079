//! A folder for one test, with what plays in it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use tempfile::TempDir;

use crate::{guests::Frames, hub::Hub, window::Window};

/// One hub, and room for windows.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) hub: Hub,
    dir: TempDir,
}

impl Stage {
    /// A hub with nothing in it.
    pub(crate) fn new() -> Result<Self> {
        let dir = TempDir::with_prefix("portero-e2e-")?;
        Ok(Self {
            hub: Hub::start(dir.path())?,
            dir,
        })
    }

    /// A camera of this test's own.
    pub(crate) fn camera(&self, name: &str) -> Result<Frames> {
        Frames::empty(&self.dir.path().join(format!("camera-{name}")))
    }

    /// Where the windows save what they save for their user.
    pub(crate) fn home(&self) -> &Path {
        self.dir.path()
    }

    /// A window that nobody has set up yet.
    pub(crate) async fn new_window(&self, name: &str) -> Result<Window> {
        let mut args = data(self.dir.path(), name);
        args.extend(["--lang", "es", "--camera", "none"].map(str::to_owned));
        Window::open(self.dir.path(), name, &args).await
    }

    /// A window of a device that belongs to this hub.
    pub(crate) async fn window(&self, role: &str, name: &str, more: &[&str]) -> Result<Window> {
        let token = self.dir.path().join(format!("{name}.token"));
        fs::write(&token, self.hub.token(role, name)?)?;
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600))?;
        let mut args = data(self.dir.path(), name);
        args.extend(["--hub".to_owned(), self.hub.url()]);
        args.extend(["--token-file".to_owned(), token.display().to_string()]);
        args.extend(["--lang".to_owned(), "es".to_owned()]);
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        Window::open(self.dir.path(), name, &args).await
    }
}

/// A data folder for a window.
pub(crate) fn data(dir: &Path, name: &str) -> Vec<String> {
    let data: PathBuf = dir.join(format!("data-{name}"));
    vec!["--data-dir".to_owned(), data.display().to_string()]
}
