//! Pages of reservations: a night, every night, or what a person types.

use jiff::civil::Date;
use portero_protocol::reservation::Status;
use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, params_from_iter};

use super::super::slot::{day_places, day_start};
use super::super::words;
use super::{COLUMNS, Reads, raw, read};
use crate::error::Result;
use crate::view::{ListQuery, ReservationPage, Row};

/// Rows in a page where nobody says.
const PAGE: u32 = 100;
/// Rows in a page at most.
const PAGE_MAX: u32 = 1_000;

impl Reads {
    /// A page of a list, in the order of the nights and hours.
    pub(crate) fn list(&self, query: &ListQuery) -> Result<ReservationPage> {
        let (from, to) = match query.day {
            Some(day) => day_places(day),
            None => (1, i64::MAX),
        };
        let question = query.text.as_deref().and_then(words::question);
        let asked = Asked {
            question: question.as_deref(),
            status: query.status,
        };
        let limit = query.limit.unwrap_or(PAGE).min(PAGE_MAX);
        let view = self.view()?;
        let slot = view.slot();
        let mut page = asked.totals(slot, from, to)?;
        page.rows = asked.rows(slot, from, to, "ASC", limit, query.offset.unwrap_or(0))?;
        Ok(page)
    }

    /// What a person types: tonight's first, then the later ones, then the past ones, latest first.
    pub(crate) fn search(&self, typed: &str, tonight: Option<Date>, limit: u32) -> Result<ReservationPage> {
        let question = words::question(typed);
        let limit = limit.min(PAGE_MAX);
        let view = self.view()?;
        let slot = view.slot();
        let asked = Asked {
            question: question.as_deref(),
            status: None,
        };
        // Nothing typed: tonight as it is.
        let everything = asked.question.is_some();
        let start = tonight.map_or(1, day_start);
        let end = if everything {
            i64::MAX
        } else {
            tonight.map_or(i64::MAX, |day| day_places(day).1)
        };
        let mut page = asked.totals(slot, if everything { 1 } else { start }, end)?;
        page.rows = asked.rows(slot, start, end, "ASC", limit, 0)?;
        let rest = limit.saturating_sub(u32::try_from(page.rows.len()).unwrap_or(u32::MAX));
        if everything && rest > 0 {
            page.rows.extend(asked.rows(slot, 1, start, "DESC", rest, 0)?);
        }
        Ok(page)
    }
}

/// Which rows are asked for.
struct Asked<'a> {
    question: Option<&'a str>,
    status: Option<Status>,
}

impl Asked<'_> {
    /// The condition on a range of places, and what it is bound to.
    fn condition(&self, from: i64, to: i64) -> (String, Vec<SqlValue>) {
        let mut text = match self.question {
            Some(_) => "find_# MATCH ?3 AND find_#.rowid >= ?1 AND find_#.rowid < ?2".to_owned(),
            None => "place >= ?1 AND place < ?2".to_owned(),
        };
        let mut bound = vec![SqlValue::from(from), SqlValue::from(to)];
        bound.extend(self.question.map(|question| SqlValue::from(question.to_owned())));
        if let Some(status) = self.status {
            bound.push(SqlValue::from(status.as_str().to_owned()));
            text.push_str(&format!(" AND status = ?{}", bound.len()));
        }
        (text, bound)
    }

    fn source(&self) -> &'static str {
        match self.question {
            Some(_) => "find_# CROSS JOIN row_# ON row_#.place = find_#.rowid",
            None => "row_#",
        }
    }

    fn totals(&self, slot: super::Slot<'_>, from: i64, to: i64) -> Result<ReservationPage> {
        let (condition, bound) = self.condition(from, to);
        let totals = slot
            .sql(&format!(
                "SELECT COUNT(*), COALESCE(SUM(party), 0), COALESCE(SUM(attendance), 0) FROM {} WHERE {condition}",
                self.source()
            ))?
            .query_row(params_from_iter(bound), |row| {
                Ok(ReservationPage {
                    rows: Vec::new(),
                    total: row.get(0)?,
                    people: row.get(1)?,
                    inside: row.get(2)?,
                })
            })
            .optional()?;
        Ok(totals.unwrap_or(ReservationPage {
            rows: Vec::new(),
            total: 0,
            people: 0,
            inside: 0,
        }))
    }

    fn rows(
        &self,
        slot: super::Slot<'_>,
        from: i64,
        to: i64,
        order: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Row>> {
        let (condition, mut bound) = self.condition(from, to);
        let by = if self.question.is_some() {
            "find_#.rowid"
        } else {
            "place"
        };
        bound.push(SqlValue::from(i64::from(limit)));
        bound.push(SqlValue::from(i64::from(offset)));
        let (limit, offset) = (bound.len() - 1, bound.len());
        let mut statement = slot.sql(&format!(
            "SELECT {COLUMNS} FROM {} WHERE {condition} ORDER BY {by} {order} LIMIT ?{limit} OFFSET ?{offset}",
            self.source()
        ))?;
        let rows = statement.query_map(params_from_iter(bound), raw)?;
        rows.map(|row| read(row?)).collect()
    }
}
