//! Guests: by code, by hand, and taken back.

use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::problem::Code;
use portero_protocol::ticket::{self, Reading};

use super::Door;
use crate::desk::Desk;
use crate::error::Result;
use crate::follow::Message;
use crate::verdict;
use crate::view::Answer;

impl Door {
    /// Whether these bytes are a ticket of this venue: a signed one that verifies with the keys known here, or an older form that the venue
    /// accepts. For the scanner, which lets a ticket fire on its first frame.
    #[must_use]
    pub fn is_ticket(&self, code: &[u8]) -> bool {
        let house = self.parts.known.house();
        match verdict::claim(code, house.as_deref()) {
            Ok(_) => true,
            // Before the first snapshot no signature can be checked; its form has to do.
            Err(_) => house.is_none() && matches!(ticket::read(code), Reading::Signed(_)),
        }
    }

    /// Decides about a code and records the entry where it admits.
    ///
    /// # Errors
    /// `disk_full`, `storage`: nothing was recorded, and nobody may be shown as admitted.
    pub async fn scan(&self, code: &[u8], quantity: u32) -> Result<Answer> {
        let code = code.to_vec();
        self.at_desk(move |desk| desk.scan(&code, quantity)).await
    }

    /// The reservation that a code is of, where one is known here; nothing is decided.
    ///
    /// # Errors
    /// `storage`: what is known cannot be read.
    pub async fn names(&self, code: &[u8]) -> Result<Option<ReservationId>> {
        let code = code.to_vec();
        self.parts.desk.ask(move |desk| desk.names(&code)).await
    }

    /// Admits by hand. `against` records whatever the verdict is, and opens a conflict at the hub.
    ///
    /// # Errors
    /// As [`Self::scan`]; `invalid_field` for a quantity out of range.
    pub async fn admit(&self, reservation: &ReservationId, quantity: u32, against: bool) -> Result<Answer> {
        let reservation = reservation.clone();
        self.at_desk(move |desk| desk.admit(reservation, quantity, against))
            .await
    }

    /// Takes an entry back.
    ///
    /// # Errors
    /// `not_found`, `undo_of_undo`; otherwise as [`Self::scan`].
    pub async fn undo(&self, entry: EntryId) -> Result<Answer> {
        self.at_desk(move |desk| desk.undo(entry)).await
    }

    /// At the desk, and then the link knows that entries are being made.
    async fn at_desk(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let answer = self.parts.desk.ask(work).await;
        match &answer {
            Ok(answer) if answer.entry.is_some() => {
                self.parts.view.change(|view| view.disk_full = false);
                self.tell_link(Message::Busy);
            }
            Err(error) if error.code == Code::DiskFull => {
                self.parts.view.change(|view| view.disk_full = true);
            }
            _ => {}
        }
        answer
    }
}
