//! What time it is at the hub: the offset of this device's clock, with how far it may be wrong.
//!
//! Each answer bounds the offset: the hub stamped it after the request left and before the answer arrived. A heartbeat bounds it from
//! below alone. What is known is the intersection of these bounds, widened by what a quartz clock drifts.

use portero_protocol::instant::Instant;

/// Parts per million that two clocks may drift apart.
const DRIFT_PPM: i64 = 50;
/// Entries say this where the offset was never measured: a day, as no bound is known.
pub(crate) const UNKNOWN_ERROR_MS: i64 = 24 * 60 * 60 * 1_000;
/// The hub's stamp and this device's clock both count whole milliseconds.
const GRAIN_MS: i64 = 1;

/// The measured offset. All times are Unix ms; `wall` is this device's clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    known: Option<Bounds>,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    low: i64,
    high: i64,
    wall: i64,
}

impl Bounds {
    fn at(self, wall: i64) -> Self {
        let drift = (wall - self.wall).abs() * DRIFT_PPM / 1_000_000;
        Self {
            low: self.low - drift,
            high: self.high + drift,
            wall,
        }
    }

    /// Both; where they contradict each other a clock was set, and the newer one is right.
    fn and(self, newer: Self) -> Self {
        let both = Self {
            low: self.low.max(newer.low),
            high: self.high.min(newer.high),
            wall: newer.wall,
        };
        if both.low <= both.high { both } else { newer }
    }
}

impl Clock {
    /// An answer that the hub stamped with `hub`, to a request that left at `sent` and whose answer arrived at `received`.
    pub(crate) fn answered(&mut self, hub: i64, sent: i64, received: i64) {
        if received < sent {
            // The clock was set back while the answer was on its way: it says nothing.
            return;
        }
        let measured = Bounds {
            low: hub - received - GRAIN_MS,
            high: hub - sent + GRAIN_MS,
            wall: received,
        };
        self.known = Some(match self.known {
            Some(known) => known.at(received).and(measured),
            None => measured,
        });
    }

    /// A heartbeat or event that the hub stamped with `hub` arrived: it cannot have been sent later than now.
    pub(crate) fn heard(&mut self, hub: i64, received: i64) {
        if let Some(known) = self.known {
            let known = known.at(received);
            let low = hub - received - GRAIN_MS;
            self.known = Some(Bounds {
                low: known.low.max(low),
                high: known.high.max(low),
                wall: received,
            });
        }
    }

    /// This device's clock was set: what was measured is no longer true.
    pub(crate) fn was_set(&mut self) {
        self.known = None;
    }

    /// What has to be added to this device's clock to get the hub's.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.known
            .map_or(0, |known| known.low + (known.high - known.low) / 2)
    }

    /// How far the offset may be wrong at `wall`; `None`: never measured.
    pub(crate) fn error_ms(&self, wall: i64) -> Option<i64> {
        self.known.map(|known| {
            let known = known.at(wall);
            (known.high - known.low + 1) / 2
        })
    }

    /// The hub's clock at `wall`, as known here.
    pub(crate) fn hub(&self, wall: i64) -> Instant {
        Instant::from_ms(wall.saturating_add(self.offset_ms()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn never_measured_is_said_and_counts_as_none() {
        let clock = Clock::default();
        assert_eq!((clock.offset_ms(), clock.error_ms(0)), (0, None));
    }

    #[test]
    fn better_answers_narrow_it_and_worse_ones_do_not_widen_it() {
        let mut clock = Clock::default();
        clock.answered(10_100, 0, 400);
        assert!(clock.error_ms(400).unwrap() > 190);
        clock.answered(11_005, 1_000, 1_010);
        let error = clock.error_ms(1_010).unwrap();
        assert!(error <= 7, "{error}");
        clock.answered(12_500, 2_000, 4_000);
        assert!(clock.error_ms(4_000).unwrap() <= 7);
        assert!((clock.offset_ms() - 10_000).abs() <= 7);
    }

    #[test]
    fn a_clock_that_was_set_is_measured_anew() {
        let mut clock = Clock::default();
        clock.answered(10_005, 0, 10);
        clock.answered(20_005, 4_000_000, 4_000_010);
        assert!((clock.offset_ms() + 3_980_000).abs() <= 7);
        clock.was_set();
        assert_eq!(clock.error_ms(0), None);
    }

    proptest! {
        /// Whatever the true offset and the delays are, the truth lies inside what the clock says.
        #[test]
        fn the_truth_is_inside_the_error(
            offset in -86_400_000i64..86_400_000,
            steps in prop::collection::vec((0i64..600_000, 0i64..800, 0i64..800, any::<bool>()), 1..40),
        ) {
            let mut clock = Clock::default();
            let mut wall = 1_700_000_000_000;
            for (pause, there, back, heartbeat) in steps {
                wall += pause;
                if heartbeat {
                    clock.heard(wall + offset, wall + back);
                } else {
                    clock.answered(wall + there + offset, wall, wall + there + back);
                }
                wall += there + back;
                if let Some(error) = clock.error_ms(wall) {
                    prop_assert!((clock.offset_ms() - offset).abs() <= error + 1, "{} ± {error}, true {offset}", clock.offset_ms());
                }
            }
        }
    }
}
