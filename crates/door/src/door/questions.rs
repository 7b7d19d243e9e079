//! What is asked of what is known here.

use jiff::civil::Date;
use portero_protocol::conflict::Conflict;
use portero_protocol::ids::ReservationId;

use super::Door;
use crate::cache::Reads;
use crate::error::Result;
use crate::facts::ItemId;
use crate::view::{
    DayLoad, DeliveryState, Found, ListQuery, PromoterCount, Recent, ReservationPage, Row, Sheet,
};

impl Door {
    /// Finds reservations by what a person types: tonight's first, then later ones, then past ones.
    ///
    /// # Errors
    /// `storage`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Found> {
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

    /// These reservations in this order, as for a list's file; those that are deleted meanwhile are left out.
    ///
    /// # Errors
    /// `storage`.
    pub async fn rows(&self, ids: Vec<ReservationId>) -> Result<Vec<Row>> {
        self.read(move |reads| reads.rows(&ids)).await
    }

    /// The ids of what a list shows, in its order: at most `most`, and one more where there are more.
    ///
    /// # Errors
    /// `storage`.
    pub async fn ids(&self, query: ListQuery, most: u32) -> Result<Vec<ReservationId>> {
        self.read(move |reads| reads.ids(&query, most)).await
    }

    /// Who brings the parties that a list shows, by name.
    ///
    /// # Errors
    /// `storage`.
    pub async fn promoters(&self, query: ListQuery) -> Result<Vec<PromoterCount>> {
        self.read(move |reads| reads.promoters(&query)).await
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
        let under_way = self.parts.under_way.clone();
        self.read(move |reads| {
            let mut recent = reads.recent(limit)?;
            for line in &mut recent {
                if line.delivery == DeliveryState::Pending && under_way.holds(ItemId::Entry(line.entry.id)) {
                    line.delivery = DeliveryState::Sent;
                }
            }
            Ok(recent)
        })
        .await
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
        self.all_shown().await?;
        self.parts.reads.ask(move |reads| work(reads)).await
    }

    /// Waits until everything that was recorded here before is in the cache.
    pub(super) async fn all_shown(&self) -> Result<()> {
        if self.parts.unshown.none() {
            return Ok(());
        }
        self.parts.cache.ask(|_| Ok(())).await
    }

    /// The venue day of this moment; `None` before the first snapshot.
    pub(crate) fn tonights_day(&self) -> Option<Date> {
        let house = self.parts.known.house()?;
        Some(house.calendar.day(self.parts.known.hub_now()))
    }
}
