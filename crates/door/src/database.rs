//! Opening SQLite files: the same rules for both, and a newer version's file is left alone.

use std::path::Path;

use portero_protocol::problem::Code;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{DoorError, Result};

/// Opens or makes a file for its one writer, and brings its schema up to date: step `n` makes version `n + 1` of version `n`.
///
/// # Errors
/// `newer_database`: it is then untouched. `storage`: it is no database, or damaged.
pub(crate) fn open(file: &Path, steps: &[&str], synchronous: &str) -> Result<Connection> {
    let mut db = Connection::open(file)?;
    let found: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > version_of(steps) {
        return Err(DoorError::new(
            Code::NewerDatabase,
            format!(
                "{} was written by a newer version of Portero: update this program. Nothing was changed",
                file.display()
            ),
        ));
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", synchronous)?;
    // On macOS `fsync` alone does not reach the disk.
    db.pragma_update(None, "fullfsync", synchronous == "FULL")?;
    settle(&db)?;
    #[cfg(feature = "sim")]
    db.commit_hook(Some(crate::sim::loses_commit))?;
    for (version, step) in (1_u32..).zip(steps).skip(found as usize) {
        let change = db.transaction()?;
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", version)?;
        change.commit()?;
    }
    Ok(db)
}

fn version_of(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

/// Opens a file to read beside its writer.
pub(crate) fn open_to_read(file: &Path) -> Result<Connection> {
    let db = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    settle(&db)?;
    Ok(db)
}

/// What holds for every connection.
fn settle(db: &Connection) -> Result<()> {
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(128);
    // A statement is planned once: without this one is planned anew for each value that a plan could look at, which costs more than a better plan gives.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}
