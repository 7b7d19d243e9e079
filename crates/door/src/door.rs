//! The handle: everything that a window or a program can ask of a door. Cheap to clone; every method may be called from anywhere.

use std::path::PathBuf;

use jiff::civil::Date;
use portero_protocol::conflict::Conflict;
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::reservation::{Draft, Patch};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::error::{DoorError, Result};
use crate::settings::Settings;
use crate::view::{
    Answer, DayLoad, Decision, DoorEvent, DoorStatus, Identity, ListQuery, Recent, ReservationPage, Saved,
    Sheet, Tonight,
};

/// Where the hub is, and the token that it gave this device.
#[derive(Clone)]
pub struct HubAddress {
    /// As `http://192.168.1.10:7070`.
    pub url: String,
    /// The token. Never written to a log.
    pub token: String,
}

impl std::fmt::Debug for HubAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubAddress")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What a door is opened with.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// The folder that holds this door's facts. One process at a time.
    pub data_dir: PathBuf,
    /// The hub; `None`: the door works from what it has.
    pub hub: Option<HubAddress>,
    /// The door's name, as "Puerta 1"; `None`: the one that it had.
    pub name: Option<String>,
    /// Settings of the connection.
    pub settings: Settings,
}

/// A door.
#[derive(Debug, Clone)]
pub struct Door {
    events: broadcast::Sender<DoorEvent>,
}

impl Door {
    /// Opens a door. It does not wait for the hub. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// `data_dir_in_use`, `newer_database`, `storage`, `disk_full`, `invalid_config` (the hub's address).
    pub async fn open(options: DoorOptions) -> Result<Self> {
        let _ = options;
        Ok(Self {
            events: broadcast::channel(1_024).0,
        })
    }

    /// What the door says by itself, from now on. A reader that falls behind misses the oldest and should ask for everything again.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<DoorEvent> {
        self.events.subscribe()
    }

    /// Who and where this device is.
    ///
    /// # Errors
    /// `storage`.
    pub async fn identity(&self) -> Result<Identity> {
        Err(DoorError::closed())
    }

    /// What the badge shows.
    ///
    /// # Errors
    /// `storage`.
    pub async fn status(&self) -> Result<DoorStatus> {
        Err(DoorError::closed())
    }

    /// Whether these bytes are a ticket of this venue: a signed one that verifies with the keys known here, or an older form that the venue
    /// accepts. For the scanner, which lets a ticket fire on its first frame.
    #[must_use]
    pub fn is_ticket(&self, code: &[u8]) -> bool {
        let _ = code;
        false
    }

    /// Decides about a code and records the entry where it admits.
    ///
    /// # Errors
    /// `disk_full`, `storage`: nothing was recorded, and nobody may be shown as admitted.
    pub async fn scan(&self, code: &[u8], quantity: u32) -> Result<Answer> {
        let _ = (code, quantity);
        Err(DoorError::closed())
    }

    /// Admits by hand. `against` records whatever the verdict is, and opens a conflict at the hub.
    ///
    /// # Errors
    /// As [`Self::scan`]; `invalid_field` for a quantity out of range.
    pub async fn admit(&self, reservation: &ReservationId, quantity: u32, against: bool) -> Result<Answer> {
        let _ = (reservation, quantity, against);
        Err(DoorError::closed())
    }

    /// Takes an entry back.
    ///
    /// # Errors
    /// `not_found`, `undo_of_undo`; otherwise as [`Self::scan`].
    pub async fn undo(&self, entry: EntryId) -> Result<Answer> {
        let _ = entry;
        Err(DoorError::closed())
    }

    /// Creates a reservation; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// The field that breaks a rule; `walk_in_only` for a door; `disk_full`, `storage`.
    pub async fn create(&self, draft: Draft) -> Result<Saved> {
        let _ = draft;
        Err(DoorError::closed())
    }

    /// Edits a reservation that had that version; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, the field that breaks a rule; `disk_full`, `storage`.
    pub async fn update(&self, reservation: &ReservationId, updates: Patch, version: u64) -> Result<Saved> {
        let _ = (reservation, updates, version);
        Err(DoorError::closed())
    }

    /// Deletes a reservation that was made by mistake; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`; `disk_full`, `storage`.
    pub async fn delete(&self, reservation: &ReservationId, version: u64) -> Result<Saved> {
        let _ = (reservation, version);
        Err(DoorError::closed())
    }

    /// Finds reservations by what a person types: tonight's first, then later ones, then past ones.
    ///
    /// # Errors
    /// `storage`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<ReservationPage> {
        let _ = (text, limit);
        Err(DoorError::closed())
    }

    /// A page of a list.
    ///
    /// # Errors
    /// `storage`.
    pub async fn list(&self, query: ListQuery) -> Result<ReservationPage> {
        let _ = query;
        Err(DoorError::closed())
    }

    /// One reservation with its entries.
    ///
    /// # Errors
    /// `not_found`; `storage`.
    pub async fn get(&self, reservation: &ReservationId) -> Result<Sheet> {
        let _ = reservation;
        Err(DoorError::closed())
    }

    /// This door's last entries, newest first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn recent(&self, limit: u32) -> Result<Vec<Recent>> {
        let _ = limit;
        Err(DoorError::closed())
    }

    /// Tonight in numbers.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`.
    pub async fn tonight(&self) -> Result<Tonight> {
        Err(DoorError::closed())
    }

    /// Reservations and people by venue day of a month; `month` is any day of it. Days without any are left out.
    ///
    /// # Errors
    /// `storage`.
    pub async fn month_load(&self, month: Date) -> Result<Vec<DayLoad>> {
        let _ = month;
        Err(DoorError::closed())
    }

    /// The conflicts that are known here, open ones first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        Err(DoorError::closed())
    }

    /// Decides a conflict. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn resolve(&self, decision: Decision) -> Result<Conflict> {
        let _ = decision;
        Err(DoorError::closed())
    }

    /// Issues a reservation's ticket anew; the older one is no longer good. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn reissue(&self, reservation: &ReservationId) -> Result<Sheet> {
        let _ = reservation;
        Err(DoorError::closed())
    }

    /// A reservation's ticket code, for its QR. Needs the hub, and a manager's token.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn ticket(&self, reservation: &ReservationId) -> Result<String> {
        let _ = reservation;
        Err(DoorError::closed())
    }

    /// The window was focused: stale data is fetched again.
    pub fn focus(&self) {}

    /// Changes a setting for this run.
    ///
    /// # Errors
    /// `invalid_config`: no such key, or a value that does not fit.
    pub fn set(&self, key: &str, value: &Value) -> Result<()> {
        let _ = (key, value);
        Ok(())
    }

    /// Ends the door's tasks and closes its files. Facts stay on disk. Other clones answer with errors afterwards.
    pub async fn close(&self) {}
}
