//! The log's life. A file that was copied or restored starts a new epoch the first time that it is served, since the positions that it will
//! give out may be known already with other contents.
//!
//! Beside the database lies `FILE-life`: what was served last, from which file, and how far. A copy has none, or another file's; a file that was
//! put back over itself is behind it. `backup` marks its copy as well, so that it is recognised without that file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use portero_protocol::cursor::Epoch;
use portero_protocol::problem::Code;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::Store;
use super::tx::Tx;
use crate::error::{Error, Result};
use crate::random;

/// The mark of a copy in `meta`.
const COPIED: &str = "copied";

/// The mark of a database that was served, in `meta`.
const SERVED: &str = "served";

/// What lies beside a database that was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Life {
    epoch: Epoch,
    /// At least this far the log has gone.
    head: u64,
    /// The file's own number on its disk, where there is one.
    file: u64,
}

/// Holds a database for the one program that serves it.
#[derive(Debug)]
pub(crate) struct Serving {
    beside: PathBuf,
    file: u64,
    _lock: File,
}

impl Serving {
    /// Writes down how far the log has gone. Called now and then: what is not written down is found out the next time by the epoch's end.
    pub(crate) fn note(&self, epoch: &Epoch, head: u64) -> Result<()> {
        let life = Life {
            epoch: epoch.clone(),
            head,
            file: self.file,
        };
        let draft = self.beside.with_extension("life-new");
        std::fs::write(&draft, serde_json::to_vec(&life)?)?;
        std::fs::rename(&draft, &self.beside)?;
        Ok(())
    }
}

impl Store {
    /// Takes the database for serving: nobody else may, and a copy starts a new epoch.
    pub(crate) fn begin_serving(&self) -> Result<(Serving, Epoch)> {
        let path = self.path().to_path_buf();
        let lock = lock(&path)?;
        let beside = beside(&path, "-life");
        let file = file_number(&path)?;
        let last: Option<Life> = std::fs::read(&beside)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let epoch = self.write_now(move |tx| {
            let epoch = tx.epoch()?;
            let copied = meta(tx.conn, COPIED)?.is_some();
            let served_before = meta(tx.conn, SERVED)?.is_some();
            let continues = match &last {
                Some(life) => life.epoch == epoch && life.head <= tx.head() && life.file == file,
                // Nobody has a cursor of a log that was never served.
                None => !served_before,
            };
            set_meta(tx.conn, SERVED, "1")?;
            if continues && !copied {
                return Ok(epoch);
            }
            tracing::warn!("the database was copied or restored: its log starts a new epoch");
            tx.new_epoch()
        })?;
        let serving = Serving {
            beside,
            file,
            _lock: lock,
        };
        serving.note(&epoch, self.shared().live.head())?;
        Ok((serving, epoch))
    }
}

impl Tx<'_> {
    fn new_epoch(&mut self) -> Result<Epoch> {
        let epoch = random::epoch()?;
        self.conn.execute(
            "UPDATE venue SET epoch = ?2 WHERE venue = ?1",
            (self.venue, epoch.as_str()),
        )?;
        self.conn.execute("DELETE FROM meta WHERE key = ?1", [COPIED])?;
        Ok(epoch)
    }
}

/// Marks a database as a copy.
pub(crate) fn mark_copy(conn: &Connection) -> Result<()> {
    set_meta(conn, COPIED, "1")
}

fn meta(conn: &Connection, key: &str) -> Result<Option<String>> {
    Ok(conn
        .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
        .optional()?)
}

fn set_meta(conn: &Connection, key: &str, value: &str) -> Result<()> {
    conn.execute(
        "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
        (key, value),
    )?;
    Ok(())
}

/// Locks a database for one program, through a file beside it.
pub(crate) fn lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside(path, "-lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(error)) => Err(error.into()),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            Code::DataDirInUse,
            format!("Another hub is serving {}: end it first", path.display()),
        )),
    }
}

/// The name of a file beside the database.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(unix)]
fn file_number(path: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata(path)?.ino())
}

#[cfg(not(unix))]
fn file_number(_path: &Path) -> Result<u64> {
    // No stable number there: copies are recognised by their mark, by the missing file beside them and by how far they have gone.
    Ok(0)
}
