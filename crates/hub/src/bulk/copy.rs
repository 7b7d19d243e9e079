//! Backups, and putting one back. A copy starts a new epoch the first time that it is served.

use std::fs::File;
use std::path::{Path, PathBuf};

use portero_protocol::problem::Code;
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use crate::clock;
use crate::error::{Error, Result};
use crate::store::life::{beside, lock, mark_copy};
use crate::store::{Store, schema};

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The database that was put in place.
    pub restored: PathBuf,
    /// Where the one before it lies now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<PathBuf>,
}

impl Store {
    /// Writes a consistent copy to a file that does not exist yet. Works while the hub serves.
    ///
    /// # Errors
    /// There is such a file, or it cannot be written.
    pub fn backup(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(Error::new(
                Code::Storage,
                format!(
                    "{} exists: name a new file, so that no backup is lost",
                    to.display()
                ),
            ));
        }
        let draft = beside(to, ".part");
        let _ = std::fs::remove_file(&draft);
        let path = draft
            .to_str()
            .ok_or_else(|| Error::new(Code::Storage, "The file's name is no UTF-8"))?
            .to_owned();
        let source = Connection::open_with_flags(self.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        source.busy_timeout(std::time::Duration::from_secs(10))?;
        source.execute("VACUUM INTO ?1", [&path])?;
        let copy = Connection::open(&draft)?;
        mark_copy(&copy)?;
        copy.close().map_err(|(_, error)| error)?;
        File::open(&draft)?.sync_all()?;
        std::fs::rename(&draft, to)?;
        sync_folder(to)
    }

    /// Puts a backup in the place of a database that nobody serves. The one that was there is kept beside it.
    ///
    /// # Errors
    /// `data_dir_in_use` while a hub serves it; the backup is no whole database of a hub. Nothing is changed then.
    pub fn restore(path: &Path, from: &Path) -> Result<Restored> {
        let _lock = lock(path)?;
        let draft = beside(path, ".restoring");
        std::fs::copy(from, &draft).map_err(|error| {
            Error::new(
                Code::Storage,
                format!("{} cannot be read: {error}", from.display()),
            )
        })?;
        let usable = prove(&draft);
        if let Err(error) = usable {
            std::fs::remove_file(&draft)?;
            return Err(error);
        }
        File::open(&draft)?.sync_all()?;
        let previous = set_aside(path)?;
        std::fs::rename(&draft, path)?;
        sync_folder(path)?;
        Ok(Restored {
            restored: path.to_path_buf(),
            previous,
        })
    }
}

/// Whether a copy is a whole database of a hub, and marks it.
fn prove(draft: &Path) -> Result<()> {
    let mut conn = Connection::open(draft)?;
    let sound: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(Error::new(
            Code::Storage,
            format!("The backup is damaged: {sound}"),
        ));
    }
    let tables: i64 = conn.query_row(
        "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'venue'",
        [],
        |row| row.get(0),
    )?;
    if tables == 0 {
        return Err(Error::new(Code::Storage, "The backup is no database of a hub"));
    }
    schema::migrate(&mut conn)?;
    mark_copy(&conn)?;
    conn.close().map_err(|(_, error)| error.into())
}

/// Renames a database with what SQLite keeps beside it, and gives its new name.
fn set_aside(path: &Path) -> Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let aside = beside(path, &format!("-before-{}", clock::now().ms()));
    for suffix in ["-wal", "-shm"] {
        let part = beside(path, suffix);
        if part.exists() {
            std::fs::rename(&part, beside(&aside, suffix))?;
        }
    }
    std::fs::rename(path, &aside)?;
    Ok(Some(aside))
}

/// A new name is on disk only when its folder is.
fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
