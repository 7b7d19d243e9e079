//! The last hour, minute by minute: what the badge draws.

use std::collections::VecDeque;

use crate::view::HourMinute;

/// Minutes that are kept.
const MINUTES: u64 = 60;

/// What was measured in the last hour. Minutes are counted by a clock that only goes forward.
#[derive(Debug, Default)]
pub(crate) struct Hour(VecDeque<(u64, HourMinute)>);

impl Hour {
    /// The running minute.
    pub(crate) fn minute(&mut self, minute: u64) -> &mut HourMinute {
        if self.0.back().is_none_or(|(at, _)| *at < minute) {
            self.0.push_back((minute, HourMinute::default()));
        }
        while self.0.front().is_some_and(|(at, _)| at + MINUTES <= minute) {
            self.0.pop_front();
        }
        // There is one: it was pushed, or was there.
        let last = self.0.len() - 1;
        &mut self.0[last].1
    }

    /// Sixty minutes, the running one last; those of which nothing is known are empty.
    pub(crate) fn minutes(&self, now: u64) -> Vec<HourMinute> {
        (0..MINUTES)
            .map(|ago| (now + 1 + ago).checked_sub(MINUTES))
            .map(|minute| {
                self.0
                    .iter()
                    .find(|(at, _)| Some(*at) == minute)
                    .map(|(_, measured)| *measured)
                    .unwrap_or_default()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sixty_minutes_are_there_and_no_more() {
        let mut hour = Hour::default();
        hour.minute(0).requests += 7;
        hour.minute(3).requests += 1;
        assert_eq!(hour.minutes(3).len(), 60);
        assert_eq!(hour.minutes(3)[59].requests, 1);
        assert_eq!(hour.minutes(3)[56].requests, 7);
        assert_eq!(hour.minutes(60)[0].requests, 0);
        assert_eq!(hour.minutes(60)[2].requests, 1);
        hour.minute(70).requests += 1;
        assert_eq!(hour.0.len(), 1);
    }
}
