//! Nights in numbers.

use jiff::ToSpan;
use jiff::civil::Date;
use portero_protocol::problem::Code;

use super::Door;
use crate::cache::Tallies;
use crate::error::{DoorError, Result};
use crate::view::{NightsReport, Range, Tonight};

/// Nights that are counted at a time: a search in between waits some milliseconds.
const NIGHTS: i32 = 7;
/// The longest range of a report, in nights: two years.
const LONGEST: i32 = 731;

impl Door {
    /// Tonight in numbers.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`.
    pub async fn tonight(&self) -> Result<Tonight> {
        let day = self.tonights_day().ok_or_else(unknown_venue)?;
        self.night(day).await
    }

    /// A night in numbers. A door holds the nights around tonight, a manager's device all of them.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`.
    pub async fn night(&self, day: Date) -> Result<Tonight> {
        let house = self.parts.known.house().ok_or_else(unknown_venue)?;
        let over = self.tonights_day().is_some_and(|tonight| day < tonight);
        self.read(move |reads| reads.night(&house, day, over)).await
    }

    /// Nights summed up.
    ///
    /// # Errors
    /// `invalid_field`: the range ends before it starts, or is longer than two years. `not_found` before the first snapshot; `storage`.
    pub async fn report(&self, range: Range) -> Result<NightsReport> {
        let tonight = self.tonights_day().ok_or_else(unknown_venue)?;
        let nights = range.from.until(range.to).map_or(-1, |span| span.get_days());
        if !(0..LONGEST).contains(&nights) {
            return Err(DoorError::new(
                Code::InvalidField,
                "a report is about at most two years, and ends after it starts",
            ));
        }
        let mut tallies = Tallies::default();
        let mut from = range.from;
        while from <= range.to {
            let to = from.saturating_add((NIGHTS - 1).days()).min(range.to);
            let some = Range { from, to };
            tallies = self
                .read(move |reads| reads.tally(some, tonight, tallies))
                .await?;
            from = to.saturating_add(1.day());
        }
        Ok(tallies.report())
    }
}

fn unknown_venue() -> DoorError {
    DoorError::new(
        Code::NotFound,
        "this device has never reached its hub: the venue is not known yet",
    )
}
