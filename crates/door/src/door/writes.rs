//! Reservations: created, edited, deleted here; and what only the hub can do.

use portero_protocol::conflict::Conflict;
use portero_protocol::device::Role;
use portero_protocol::history::EditRecord;
use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch};
use reqwest::Method;

use super::Door;
use crate::error::{DoorError, Result};
use crate::facts::{Write, WriteBody};
use crate::hub::{Hub, WriteRequest};
use crate::known::wall_ms;
use crate::shell::courier::decision;
use crate::view::{Decision, Saved, Sheet};

impl Door {
    /// Creates a reservation; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// The field that breaks a rule; `walk_in_only` for a door; `disk_full`, `storage`.
    pub async fn create(&self, draft: Draft) -> Result<Saved> {
        let role = self.parts.view.get().role;
        let write = self.parts.desk.ask(move |desk| desk.create(draft, role)).await?;
        self.saved(write).await
    }

    /// Edits a reservation that had that version; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, the field that breaks a rule; `disk_full`, `storage`.
    pub async fn update(&self, reservation: &ReservationId, updates: Patch, version: u64) -> Result<Saved> {
        let (reservation, role) = (reservation.clone(), self.parts.view.get().role);
        let write = self
            .parts
            .desk
            .ask(move |desk| desk.update(reservation, updates, version, role))
            .await?;
        self.saved(write).await
    }

    /// Deletes a reservation that was made by mistake; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`; `disk_full`, `storage`.
    pub async fn delete(&self, reservation: &ReservationId, version: u64) -> Result<Saved> {
        let (reservation, role) = (reservation.clone(), self.parts.view.get().role);
        let write = self
            .parts
            .desk
            .ask(move |desk| desk.delete(reservation, version, role))
            .await?;
        self.saved(write).await
    }

    /// Decides a conflict. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn resolve(&self, decided: Decision) -> Result<Conflict> {
        let body = decision(&decided.outcome, decided.note.as_deref());
        let conflict = self
            .hub()?
            .resolve(&decided.id.to_string(), body, OpId::new(wall_ms()))
            .await?;
        let kept = conflict.clone();
        self.parts
            .cache
            .ask(move |cache| cache.take_conflict(&kept))
            .await?;
        Ok(conflict)
    }

    /// Issues a reservation's ticket anew; the older one is no longer good. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn reissue(&self, reservation: &ReservationId) -> Result<Sheet> {
        let path = format!("api/reservas/{reservation}/reemitir");
        self.hub()?
            .write(WriteRequest {
                method: Method::POST,
                path,
                body: None,
                version: None,
                op: OpId::new(wall_ms()),
            })
            .await?;
        self.fetch(reservation).await?;
        self.get(reservation).await
    }

    /// A reservation's ticket code, for its QR. A manager's device gets it from the hub. A walk-in that was made here has one that this device signs
    /// itself, within its allotment, also without the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says. `walk_in_only`: no allotment, or no room in it. `forbidden`: a door and no walk-in of its own.
    pub async fn ticket(&self, reservation: &ReservationId) -> Result<String> {
        let unreachable = if self.parts.view.get().role == Some(Role::Manager) {
            match self.fetch(reservation).await {
                Ok(Some(code)) => return Ok(code),
                Ok(None) => None,
                // The hub may not know what was made here a moment ago.
                Err(error) if matches!(error.code, Code::HubUnreachable | Code::NotFound) => Some(error),
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        let id = reservation.clone();
        let signed = self.parts.desk.ask(move |desk| desk.walk_in_ticket(&id)).await?;
        signed.ok_or_else(|| {
            unreachable.unwrap_or_else(|| {
                DoorError::new(
                    Code::Forbidden,
                    "a door shows the tickets of walk-ins that it made itself; others are a manager's",
                )
            })
        })
    }

    /// Who changed what in a reservation, oldest first. Needs the hub, which tells managers alone: others get nothing.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn history(&self, reservation: &ReservationId) -> Result<Vec<EditRecord>> {
        Ok(self.hub()?.history(reservation).await?.edits)
    }

    async fn saved(&self, write: Write) -> Result<Saved> {
        let (op, id) = (write.id, write.reservation);
        let row = match write.body {
            WriteBody::Delete { .. } => None,
            WriteBody::Create { .. } | WriteBody::Update { .. } => Some(self.get(&id).await?.row),
        };
        Ok(Saved { op, row })
    }

    /// Has one reservation fetched from the hub and kept; gives its ticket's code where the hub tells it.
    async fn fetch(&self, reservation: &ReservationId) -> Result<Option<String>> {
        let detail = self.hub()?.reservation(reservation).await?;
        let code = detail.reservation.code.clone();
        let announcer = self.parts.announcer.clone();
        self.parts
            .cache
            .ask(move |cache| {
                announcer.changed(cache.take_detail(&detail)?);
                Ok(())
            })
            .await?;
        Ok(code)
    }

    pub(super) fn hub(&self) -> Result<&Hub> {
        self.parts
            .hub
            .as_deref()
            .ok_or_else(|| DoorError::unreachable("this device has none"))
    }
}
