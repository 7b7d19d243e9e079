//! Pages of reservations: a night, every night, or what a person types.

use jiff::civil::Date;
use portero_protocol::ids::ReservationId;
use portero_protocol::reservation::{Promoter, Status};
use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, params_from_iter};

use super::super::slot::{day_places, day_start};
use super::super::words::{self, Mark};
use super::{COLUMNS, Reads, parse_id, raw, read, row_where};
use crate::error::Result;
use crate::view::{Found, ListQuery, Only, Order, PromoterCount, ReservationPage, Row};

/// Rows in a page where nobody says.
const PAGE: u32 = 100;
/// Rows in a page at most.
const PAGE_MAX: u32 = 1_000;

impl Reads {
    /// A page of a list.
    pub(crate) fn list(&self, query: &ListQuery) -> Result<ReservationPage> {
        let asked = Asked::of(query);
        let limit = query.limit.unwrap_or(PAGE).min(PAGE_MAX);
        let view = self.view()?;
        let slot = view.slot();
        let (from, to) = places(query);
        let mut page = asked.totals(slot, from, to)?;
        let offset = query.offset.unwrap_or(0);
        page.rows = if query.order == Order::Hour && !query.descending {
            asked.rows(slot, from, to, "ASC", limit, offset)?
        } else {
            asked.sorted_rows(slot, query, limit, offset)?
        };
        Ok(page)
    }

