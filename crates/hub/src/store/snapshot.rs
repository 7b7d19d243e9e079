//! Everything that a device may hold, line by line, from one view of the data.

use jiff::ToSpan;
use jiff::civil::Date;
use portero_protocol::day::Calendar;
use portero_protocol::device::Role;
use portero_protocol::instant::Instant;
use portero_protocol::limits::KEEP_DAYS;
use portero_protocol::listing::{SnapshotLine, Tombstone};
use portero_protocol::venue::Venue;
use rusqlite::ToSql;

use super::readers::View;
use super::{conflict, entry, reservation, sql};
use crate::error::Result;
use crate::redact;

/// Days before tonight that a door holds.
const DOOR_BACK: i64 = 1;
/// Days after tonight that a door holds.
const DOOR_AHEAD: i64 = 7;

/// Which rows belong to a device.
struct Window {
    from: Date,
    until: Date,
    tombstones_since: i64,
}

const RESERVATIONS: &str = "FROM reservation WHERE venue = ?1 AND deleted IS NULL AND day BETWEEN ?2 AND ?3";
// An orphan goes by the night that it was made in.
const ENTRIES: &str = "FROM entry WHERE venue = ?1 AND (joined IN (SELECT id FROM reservation WHERE venue = ?1 AND day BETWEEN ?2 AND ?3) \
                       OR (joined IS NULL AND day BETWEEN ?2 AND ?3))";
const TOMBSTONES: &str = "FROM reservation WHERE venue = ?1 AND deleted >= ?2";
const CONFLICTS: &str = "FROM conflict WHERE venue = ?1 AND (state = 'abierto' OR resolved >= ?2)";

impl View<'_> {
    /// Gives each line to `line`, in the contract's order.
    pub(crate) fn snapshot(
        &self,
        venue: &Venue,
        role: Role,
        now: Instant,
        mut line: impl FnMut(&SnapshotLine) -> Result<()>,
    ) -> Result<()> {
        let window = window(venue, role, now)?;
        let (from, until) = (window.from.to_string(), window.until.to_string());
        let nights: [&dyn ToSql; 3] = [&self.venue, &from, &until];
        let recent: [&dyn ToSql; 2] = [&self.venue, &window.tombstones_since];
        let sees_conflicts = role != Role::Screen;
        let mut total = self.count(RESERVATIONS, &nights)?
            + self.count(ENTRIES, &nights)?
            + self.count(TOMBSTONES, &recent)?;
        if sees_conflicts {
            total += self.count(CONFLICTS, &recent)?;
        }
        let cursor = self.cursor()?;
        line(&SnapshotLine::Start {
            venue: Box::new(venue.clone()),
            epoch: cursor.epoch.clone(),
            cursor,
            total,
        })?;
        self.each(
            &format!("SELECT * {RESERVATIONS} ORDER BY day, date, time"),
            &nights,
            |row| {
                line(&SnapshotLine::Reservation {
                    reservation: Box::new(redact::reservation(role, reservation::read(row)?)),
                })
            },
        )?;
        self.each(&format!("SELECT * {ENTRIES} ORDER BY arrival"), &nights, |row| {
            line(&SnapshotLine::Entry {
                entry: Box::new(redact::entry(role, entry::read(row)?)),
            })
        })?;
        self.each(&format!("SELECT id, version {TOMBSTONES}"), &recent, |row| {
            line(&SnapshotLine::Deleted {
                tombstone: Tombstone {
                    id: reservation::id(row, "id")?,
                    version: sql::counter(row, "version")?,
                },
            })
        })?;
        if sees_conflicts {
            self.each(&format!("SELECT * {CONFLICTS} ORDER BY opened"), &recent, |row| {
                line(&SnapshotLine::Conflict {
                    conflict: Box::new(conflict::read(row)?),
                })
            })?;
        }
        line(&SnapshotLine::End { total })
    }

    fn count(&self, from: &str, values: &[&dyn ToSql]) -> Result<u64> {
        let count: i64 = self
            .conn
            .prepare_cached(&format!("SELECT COUNT(*) {from}"))?
            .query_row(values, |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    fn each(
        &self,
        query: &str,
        values: &[&dyn ToSql],
        mut row: impl FnMut(&rusqlite::Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut query = self.conn.prepare_cached(query)?;
        let mut rows = query.query(values)?;
        while let Some(next) = rows.next()? {
            row(next)?;
        }
        Ok(())
    }
}

fn window(venue: &Venue, role: Role, now: Instant) -> Result<Window> {
    let today = Calendar::of(venue)?.day(now);
    let (from, until) = match role {
        Role::Manager => (Date::MIN.max(jiff::civil::date(1, 1, 1)), Date::MAX),
        Role::Door | Role::Screen => (
            today.saturating_sub(DOOR_BACK.days()),
            today.saturating_add(DOOR_AHEAD.days()),
        ),
    };
    Ok(Window {
        from,
        until,
        tombstones_since: now.ms() - KEEP_DAYS * 24 * 60 * 60 * 1_000,
    })
}
