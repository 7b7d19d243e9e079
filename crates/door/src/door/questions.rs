//! What is asked of what is known here.

use jiff::civil::Date;
use portero_protocol::conflict::Conflict;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;

use super::Door;
use crate::cache::Reads;
use crate::error::{DoorError, Result};
use crate::view::{DayLoad, ListQuery, Recent, ReservationPage, Sheet, Tonight};

impl Door {
    /// Finds reservations by what a person types: tonight's first, then later ones, then past ones.
    ///
    /// # Errors
    /// `storage`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<ReservationPage> {
        let text = text.to_owned();
        let tonight = self.tonights_day();
        self.read(move |reads| reads.search(&text, tonight, limit)).await
    }

    /// A page of a list.
    ///
    /// # Errors
    /// `storage`.
    pub async fn list(&self, query: ListQuery) -> Result<ReservationPage> {
        self.read(move |reads| reads.list(&query)).await
    }

    /// One reservation with its entries.
    ///
    /// # Errors
    /// `not_found`; `storage`.
    pub async fn get(&self, reservation: &ReservationId) -> Result<Sheet> {
        let reservation = reservation.clone();
        self.read(move |reads| reads.sheet(&reservation)).await
    }

    /// This door's last entries, newest first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn recent(&self, limit: u32) -> Result<Vec<Recent>> {
        self.read(move |reads| reads.recent(limit)).await
    }

    /// Tonight in numbers.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`.
    pub async fn tonight(&self) -> Result<Tonight> {
        let house = self.parts.known.house().ok_or_else(|| {
            DoorError::new(
                Code::NotFound,
                "this device has never reached its hub: the venue is not known yet",
            )
        })?;
        let day = house.calendar.day(self.parts.known.hub_now());
        self.read(move |reads| reads.night(&house, day)).await
    }

    /// Reservations and people by venue day of a month; `month` is any day of it. Days without any are left out.
    ///
    /// # Errors
    /// `storage`.
    pub async fn month_load(&self, month: Date) -> Result<Vec<DayLoad>> {
        self.read(move |reads| reads.month_load(month)).await
    }

    /// The conflicts that are known here, open ones first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        self.read(|reads| reads.conflicts()).await
    }

    /// From the cache, with everything in it that was recorded here before.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Reads) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        if !self.parts.unshown.none() {
            self.parts.cache.ask(|_| Ok(())).await?;
        }
        self.parts.reads.ask(move |reads| work(reads)).await
    }

    /// The venue day of this moment; `None` before the first snapshot.
    pub(crate) fn tonights_day(&self) -> Option<Date> {
        let house = self.parts.known.house()?;
        Some(house.calendar.day(self.parts.known.hub_now()))
    }
}
