//! Proves a database: the log without a gap, the counts equal to the entries, the chains whole.

use portero_protocol::chain;
use portero_protocol::entry::StoredEntry;
use rusqlite::{Connection, Row};
use serde::Serialize;

use crate::error::Result;
use crate::store::readers::View;
use crate::store::{Store, entry};

/// Problems that are listed; there may be more.
const LISTED: usize = 200;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything is as it has to be.
    pub ok: bool,
    /// What is not.
    pub problems: Vec<String>,
}

impl Store {
    /// Proves the database. Works while the hub serves.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn check(&self) -> Result<Report> {
        let problems = self.read_now(|view| {
            let mut problems = Vec::new();
            sound(view.conn, &mut problems)?;
            log(view, &mut problems)?;
            for (query, what) in COUNTS {
                each(view, query, &mut problems, |row| {
                    Ok(format!("{}: {what}", row.get::<_, String>(0)?))
                })?;
            }
            chains(view, &mut problems)?;
            Ok(problems)
        })?;
        Ok(Report {
            ok: problems.is_empty(),
            problems: problems.into_iter().take(LISTED).collect(),
        })
    }
}

/// A reservation whose count is not the sum of its entries.
#[cfg(feature = "sim")]
pub(crate) fn miscounted(view: &View<'_>) -> Result<Option<String>> {
    use rusqlite::OptionalExtension;
    let mut query = view.conn.prepare_cached(COUNTS[0].0)?;
    Ok(query.query_row([view.venue], |row| row.get(0)).optional()?)
}

fn sound(conn: &Connection, problems: &mut Vec<String>) -> Result<()> {
    let mut query = conn.prepare("PRAGMA integrity_check(20)")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let found: String = row.get(0)?;
        if found != "ok" {
            problems.push(format!("the file is damaged: {found}"));
        }
    }
    Ok(())
}

fn log(view: &View<'_>, problems: &mut Vec<String>) -> Result<()> {
    let (head, first): (i64, i64) = view.conn.query_row(
        "SELECT head, first FROM venue WHERE venue = ?1",
        [view.venue],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (count, low, high): (i64, Option<i64>, Option<i64>) = view.conn.query_row(
        "SELECT COUNT(*), MIN(pos), MAX(pos) FROM log WHERE venue = ?1",
        [view.venue],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let whole = match (low, high) {
        (Some(low), Some(high)) => low == first && high == head && count == high - low + 1,
        _ => first == head + 1,
    };
    if !whole {
        problems.push(format!(
            "the log should hold {first} to {head} and holds {count} events from {low:?} to {high:?}"
        ));
    }
    Ok(())
}

/// Each of these finds nothing where all is well.
const COUNTS: [(&str, &str); 5] = [
    (
        "SELECT id FROM reservation r WHERE venue = ?1 AND attendance <> (SELECT COALESCE(SUM(quantity), 0) FROM entry e \
         WHERE e.venue = r.venue AND e.joined = r.id AND e.voids IS NULL AND e.voided = 0)",
        "its attendance is not the sum of its entries",
    ),
    (
        "SELECT lower(hex(id)) FROM entry e WHERE venue = ?1 AND voids IS NULL AND voided <> EXISTS \
         (SELECT 1 FROM entry u WHERE u.venue = e.venue AND u.voids = e.id)",
        "an entry is counted as its undos do not say",
    ),
    (
        "SELECT lower(hex(id)) FROM entry e WHERE venue = ?1 AND joined IS NULL AND EXISTS \
         (SELECT 1 FROM reservation r WHERE r.venue = e.venue AND r.id = e.reservation)",
        "an entry waits for a reservation that is there",
    ),
    (
        "SELECT lower(hex(id)) FROM entry e WHERE venue = ?1 AND joined IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM reservation r WHERE r.venue = e.venue AND r.id = e.joined)",
        "an entry counts for a reservation that is not there",
    ),
    (
        "SELECT lower(hex(id)) FROM conflict WHERE venue = ?1 AND NOT json_valid(entries)",
        "a conflict cannot be read",
    ),
];

fn each(
    view: &View<'_>,
    query: &str,
    problems: &mut Vec<String>,
    say: impl Fn(&Row<'_>) -> rusqlite::Result<String>,
) -> Result<()> {
    let mut query = view.conn.prepare(query)?;
    let mut rows = query.query([view.venue])?;
    while let Some(row) = rows.next()? {
        problems.push(say(row)?);
    }
    Ok(())
}

/// Each entry still hashes to what it did, and follows the one before it. A break that a person was told about is no problem of the database.
fn chains(view: &View<'_>, problems: &mut Vec<String>) -> Result<()> {
    let mut told = view.conn.prepare(
        "SELECT EXISTS (SELECT 1 FROM conflict WHERE venue = ?1 AND kind = 'cadena' AND reservation = ?2)",
    )?;
    let mut query = view
        .conn
        .prepare("SELECT * FROM entry WHERE venue = ?1 ORDER BY device, sequence, arrival")?;
    let mut rows = query.query([view.venue])?;
    let mut before: Option<(StoredEntry, [u8; 32])> = None;
    while let Some(row) = rows.next()? {
        let hash: [u8; 32] = row.get("hash")?;
        let written: String = row.get("reservation")?;
        let mut stored = entry::read(row)?;
        if let Ok(id) = written.parse() {
            stored.entry.reservation = id;
        }
        let id = stored.entry.id;
        if chain::hash(&stored.entry) != hex::encode(hash) {
            problems.push(format!("{id}: the entry is not what it was when it came"));
        }
        if let Some((last, last_hash)) = &before
            && last.device == stored.device
        {
            let follows = stored.entry.sequence > last.entry.sequence + 1
                || stored.entry.sequence == last.entry.sequence + 1
                    && stored.entry.previous == hex::encode(last_hash);
            let mut known = || -> Result<bool> {
                for reservation in [&stored.entry.reservation, &last.entry.reservation] {
                    if told.query_row((view.venue, reservation.as_str()), |row| row.get(0))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            };
            if !follows && !known()? {
                problems.push(format!(
                    "{id}: the entry does not follow the one before it, and nobody was told"
                ));
            }
        }
        before = Some((stored, hash));
    }
    Ok(())
}
