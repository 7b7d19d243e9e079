//! The part of a reservation that an entry reads and writes. Apart from the whole row, since entries come by the thousand.

use jiff::civil::Date;
use portero_protocol::ids::ReservationId;
use portero_protocol::reservation::Status;
use rusqlite::OptionalExtension;

use super::reservation::id as reservation_id;
use super::sql;
use super::tx::Tx;
use crate::error::Result;

/// Where a reservation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) id: ReservationId,
    pub(crate) client_name: String,
    pub(crate) party: u32,
    pub(crate) status: Status,
    pub(crate) before_entry: Option<Status>,
    pub(crate) attendance: u32,
    pub(crate) version: u64,
    pub(crate) issue: u32,
    pub(crate) day: Date,
    pub(crate) deleted: bool,
}

impl Standing {
    /// How many are beyond the party.
    pub(crate) fn excess(&self) -> u32 {
        self.attendance.saturating_sub(self.party)
    }

    /// Counts people in. The first of them make an expected party, or one that had been given up, active.
    pub(crate) fn count_in(&mut self, quantity: u32) {
        self.attendance = self.attendance.saturating_add(quantity);
        if matches!(self.status, Status::Expected | Status::NoShow) {
            self.before_entry = Some(self.status);
            self.status = Status::Active;
        }
    }

    /// Takes people back. When nobody is left, the state that an entry had set returns.
    pub(crate) fn count_out(&mut self, quantity: u32) {
        self.attendance = self.attendance.saturating_sub(quantity);
        if self.attendance == 0
            && self.status == Status::Active
            && let Some(before) = self.before_entry.take()
        {
            self.status = before;
        }
    }
}

impl Tx<'_> {
    /// Where a reservation stands, deleted or not.
    pub(crate) fn standing(&self, id: &ReservationId) -> Result<Option<Standing>> {
        self.conn
            .prepare_cached(
                "SELECT id, client_name, party, status, before_entry, attendance, version, issue, day, deleted FROM reservation \
                 WHERE venue = ?1 AND id = ?2",
            )?
            .query_row((self.venue, id.as_str()), |row| {
                Ok((|| -> Result<Standing> {
                    let before: Option<String> = sql::get(row, "before_entry")?;
                    Ok(Standing {
                        id: reservation_id(row, "id")?,
                        client_name: sql::get(row, "client_name")?,
                        party: sql::get(row, "party")?,
                        status: sql::named(row, "status", Status::from_wire)?,
                        before_entry: before.as_deref().and_then(Status::from_wire),
                        attendance: sql::get(row, "attendance")?,
                        version: sql::counter(row, "version")?,
                        issue: sql::get(row, "issue")?,
                        day: sql::date(row, "day")?,
                        deleted: sql::get::<Option<i64>>(row, "deleted")?.is_some(),
                    })
                })())
            })
            .optional()?
            .transpose()
    }

    /// Writes a count and a state. The version stays: entries are no edits.
    pub(crate) fn put_standing(&self, standing: &Standing) -> Result<()> {
        self.conn
            .prepare_cached(
                "UPDATE reservation SET attendance = ?3, status = ?4, before_entry = ?5 WHERE venue = ?1 AND id = ?2",
            )?
            .execute((
                self.venue,
                standing.id.as_str(),
                standing.attendance,
                standing.status.as_str(),
                standing.before_entry.map(Status::as_str),
            ))?;
        Ok(())
    }
}
