//! Who was found in the last moment, and how.

use std::time::{Duration, Instant};

use portero_protocol::ids::ReservationId;

use super::Way;
use crate::view::Answer;

/// What was found within the pause, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Moment(Vec<Sight>);

#[derive(Debug)]
struct Sight {
    at: Instant,
    way: Way,
    code: Option<Vec<u8>>,
    answer: Answer,
    /// Other ways that found the same guest. Each does so once: the next time it is the next guest.
    met: Vec<Way>,
}

impl Moment {
    /// Leaves out what was longer ago.
    pub(super) fn pass(&mut self, now: Instant, pause: Duration) {
        self.0
            .retain(|sight| now.saturating_duration_since(sight.at) < pause);
    }

    pub(super) fn keep(&mut self, now: Instant, way: Way, code: Option<&[u8]>, answer: &Answer) {
        self.0.push(Sight {
            at: now,
            way,
            code: code.map(<[u8]>::to_vec),
            answer: answer.clone(),
            met: Vec::new(),
        });
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Whether somebody was found by name, so that a code may be theirs.
    pub(super) fn searched(&self) -> bool {
        self.0.iter().any(|sight| sight.way == Way::Search)
    }

    /// What was answered to the same code, read another way.
    pub(super) fn read(&mut self, code: &[u8], way: Way) -> Option<Answer> {
        self.other(way, |sight| sight.code.as_deref() == Some(code))
    }

    /// What was answered about the same reservation, found another way.
    pub(super) fn found(&mut self, reservation: &ReservationId, way: Way) -> Option<Answer> {
        self.other(way, |sight| {
            sight.answer.reservation.as_ref() == Some(reservation)
        })
    }

    /// The same way twice is two guests: each way has its own rule for that.
    fn other(&mut self, way: Way, same: impl Fn(&Sight) -> bool) -> Option<Answer> {
        let is_other = |sight: &&mut Sight| sight.way != way && !sight.met.contains(&way) && same(sight);
        let sight = self.0.iter_mut().rev().find(is_other)?;
        sight.met.push(way);
        Some(sight.answer.clone())
    }
}
