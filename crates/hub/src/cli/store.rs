//! `--store`: where the data is.

use std::path::{Path, PathBuf};

use clap::Args;
use portero_hub::Store;

use super::{Result, wrong};

/// Which database.
#[derive(Debug, Args)]
pub(crate) struct StoreArgument {
    /// The database: sqlite:FILE
    #[arg(long, value_name = "sqlite:FILE")]
    store: String,
}

impl StoreArgument {
    /// Its file.
    pub(crate) fn path(&self) -> Result<PathBuf> {
        if self.store.starts_with("postgres://") || self.store.starts_with("postgresql://") {
            return Err(wrong("This version serves from SQLite: use --store sqlite:FILE"));
        }
        let path = self
            .store
            .strip_prefix("sqlite:")
            .map(|path| path.strip_prefix("//").unwrap_or(path))
            .filter(|path| !path.is_empty())
            .ok_or_else(|| wrong(format!("--store takes sqlite:FILE, not `{}`", self.store)))?;
        Ok(PathBuf::from(path))
    }

    /// Opens it, or makes it.
    pub(crate) fn open_or_create(&self) -> Result<Store> {
        Store::open(self.path()?)
    }

    /// Opens one that has to be there.
    pub(crate) fn open(&self) -> Result<Store> {
        let path = self.path()?;
        require(&path)?;
        Store::open(path)
    }
}

/// Fails where there is no such file.
pub(crate) fn require(path: &Path) -> Result {
    if path.is_file() {
        Ok(())
    } else {
        Err(wrong(format!("There is no file {}", path.display())))
    }
}
