//! The log: every change of a venue, gap-free in commit order. Streams, polling and catching up read the same rows.

use portero_protocol::cursor::{Cursor, Epoch};
use portero_protocol::event::{Change, Logged, ResetReason, name};
use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use rusqlite::{Connection, OptionalExtension};

use super::readers::View;
use super::tx::Tx;
use super::{sql, venue};
use crate::error::Result;
use crate::live::Published;

/// Events that are read at a time.
const PART: u32 = 1_000;

/// The log's last position.
pub(super) fn head(conn: &Connection, venue: i64) -> Result<u64> {
    let mut query = conn.prepare_cached("SELECT head FROM venue WHERE venue = ?1")?;
    query.query_row([venue], |row| Ok(sql::counter(row, "head")))?
}

pub(super) fn append(
    conn: &Connection,
    venue: i64,
    pos: u64,
    event: &str,
    data: &str,
    at: Instant,
) -> Result<()> {
    conn.prepare_cached("INSERT INTO log (venue, pos, event, data, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((venue, sql::signed(pos), event, data, at.ms()))?;
    Ok(())
}

/// Events after a position, in order: at most [`PART`].
pub(super) fn after(conn: &Connection, venue: i64, pos: u64) -> Result<Vec<Published>> {
    read(conn, venue, pos, PART)
}

fn read(conn: &Connection, venue: i64, pos: u64, limit: u32) -> Result<Vec<Published>> {
    let mut query = conn.prepare_cached(
        "SELECT pos, event, data FROM log WHERE venue = ?1 AND pos > ?2 ORDER BY pos LIMIT ?3",
    )?;
    let mut rows = query.query((venue, sql::signed(pos), limit))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let event: String = sql::get(row, "event")?;
        let data: String = sql::get(row, "data")?;
        let revoked = revoked_in(&event, &data);
        events.push(Published::new(sql::counter(row, "pos")?, event, data, revoked));
    }
    Ok(events)
}

/// The device that an event revokes.
fn revoked_in(event: &str, data: &str) -> Option<DeviceId> {
    if event != name::DEVICE {
        return None;
    }
    match Logged::read(event, data) {
        Ok(Some(Logged {
            change: Change::Device(device),
            ..
        })) => device.revoked.map(|_| device.id),
        _ => None,
    }
}

/// Where a reader stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The log goes on from its cursor.
    Continues,
    /// It cannot; a snapshot is needed.
    Reset(ResetReason),
}

impl View<'_> {
    /// The log's life and its last position, as of this view.
    pub(crate) fn cursor(&self) -> Result<Cursor> {
        let mut query = self
            .conn
            .prepare_cached("SELECT epoch, head FROM venue WHERE venue = ?1")?;
        query.query_row([self.venue], |row| {
            Ok(Ok(Cursor {
                epoch: match venue::epoch(row) {
                    Ok(epoch) => epoch,
                    Err(error) => return Ok(Err(error)),
                },
                pos: match sql::counter(row, "head") {
                    Ok(pos) => pos,
                    Err(error) => return Ok(Err(error)),
                },
            }))
        })?
    }

    /// Whether the log goes on from a cursor.
    pub(crate) fn standing(&self, cursor: &Cursor) -> Result<Standing> {
        let now = self.cursor()?;
        let first: Option<i64> = self
            .conn
            .prepare_cached("SELECT first FROM venue WHERE venue = ?1")?
            .query_row([self.venue], |row| row.get(0))
            .optional()?;
        let first = first.and_then(|first| u64::try_from(first).ok()).unwrap_or(1);
        Ok(if cursor.epoch != now.epoch {
            Standing::Reset(ResetReason::Epoch)
        } else if cursor.pos > now.pos {
            Standing::Reset(ResetReason::Ahead)
        } else if cursor.pos + 1 < first {
            Standing::Reset(ResetReason::Retention)
        } else {
            Standing::Continues
        })
    }

    /// At most `limit` events after a position, in order.
    pub(crate) fn events(&self, pos: u64, limit: u32) -> Result<Vec<Published>> {
        read(self.conn, self.venue, pos, limit)
    }
}

impl Tx<'_> {
    /// Drops events that are older than what is kept, and gives their number.
    pub(crate) fn prune_log(&mut self, before: Instant) -> Result<usize> {
        // Instants of commits can step back with the hub's clock: everything up to the last old one goes, so no hole appears.
        let last: Option<i64> = self.conn.query_row(
            "SELECT MAX(pos) FROM log WHERE venue = ?1 AND at < ?2",
            (self.venue, before.ms()),
            |row| row.get(0),
        )?;
        let Some(last) = last else { return Ok(0) };
        let gone = self.conn.execute(
            "DELETE FROM log WHERE venue = ?1 AND pos <= ?2",
            (self.venue, last),
        )?;
        self.conn.execute(
            "UPDATE venue SET first = ?2 WHERE venue = ?1",
            (self.venue, last + 1),
        )?;
        Ok(gone)
    }

    /// The log's life.
    pub(crate) fn epoch(&self) -> Result<Epoch> {
        let mut query = self
            .conn
            .prepare_cached("SELECT epoch FROM venue WHERE venue = ?1")?;
        query.query_row([self.venue], |row| Ok(venue::epoch(row)))?
    }
}
