//! Tables, and how an older database becomes today's.

use std::path::Path;

use portero_protocol::problem::Code;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};

/// `PRAGMA application_id` of a hub's database: "PRTH".
const APPLICATION: i32 = 0x5052_5448;

/// One step for each version: `STEPS[n]` turns version n into n + 1.
const STEPS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
];

/// Looks at a file before anything is written to it: one that is newer, or not a hub's, is left as it is.
pub(crate) fn inspect(path: &Path) -> Result<()> {
    if !std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    known_version(&conn)?;
    Ok(())
}

/// The database's version, where this program knows it.
fn known_version(conn: &Connection) -> Result<i64> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (application != 0 || tables > 0) {
        return Err(Error::new(
            Code::Storage,
            "The file is a database of another program; it was left as it is",
        ));
    }
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::new(
            Code::NewerDatabase,
            format!(
                "The database has version {found} and this program knows {known}: update Portero. Nothing was changed"
            ),
        ));
    }
    Ok(found)
}

/// Brings the database up to date.
pub(crate) fn migrate(conn: &mut Connection) -> Result<()> {
    let found = known_version(conn)?;
    let done = usize::try_from(found).unwrap_or(0);
    for (version, step) in STEPS.iter().enumerate().skip(done) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another program may have been faster.
        let now: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if usize::try_from(now).unwrap_or(0) == version {
            tx.execute_batch(step)?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.pragma_update(
                None,
                "user_version",
                i64::try_from(version + 1).unwrap_or(i64::MAX),
            )?;
            tx.commit()?;
        }
    }
    Ok(())
}
