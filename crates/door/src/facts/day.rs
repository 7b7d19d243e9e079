//! The figures of each day, kept over restarts.

use rusqlite::{Connection, OptionalExtension, params};

use super::Facts;
use crate::error::Result;
use crate::figures::DayFigures;

/// Days whose figures are kept.
const KEPT: u32 = 60;
/// Names of the measurements.
const LATENCY: &str = "latency";
const RECONNECT: &str = "reconnect";

impl Facts {
    /// What was kept of that day.
    pub(crate) fn figures(&self, day: &str) -> Result<Option<DayFigures>> {
        read(&self.db, day)
    }

    /// Keeps a day's figures in place of those before, and forgets the oldest days.
    pub(crate) fn keep_figures(&mut self, figures: &DayFigures) -> Result<()> {
        let change = self.db.transaction()?;
        for (name, value) in [("bytes", figures.bytes), ("requests", figures.requests)] {
            change
                .prepare_cached(
                    "INSERT INTO figure VALUES (?1, ?2, ?3) ON CONFLICT (day, name) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![figures.day, name, value.cast_signed()])?;
        }
        for (name, samples) in [(LATENCY, &figures.latency_ms), (RECONNECT, &figures.reconnect_ms)] {
            change
                .prepare_cached(
                    "INSERT INTO sample VALUES (?1, ?2, ?3) ON CONFLICT (day, name) DO UPDATE SET json = excluded.json",
                )?
                .execute(params![figures.day, name, serde_json::to_string(samples)?])?;
        }
        for table in ["figure", "sample"] {
            change
                .prepare_cached(&format!(
                    "DELETE FROM {table} WHERE day NOT IN (SELECT DISTINCT day FROM figure ORDER BY day DESC LIMIT ?1)"
                ))?
                .execute([KEPT])?;
        }
        change.commit()?;
        Ok(())
    }
}

/// The last days that were kept, the newest first.
pub(crate) fn past_days(db: &Connection, limit: u32) -> Result<Vec<DayFigures>> {
    let mut statement = db.prepare_cached("SELECT DISTINCT day FROM figure ORDER BY day DESC LIMIT ?1")?;
    let days = statement.query_map([limit], |row| row.get::<_, String>(0))?;
    let mut figures = Vec::new();
    for day in days {
        figures.extend(read(db, &day?)?);
    }
    Ok(figures)
}

fn read(db: &Connection, day: &str) -> Result<Option<DayFigures>> {
    let value = |name: &str| -> Result<Option<u64>> {
        Ok(db
            .prepare_cached("SELECT value FROM figure WHERE day = ?1 AND name = ?2")?
            .query_row([day, name], |row| row.get::<_, i64>(0))
            .optional()?
            .map(i64::unsigned_abs))
    };
    let samples = |name: &str| -> Result<Vec<f64>> {
        let json: Option<String> = db
            .prepare_cached("SELECT json FROM sample WHERE day = ?1 AND name = ?2")?
            .query_row([day, name], |row| row.get(0))
            .optional()?;
        Ok(json
            .map(|json| serde_json::from_str(&json))
            .transpose()?
            .unwrap_or_default())
    };
    Ok(match (value("bytes")?, value("requests")?) {
        (Some(bytes), Some(requests)) => Some(DayFigures {
            day: day.to_owned(),
            bytes,
            requests,
            latency_ms: samples(LATENCY)?,
            reconnect_ms: samples(RECONNECT)?,
        }),
        _ => None,
    })
}
