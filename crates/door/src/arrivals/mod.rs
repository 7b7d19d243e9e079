//! Where camera, hand scanner and search meet: what they find goes to the door one after the other, and a guest whom two of them
//! find at the same moment is one guest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portero_protocol::ids::{EntryId, ReservationId};
use tokio::sync::Mutex;

use crate::door::Door;
use crate::error::Result;
use crate::view::Answer;

use moment::Moment;

mod moment;

/// How a guest was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The camera read the code.
    Camera,
    /// A hand scanner read it, or somebody typed or pasted it.
    Scanner,
    /// Somebody looked for the name.
    Search,
}

/// A guest who was found.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What the door decided.
    pub answer: Answer,
    /// Another way had found the same guest a moment ago: this is the answer of then, and nothing was recorded now.
    pub again: bool,
}

/// The way of guests to the door, shared by whatever finds them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Arrivals {
    door: Door,
    pause: Duration,
    /// Held while one is being decided: the next one may be the same guest.
    moment: Arc<Mutex<Moment>>,
}

impl Arrivals {
    /// `pause`: what finds a guest again within it, by another way, found the same one.
    #[must_use]
    pub fn new(door: Door, pause: Duration) -> Self {
        Self {
            door,
            pause,
            moment: Arc::default(),
        }
    }

    /// Decides about a code that was read.
    ///
    /// # Errors
    /// As [`Door::scan`]: nothing was recorded.
    pub async fn scan(&self, code: &[u8], quantity: u32, way: Way) -> Result<Arrival> {
        let mut moment = self.moment.lock().await;
        moment.pass(Instant::now(), self.pause);
        let known = match moment.read(code, way) {
            Some(answer) => Some(answer),
            // Only the door knows whose code it is, and it is asked only where that matters.
            None if moment.searched() => match self.door.names(code).await? {
                Some(reservation) => moment.found(&reservation, way),
                None => None,
            },
            None => None,
        };
        if let Some(answer) = known {
            return Ok(Arrival { answer, again: true });
        }
        let answer = self.door.scan(code, quantity).await?;
        moment.keep(Instant::now(), way, Some(code), &answer);
        Ok(Arrival { answer, again: false })
    }

    /// Admits somebody who was found by name.
    ///
    /// # Errors
    /// As [`Door::admit`]: nothing was recorded.
    pub async fn found(&self, reservation: &ReservationId, quantity: u32) -> Result<Arrival> {
        let mut moment = self.moment.lock().await;
        moment.pass(Instant::now(), self.pause);
        if let Some(answer) = moment.found(reservation, Way::Search) {
            return Ok(Arrival { answer, again: true });
        }
        let answer = self.door.admit(reservation, quantity, false).await?;
        moment.keep(Instant::now(), Way::Search, None, &answer);
        Ok(Arrival { answer, again: false })
    }

    /// Takes an entry back. Whoever is found from now on is found anew.
    ///
    /// # Errors
    /// As [`Door::undo`].
    pub async fn undo(&self, entry: EntryId) -> Result<Answer> {
        let mut moment = self.moment.lock().await;
        let answer = self.door.undo(entry).await?;
        moment.forget();
        Ok(answer)
    }
}
