//! Reading and writing the columns' forms.

use jiff::civil::{Date, Time};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{wire_date, wire_time};
use rusqlite::Row;
use rusqlite::types::FromSql;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A column that does not hold what its table promises.
pub(super) fn damaged(column: &str) -> Error {
    Error::new(
        Code::Storage,
        format!(
            "The database holds something unreadable in `{column}`: run `portero-hub check`, or restore a backup"
        ),
    )
}

pub(super) fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T> {
    Ok(row.get(column)?)
}

pub(super) fn uuid(row: &Row<'_>, column: &str) -> Result<Uuid> {
    Ok(Uuid::from_bytes(row.get::<_, [u8; 16]>(column)?))
}

pub(super) fn maybe_uuid(row: &Row<'_>, column: &str) -> Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

pub(super) fn instant(row: &Row<'_>, column: &str) -> Result<Instant> {
    Ok(Instant::from_ms(row.get(column)?))
}

pub(super) fn maybe_instant(row: &Row<'_>, column: &str) -> Result<Option<Instant>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Instant::from_ms))
}

pub(super) fn date(row: &Row<'_>, column: &str) -> Result<Date> {
    let text: String = row.get(column)?;
    wire_date::parse(&text).ok_or_else(|| damaged(column))
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Time> {
    let text: String = row.get(column)?;
    wire_time::parse(&text).ok_or_else(|| damaged(column))
}

/// A column that holds a name of the wire, as a role or a state.
pub(super) fn named<T>(row: &Row<'_>, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    let text: String = row.get(column)?;
    read(&text).ok_or_else(|| damaged(column))
}

/// Positions and counters are unsigned outside and signed in SQLite.
pub(super) fn counter(row: &Row<'_>, column: &str) -> Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged(column))
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
