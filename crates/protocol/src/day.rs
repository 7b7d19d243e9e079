//! The venue's day: from its cutoff (default 04:00) to the next. 01:30 on the 17th belongs to the day of the 16th.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::instant::Instant;
use crate::problem::Invalid;
use crate::venue::Venue;

/// How long before its day a ticket is good, in ms.
const TICKET_EARLY_MS: i64 = 2 * 60 * 60 * 1_000;

/// How a venue counts its days.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    cutoff: Time,
}

impl Calendar {
    /// The calendar of a venue.
    ///
    /// # Errors
    /// Its time zone is in no database here.
    pub fn of(venue: &Venue) -> Result<Self, Invalid> {
        Ok(Self::new(venue.zone()?, venue.cutoff))
    }

    /// A calendar with that zone and cutoff.
    #[must_use]
    pub fn new(zone: TimeZone, cutoff: Time) -> Self {
        Self { zone, cutoff }
    }

    /// The instant of a wall clock. An hour that the clock skips moves forward; one that it doubles is the first.
    #[must_use]
    pub fn instant(&self, date: Date, time: Time) -> Instant {
        // jiff's "compatible" reading is exactly that rule. It fails only beyond the year 9999.
        let stamp = self
            .zone
            .to_ambiguous_timestamp(date.to_datetime(time))
            .compatible()
            .unwrap_or(Timestamp::MAX);
        Instant::from_ms(stamp.as_millisecond())
    }

    /// When a venue's day starts; the day before ends there.
    #[must_use]
    pub fn start(&self, day: Date) -> Instant {
        self.instant(day, self.cutoff)
    }

    /// When a venue's day ends.
    #[must_use]
    pub fn end(&self, day: Date) -> Instant {
        self.start(day.saturating_add(1.day()))
    }

    /// The venue's day of an instant.
    #[must_use]
    pub fn day(&self, instant: Instant) -> Date {
        let stamp = Timestamp::from_millisecond(instant.ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = self.zone.to_datetime(stamp).date();
        // Decided by the days' own starts: the latest that has begun. So an hour that the clock doubles around the cutoff has one
        // day, and a calendar day that a zone skipped (Apia, 2011-12-30) has none.
        [1, 0, -1, -2]
            .into_iter()
            .map(|days: i64| date.saturating_add(days.days()))
            .find(|day| self.start(*day) <= instant)
            .unwrap_or(date)
    }

    /// The venue's day of a reservation's date and time.
    #[must_use]
    pub fn day_of(&self, date: Date, time: Time) -> Date {
        self.day(self.instant(date, time))
    }

    /// When tickets of a venue's day are good: from 2 h before it starts to its end.
    #[must_use]
    pub fn ticket_window(&self, day: Date) -> (Instant, Instant) {
        (self.start(day).plus_ms(-TICKET_EARLY_MS), self.end(day))
    }

    /// The wall clock of an instant, for people.
    #[must_use]
    pub fn wall(&self, instant: Instant) -> (Date, Time) {
        let stamp = Timestamp::from_millisecond(instant.ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        let wall = self.zone.to_datetime(stamp);
        (wall.date(), wall.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn calendar(zone: &str, hour: i8, minute: i8) -> Calendar {
        Calendar::new(TimeZone::get(zone).unwrap(), time(hour, minute, 0, 0))
    }

    #[test]
    fn after_midnight_still_belongs_to_the_night_before() {
        let calendar = calendar("America/Guayaquil", 4, 0);
        assert_eq!(
            calendar.day_of(date(2026, 10, 17), time(1, 30, 0, 0)),
            date(2026, 10, 16)
        );
        assert_eq!(
            calendar.day_of(date(2026, 10, 17), time(3, 59, 0, 0)),
            date(2026, 10, 16)
        );
        assert_eq!(
            calendar.day_of(date(2026, 10, 17), time(4, 0, 0, 0)),
            date(2026, 10, 17)
        );
    }

    #[test]
    fn an_hour_that_the_clock_skips_moves_forward_and_one_that_it_doubles_is_the_first() {
        let madrid = calendar("Europe/Madrid", 4, 0);
        // 2026-03-29: 02:00 becomes 03:00.
        assert_eq!(
            madrid.instant(date(2026, 3, 29), time(2, 30, 0, 0)).to_string(),
            "2026-03-29T01:30:00.000Z"
        );
        // 2026-10-25: 03:00 becomes 02:00; 02:30 comes twice.
        assert_eq!(
            madrid.instant(date(2026, 10, 25), time(2, 30, 0, 0)).to_string(),
            "2026-10-25T00:30:00.000Z"
        );
    }

    #[test]
    fn a_cutoff_inside_a_doubled_hour_starts_the_day_once() {
        let madrid = calendar("Europe/Madrid", 2, 30);
        let first: Instant = "2026-10-25T00:30:00Z".parse().unwrap();
        let second_pass_before_the_cutoff: Instant = "2026-10-25T01:10:00Z".parse().unwrap();
        assert_eq!(madrid.day(first), date(2026, 10, 25));
        assert_eq!(madrid.day(second_pass_before_the_cutoff), date(2026, 10, 25));
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_exactly_its_day(
            ms in 0i64..4_102_444_800_000,
            hour in 0i8..24,
            minute in 0i8..60,
            zone in prop::sample::select(vec!["America/Guayaquil", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
        ) {
            let calendar = calendar(zone, hour, minute);
            let instant = Instant::from_ms(ms);
            let day = calendar.day(instant);
            prop_assert!(calendar.start(day) <= instant, "{day} starts after {instant}");
            prop_assert!(instant < calendar.end(day), "{day} ends before {instant}");
        }
    }
}