    /// These reservations, in this order; those that are deleted meanwhile are left out.
    pub(crate) fn rows(&self, ids: &[ReservationId]) -> Result<Vec<Row>> {
        let view = self.view()?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let found = row_where(view.slot(), "id = ?1", id.as_str())?;
            rows.extend(found.filter(|found| !found.hidden).map(|found| found.row));
        }
        Ok(rows)
    }

    /// The ids of what a list shows, in its order; at most `most` and one more, so that whoever asks sees that there are too many.
    pub(crate) fn ids(&self, query: &ListQuery, most: u32) -> Result<Vec<ReservationId>> {
        let view = self.view()?;
        let slot = view.slot();
        let mut id = slot.sql("SELECT id FROM row_# WHERE place = ?1")?;
        Asked::of(query)
            .sorted(slot, query, most.saturating_add(1), 0)?
            .into_iter()
            .map(|place| parse_id(&id.query_row([place], |row| row.get::<_, String>(0))?))
            .collect()
    }

    /// Who brings the parties that a list shows, by name.
    pub(crate) fn promoters(&self, query: &ListQuery) -> Result<Vec<PromoterCount>> {
        let (from, to) = places(query);
        let asked = Asked::of(query);
        let view = self.view()?;
        let (condition, bound) = asked.condition(from, to);
        let mut statement = view.slot().sql(&format!(
            "SELECT json_extract(COALESCE(view, hub), '$.promotor.id') AS promoter,
                    MAX(json_extract(COALESCE(view, hub), '$.promotor.nombre')) AS name, COUNT(*)
             FROM {} WHERE {condition} GROUP BY promoter HAVING promoter IS NOT NULL ORDER BY name COLLATE NOCASE",
            asked.source()
        ))?;
        let found = statement.query_map(params_from_iter(bound), |row| {
            Ok(PromoterCount {
                promoter: Promoter {
                    id: row.get(0)?,
                    name: row.get(1)?,
                },
                reservations: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What a person types: tonight's first, then the later ones, then the past ones, latest first.
    pub(crate) fn search(&self, typed: &str, tonight: Option<Date>, limit: u32) -> Result<Found> {
        let limit = limit.min(PAGE_MAX);
        let view = self.view()?;
        let slot = view.slot();
        let asked = Asked {
            question: words::question(typed, &[]),
            ..Asked::default()
        };
        // Nothing typed: tonight as it is.
        let everything = asked.question.is_some();
        let start = tonight.map_or(1, day_start);
        let end = if everything {
            i64::MAX
        } else {
            tonight.map_or(i64::MAX, |day| day_places(day).1)
        };
        let total = asked.count(slot, if everything { 1 } else { start }, end)?;
        let mut rows = asked.rows(slot, start, end, "ASC", limit, 0)?;
        let rest = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if everything && rest > 0 {
            rows.extend(asked.rows(slot, 1, start, "DESC", rest, 0)?);
        }
        Ok(Found { rows, total })
    }
}

/// The places of a list: of a night, of some nights, or of all.
pub(super) fn places(query: &ListQuery) -> (i64, i64) {
    match (query.day, query.until) {
        (Some(day), until) => (day_start(day), day_places(until.unwrap_or(day)).1),
        (None, Some(until)) => (1, day_places(until).1),
        (None, None) => (1, i64::MAX),
    }
}

/// Which rows are asked for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) question: Option<String>,
    status: Option<Status>,
    party_from: Option<u32>,
    /// Conditions on a row's own columns.
    columns: Vec<&'static str>,
}

impl Asked {
    fn of(query: &ListQuery) -> Self {
        let mut marks = Vec::new();
        let mut columns = Vec::new();
        marks.extend(query.promoter.as_deref().map(Mark::Promoter));
        marks.extend(query.origin.map(Mark::Origin));
        for only in &query.only {
            match only {
                Only::NoTable => marks.push(Mark::NoTable),
                Only::WithNotes => marks.push(Mark::Notes),
                Only::Partial => columns.push("attendance > 0 AND attendance < party"),
                Only::Excess => columns.push("attendance > party"),
                Only::Pending => columns.push("view IS NOT NULL"),
            }
        }
        Self {
            question: words::question(query.text.as_deref().unwrap_or_default(), &marks),
            status: query.status,
            party_from: query.party_from,
            columns,
        }
    }

    /// The condition on a range of places, and what it is bound to.
    fn condition(&self, from: i64, to: i64) -> (String, Vec<SqlValue>) {
        self.condition_on(self.by(), from, to)
    }

    /// Whether it asks for more than words and places.
    pub(super) fn looks_at_rows(&self) -> bool {
        self.status.is_some() || self.party_from.is_some() || !self.columns.is_empty()
    }

    /// The same where rows are counted by another table's place.
    pub(super) fn condition_on(&self, place: &str, from: i64, to: i64) -> (String, Vec<SqlValue>) {
        let found = self.question.as_ref().map_or("", |_| "find_# MATCH ?3 AND ");
        let mut text = format!("{found}{place} >= ?1 AND {place} < ?2");
        let mut bound = vec![SqlValue::from(from), SqlValue::from(to)];
        bound.extend(self.question.clone().map(SqlValue::from));
        if let Some(status) = self.status {
            bound.push(SqlValue::from(status.as_str().to_owned()));
            text.push_str(&format!(" AND status = ?{}", bound.len()));
        }
        if let Some(party) = self.party_from {
            bound.push(SqlValue::from(i64::from(party)));
            text.push_str(&format!(" AND party >= ?{}", bound.len()));
        }
        for column in &self.columns {
            text.push_str(" AND ");
            text.push_str(column);
        }
        (text, bound)
    }

    fn source(&self) -> &'static str {
        match self.question {
            Some(_) => "find_# CROSS JOIN row_# ON row_#.place = find_#.rowid",
            None => "row_#",
        }
    }

    /// The same for sums: by an index that holds what is added up, where words are asked for. By places alone SQLite chooses better itself.
    fn narrow_source(&self) -> &'static str {
        match self.question {
            Some(_) => "find_# CROSS JOIN row_# INDEXED BY row_#_totals ON row_#.place = find_#.rowid",
            None => self.source(),
        }
    }

    /// What rows are in the order of.
    fn by(&self) -> &'static str {
        match self.question {
            Some(_) => "find_#.rowid",
            None => "place",
        }
    }

    /// How many there are, by words and places alone: one letter may find all of 100,000, and no row is looked at.
    fn count(&self, slot: super::Slot<'_>, from: i64, to: i64) -> Result<u32> {
        let (condition, bound) = self.condition(from, to);
        let source = self.question.as_ref().map_or("row_#", |_| "find_#");
        let mut statement = slot.sql(&format!("SELECT COUNT(*) FROM {source} WHERE {condition}"))?;
        Ok(statement.query_row(params_from_iter(bound), |row| row.get(0))?)
    }

    fn totals(&self, slot: super::Slot<'_>, from: i64, to: i64) -> Result<ReservationPage> {
        let (condition, bound) = self.condition(from, to);
        let totals = slot
            .sql(&format!(
                "SELECT COUNT(*), COALESCE(SUM(party), 0), COALESCE(SUM(attendance), 0) FROM {} WHERE {condition}",
                self.narrow_source()
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
        bound.push(SqlValue::from(i64::from(limit)));
        bound.push(SqlValue::from(i64::from(offset)));
        let (limit, offset) = (bound.len() - 1, bound.len());
        let mut statement = slot.sql(&format!(
            "SELECT {COLUMNS} FROM {} WHERE {condition} ORDER BY {} {order} LIMIT ?{limit} OFFSET ?{offset}",
            self.source(),
            self.by()
        ))?;
        let rows = statement.query_map(params_from_iter(bound), raw)?;
        rows.map(|row| read(row?)).collect()
    }
}
