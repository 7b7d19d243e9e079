//! A night's roster as far as the hub's own has to be equal to it.

use std::collections::HashMap;

use jiff::civil::Date;

use super::super::slot::day_places;
use super::Reads;
use crate::error::Result;

/// As much of a reservation as has to be the same here and at the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed {
    /// How often it was edited, as the hub last said.
    pub(crate) version: u64,
    /// How many came, with those that only this device knows of.
    pub(crate) attendance: u32,
    /// Made, edited or deleted here, and the hub does not know yet: nothing can be said about it.
    pub(crate) pending: bool,
}

impl Reads {
    /// What is known here of the reservations of a venue day, by id.
    pub(crate) fn roster(&self, day: Date) -> Result<HashMap<String, Listed>> {
        let (from, to) = day_places(day);
        let view = self.view()?;
        let mut statement = view.slot().sql(
            "SELECT id, hub_version, attendance, hub IS NULL OR view IS NOT NULL OR place < 0 FROM row_#
             WHERE place >= ?1 AND place < ?2 OR place > -?2 AND place <= -?1",
        )?;
        let rows = statement.query_map([from, to], |row| {
            Ok((
                row.get(0)?,
                Listed {
                    version: row.get::<_, i64>(1)?.unsigned_abs(),
                    attendance: row.get(2)?,
                    pending: row.get(3)?,
                },
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
