//! Lists for people: a night, a search, a page.

use jiff::civil::Date;
use portero_protocol::reservation::Reservation;
use rusqlite::ToSql;

use super::readers::View;
use super::{reservation, search};
use crate::error::Result;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// A venue's day.
    pub(crate) day: Option<Date>,
    /// Words that all have to be somewhere.
    pub(crate) text: String,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

impl View<'_> {
    /// One page in order of arrival time, and how many there are in all.
    pub(crate) fn list(&self, wanted: &Wanted) -> Result<(Vec<Reservation>, u64)> {
        let mut condition = "venue = ? AND deleted IS NULL".to_owned();
        let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(self.venue)];
        if let Some(day) = wanted.day {
            condition.push_str(" AND day = ?");
            values.push(Box::new(day.to_string()));
        }
        for pattern in search::patterns(&wanted.text) {
            condition.push_str(" AND search LIKE ? ESCAPE '\\'");
            values.push(Box::new(pattern));
        }
        let parameters = rusqlite::params_from_iter(values.iter());
        let total: i64 = self
            .conn
            .prepare_cached(&format!("SELECT COUNT(*) FROM reservation WHERE {condition}"))?
            .query_row(parameters, |row| row.get(0))?;
        values.push(Box::new(wanted.limit));
        values.push(Box::new(wanted.offset));
        let mut query = self.conn.prepare_cached(&format!(
            "SELECT * FROM reservation WHERE {condition} ORDER BY day, date, time, id LIMIT ? OFFSET ?"
        ))?;
        let mut rows = query.query(rusqlite::params_from_iter(values.iter()))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(reservation::read(row)?);
        }
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }
}
