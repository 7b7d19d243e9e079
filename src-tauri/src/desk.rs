//! Guests go to the door here, and what was decided is heard.

use std::time::Duration;

use portero_door::view::Answer;
use portero_door::{Arrival, Arrivals, Door, Way};
use portero_protocol::ids::{EntryId, ReservationId};

use crate::error::Result;
use crate::sound::{Meaning, Speaker};

/// The door with its voice, for camera, hand scanner and search.
#[derive(Clone)]
pub(crate) struct Desk {
    door: Door,
    arrivals: Arrivals,
    speaker: Speaker,
}

impl Desk {
    /// `pause`: as of [`Arrivals::new`].
    pub(crate) fn new(door: Door, speaker: Speaker, pause: Duration) -> Self {
        Self {
            arrivals: Arrivals::new(door.clone(), pause),
            door,
            speaker,
        }
    }

    /// Whether these bytes are a ticket.
    pub(crate) fn is_ticket(&self, code: &[u8]) -> bool {
        self.door.is_ticket(code)
    }

    /// Decides about a code that was read.
    ///
    /// # Errors
    /// Nothing was recorded.
    pub(crate) async fn scan(&self, code: &[u8], quantity: u32, way: Way) -> Result<Answer> {
        Ok(self.arrived(self.arrivals.scan(code, quantity, way).await?))
    }

    /// Admits somebody who was found by name.
    ///
    /// # Errors
    /// Nothing was recorded.
    pub(crate) async fn found(&self, reservation: &ReservationId, quantity: u32) -> Result<Answer> {
        Ok(self.arrived(self.arrivals.found(reservation, quantity).await?))
    }

    /// Admits more of a reservation whose verdict is on the screen, or against the verdict: a person decided it.
    ///
    /// # Errors
    /// Nothing was recorded.
    pub(crate) async fn admit(
        &self,
        reservation: &ReservationId,
        quantity: u32,
        against: bool,
    ) -> Result<Answer> {
        Ok(self.heard(self.door.admit(reservation, quantity, against).await?))
    }

    /// Takes an entry back.
    ///
    /// # Errors
    /// Nothing was recorded.
    pub(crate) async fn undo(&self, entry: EntryId) -> Result<Answer> {
        Ok(self.heard(self.arrivals.undo(entry).await?))
    }

    /// A guest who was found again has been heard already.
    fn arrived(&self, arrival: Arrival) -> Answer {
        if arrival.again {
            arrival.answer
        } else {
            self.heard(arrival.answer)
        }
    }

    fn heard(&self, answer: Answer) -> Answer {
        self.speaker.play(Meaning::of(&answer));
        answer
    }
}
