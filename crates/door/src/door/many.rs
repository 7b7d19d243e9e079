//! Many reservations at once. Each call keeps all of its writes or none, and sends them when the hub can be reached.

use portero_protocol::ids::ReservationId;

use super::Door;
use crate::desk::Desk;
use crate::error::Result;
use crate::view::{BulkChange, Edit, ImportedMany, ListedDraft, SavedMany};

impl Door {
    /// Makes the same change of at most [`crate::view::MANY_MAX`] reservations, each on what is known of it here now.
    ///
    /// # Errors
    /// `forbidden`, the field that breaks a rule; `disk_full`, `storage`.
    pub async fn change_many(&self, change: BulkChange) -> Result<SavedMany> {
        let role = self.parts.view.get().role;
        self.keep_at_desk(move |desk| desk.change_many(change, role))
            .await
    }

    /// Makes at most [`crate::view::MANY_MAX`] edits: an undo.
    ///
    /// # Errors
    /// As [`Door::change_many`].
    pub async fn edit_many(&self, edits: Vec<Edit>) -> Result<SavedMany> {
        let role = self.parts.view.get().role;
        self.keep_at_desk(move |desk| desk.edit_many(edits, role)).await
    }

    /// Deletes at most [`crate::view::MANY_MAX`] reservations that were made by mistake.
    ///
    /// # Errors
    /// As [`Door::change_many`].
    pub async fn delete_many(&self, ids: Vec<ReservationId>) -> Result<SavedMany> {
        let role = self.parts.view.get().role;
        self.keep_at_desk(move |desk| desk.delete_many(ids, role)).await
    }

    /// Takes at most [`crate::view::MANY_MAX`] rows of another program's list. A row that was taken before is left.
    ///
    /// # Errors
    /// `forbidden`, `not_found` before the hub was ever reached; `disk_full`, `storage`. A row that breaks a rule fails alone.
    pub async fn import(&self, rows: Vec<ListedDraft>) -> Result<ImportedMany> {
        let role = self.parts.view.get().role;
        self.keep_at_desk(move |desk| desk.import(rows, role)).await
    }

    /// At the desk, which sees everything that was kept here before.
    async fn keep_at_desk<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.all_shown().await?;
        self.parts.desk.ask(work).await
    }
}
