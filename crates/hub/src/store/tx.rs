//! What a write job sees. Rows and their events are one transaction: `pos` is stamped here, under the write lock.

use jiff::civil::Date;
use portero_protocol::event::{Change, Logged};
use portero_protocol::ids::OpId;
use portero_protocol::instant::Instant;
use rusqlite::Connection;

use super::known::Known;
use super::{log, sql};
use crate::error::Result;
use crate::live::Published;

/// A write transaction, shared by the jobs of one commit.
pub(crate) struct Tx<'c> {
    pub(crate) conn: &'c Connection,
    /// The venue's number in this database.
    pub(crate) venue: i64,
    /// When this commit happens; the same for all of it.
    pub(crate) now: Instant,
    /// The request that causes this job's events.
    pub(crate) op: Option<OpId>,
    pub(crate) known: std::sync::Arc<Known>,
    head: u64,
    events: Vec<Published>,
    stale: bool,
}

/// Where a job started, to go back there.
pub(super) struct Mark {
    head: u64,
    events: usize,
    stale: bool,
    known: std::sync::Arc<Known>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        conn: &'c Connection,
        venue: i64,
        now: Instant,
        known: std::sync::Arc<Known>,
        head: u64,
    ) -> Self {
        Self {
            conn,
            venue,
            now,
            op: None,
            known,
            head,
            events: Vec::new(),
            stale: false,
        }
    }

    /// The log's last position, with this transaction's own events.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// The venue's day of an instant.
    pub(crate) fn day(&self, instant: Instant) -> Date {
        self.known.calendar.day(instant)
    }

    /// Appends an event to the log, and gives its position.
    pub(crate) fn log(&mut self, change: Change) -> Result<u64> {
        let event = change.name();
        let revoked = match &change {
            Change::Device(device) if device.revoked.is_some() => Some(device.id),
            _ => None,
        };
        let data = Logged {
            change,
            at: Some(self.now),
            op: self.op,
        }
        .data()?;
        self.head += 1;
        log::append(self.conn, self.venue, self.head, event, &data, self.now)?;
        self.events
            .push(Published::new(self.head, event.to_owned(), data, revoked));
        Ok(self.head)
    }

    /// Says that tokens or the venue changed, so that everybody learns them after the commit.
    pub(crate) fn relearn(&mut self) -> Result<()> {
        self.stale = true;
        self.known = std::sync::Arc::new(Known::load(self.conn, self.venue)?);
        Ok(())
    }

    /// Runs a part that may fail without taking the rest along.
    pub(crate) fn part<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T>) -> Result<Result<T>> {
        let mark = self.mark();
        self.conn.prepare_cached("SAVEPOINT part")?.execute([])?;
        let result = part(self);
        if let Err(error) = &result {
            // Where even that fails, the transaction is gone, and the reason is what the part ran into.
            self.conn
                .prepare_cached("ROLLBACK TO part")
                .and_then(|mut back| back.execute([]))
                .map_err(|_| error.clone())?;
            self.go_back(mark);
        }
        self.conn.prepare_cached("RELEASE part")?.execute([])?;
        Ok(result)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            head: self.head,
            events: self.events.len(),
            stale: self.stale,
            known: std::sync::Arc::clone(&self.known),
        }
    }

    pub(super) fn go_back(&mut self, mark: Mark) {
        self.head = mark.head;
        self.events.truncate(mark.events);
        self.stale = mark.stale;
        self.known = mark.known;
    }

    pub(super) fn finish(self) -> Result<(Vec<Published>, bool)> {
        if !self.events.is_empty() {
            self.conn
                .prepare_cached("UPDATE venue SET head = ?2 WHERE venue = ?1")?
                .execute((self.venue, sql::signed(self.head)))?;
        }
        Ok((self.events, self.stale))
    }
}
