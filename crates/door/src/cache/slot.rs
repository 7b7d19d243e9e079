//! The two slots of `cache.db`, and the place that a row has in lists.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use portero_protocol::reservation::Reservation;
use rusqlite::{CachedStatement, Connection};

use crate::error::Result;
use crate::verdict::House;

const EPOCH: Date = date(1970, 1, 1);
/// Bits of the number that tells rows of one minute apart.
const NUMBER_BITS: u32 = 20;
/// Bits of the minute within a venue day (one of 25 hours has 1,500).
const MINUTE_BITS: u32 = 11;
const DAY_BITS: u32 = NUMBER_BITS + MINUTE_BITS;

/// A slot's tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'db> {
    pub(crate) db: &'db Connection,
    pub(crate) number: u8,
}

impl<'db> Slot<'db> {
    /// A statement on this slot's tables, whose names end in `_#`.
    pub(crate) fn sql(&self, text: &str) -> Result<CachedStatement<'db>> {
        let digit = if self.number == 0 { "0" } else { "1" };
        Ok(self.db.prepare_cached(&text.replace('#', digit))?)
    }
}

/// The first place of a venue day.
pub(crate) fn day_start(day: Date) -> i64 {
    let days = day.since(EPOCH).map_or(0, |span| i64::from(span.get_days()));
    days.max(0) << DAY_BITS
}

/// The places of a venue day: from the first, up to but not including the second.
pub(crate) fn day_places(day: Date) -> (i64, i64) {
    (day_start(day), day_start(day.saturating_add(1.day())))
}

/// The venue day of a place.
pub(crate) fn day_of(place: i64) -> Date {
    EPOCH.saturating_add((place.abs() >> DAY_BITS).days())
}

/// The first place of a row's minute; the places of that minute go up to the next one's.
pub(crate) fn minute_start(house: &House, row: &Reservation) -> i64 {
    let at = house.calendar.instant(row.date, row.time);
    let day = house.calendar.day(at);
    let minute = (at.ms() - house.calendar.start(day).ms()) / 60_000;
    day_start(day) + (minute.clamp(0, (1 << MINUTE_BITS) - 1) << NUMBER_BITS)
}

/// How many places a minute has.
pub(crate) const MINUTE_PLACES: i64 = 1 << NUMBER_BITS;
