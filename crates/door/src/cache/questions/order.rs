//! Pages of a list in another order than that of nights and hours.
//!
//! First the places of the page, from the narrow tables and the index that hold nothing but what is sorted by; then those few rows. So a page of
//! 100,000 reservations by name costs one look over 100,000 short keys, and none over their contents.

use portero_protocol::reservation::Status;
use rusqlite::params_from_iter;
use rusqlite::types::Value as SqlValue;

use super::super::Slot;
use super::lists::{Asked, places};
use super::{COLUMNS, raw, read};
use crate::error::Result;
use crate::view::{ListQuery, Order, Row};

/// The states as a night goes through them.
fn by_state() -> String {
    let places: String = (0..)
        .zip(Status::ALL)
        .map(|(place, status)| format!(" WHEN '{}' THEN {place}", status.as_str()))
        .collect();
    format!("CASE row_#.status{places} END")
}

impl Asked {
    /// The places of a page in the order that a list is asked for in.
    pub(super) fn sorted(
        &self,
        slot: Slot<'_>,
        query: &ListQuery,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<i64>> {
        let (from, to) = places(query);
        let key = match query.order {
            Order::Hour => None,
            Order::Client => Some("sort_#.name".to_owned()),
            Order::Table => Some("sort_#.seat".to_owned()),
            Order::Promoter => Some("sort_#.promoter".to_owned()),
            Order::Party => Some("row_#.party".to_owned()),
            Order::Status => Some(by_state()),
        };
        let narrow = key.as_ref().is_some_and(|key| key.starts_with("sort_#"));
        let wide = !narrow || self.looks_at_rows();
        let mut tables: Vec<&str> = Vec::new();
        tables.extend(self.question.as_ref().map(|_| "find_#"));
        tables.extend(narrow.then_some("sort_#"));
        tables.extend(wide.then_some("row_#"));
        let place = |table: &str| format!("{table}.{}", if table == "find_#" { "rowid" } else { "place" });
        let first = place(tables.first().copied().unwrap_or("row_#"));
        let mut source = String::new();
        for table in tables {
            if source.is_empty() {
                source.push_str(table);
            } else {
                source.push_str(&format!(" CROSS JOIN {table} ON {} = {first}", place(table)));
            }
        }
        // Of every night's, the index has all that is looked at; of one, its rows are fewer.
        if source == "row_#" && query.day.is_none() && key.is_some() {
            source.push_str(" INDEXED BY row_#_counts");
        }
        let (condition, mut bound) = self.condition_on(&first, from, to);
        bound.push(SqlValue::from(i64::from(limit)));
        bound.push(SqlValue::from(i64::from(offset)));
        let way = if query.descending { "DESC" } else { "ASC" };
        let by = match key {
            Some(key) => format!("{key} {way} NULLS LAST, {first}"),
            None => format!("{first} {way}"),
        };
        let mut statement = slot.sql(&format!(
            "SELECT {first} FROM {source} WHERE {condition} ORDER BY {by} LIMIT ?{} OFFSET ?{}",
            bound.len() - 1,
            bound.len()
        ))?;
        let found = statement.query_map(params_from_iter(bound), |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The rows of a page in that order.
    pub(super) fn sorted_rows(
        &self,
        slot: Slot<'_>,
        query: &ListQuery,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Row>> {
        let mut at = slot.sql(&format!("SELECT {COLUMNS} FROM row_# WHERE place = ?1"))?;
        self.sorted(slot, query, limit, offset)?
            .into_iter()
            .map(|place| read(at.query_row([place], raw)?))
            .collect()
    }
}
