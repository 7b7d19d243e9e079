//! The figures of each day, kept over restarts.

use rusqlite::{OptionalExtension, params};

use super::Facts;
use crate::error::Result;
use crate::figures::DayFigures;

impl Facts {
    /// What was kept of that day.
    pub(crate) fn figures(&self, day: &str) -> Result<Option<DayFigures>> {
        let value = |name: &str| -> Result<Option<u64>> {
            Ok(self
                .db
                .prepare_cached("SELECT value FROM figure WHERE day = ?1 AND name = ?2")?
                .query_row([day, name], |row| row.get::<_, i64>(0))
                .optional()?
                .map(i64::unsigned_abs))
        };
        Ok(match (value("bytes")?, value("requests")?) {
            (Some(bytes), Some(requests)) => Some(DayFigures {
                day: day.to_owned(),
                bytes,
                requests,
            }),
            _ => None,
        })
    }

    /// Keeps a day's figures in place of those before.
    pub(crate) fn keep_figures(&mut self, figures: &DayFigures) -> Result<()> {
        let change = self.db.transaction()?;
        for (name, value) in [("bytes", figures.bytes), ("requests", figures.requests)] {
            change
                .prepare_cached(
                    "INSERT INTO figure VALUES (?1, ?2, ?3) ON CONFLICT (day, name) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![figures.day, name, value.cast_signed()])?;
        }
        change.commit()?;
        Ok(())
    }
}
