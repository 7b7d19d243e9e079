//! Events: what the log holds, and what the stream adds of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::conflict::Conflict;
use crate::cursor::{Cursor, Epoch};
use crate::device::{Device, Role};
use crate::entry::StoredEntry;
use crate::ids::{DeviceId, OpId, ReservationId};
use crate::instant::Instant;
use crate::reservation::{Reservation, Status};
use crate::venue::Venue;

/// Names on the stream.
pub mod name {
    /// Always first.
    pub const CONNECTED: &str = "connected";
    /// Every 30 s by default.
    pub const HEARTBEAT: &str = "heartbeat";
    /// The log cannot continue: take a snapshot.
    pub const RESET: &str = "reset";
    /// A position whose content this role may not see.
    pub const HIDDEN: &str = "oculto";
    /// An entry or an undo.
    pub const ENTRY: &str = "qr-scanned";
    /// A reservation was created.
    pub const CREATED: &str = "reservation-created";
    /// A reservation was edited.
    pub const UPDATED: &str = "reservation-updated";
    /// A reservation was deleted.
    pub const DELETED: &str = "reservation-deleted";
    /// A conflict was opened.
    pub const CONFLICT_OPENED: &str = "conflict-opened";
    /// A conflict got another entry.
    pub const CONFLICT_CHANGED: &str = "conflict-changed";
    /// A conflict was decided.
    pub const CONFLICT_RESOLVED: &str = "conflict-resolved";
    /// The venue's settings changed.
    pub const VENUE: &str = "venue-changed";
    /// A device changed.
    pub const DEVICE: &str = "device-changed";
}

/// `connected`: the first event of a stream. It has no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// Names this stream in the hub's log.
    pub connection_id: String,
    /// The protocol's number.
    #[serde(rename = "protocolo")]
    pub protocol: u32,
    /// The log's life.
    pub epoch: Epoch,
    /// The log's last position.
    pub head: u64,
    /// Whether the stream goes on from the cursor that was asked for.
    pub resumed: bool,
    /// How often a heartbeat comes, in ms.
    pub heartbeat_ms: u64,
    /// The hub's clock.
    pub time: Instant,
    /// The device that the stream's token belongs to.
    #[serde(rename = "dispositivo", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What a manager calls it.
    #[serde(rename = "nombre", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What that device may do.
    #[serde(rename = "rol", default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// `heartbeat`. It has no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The hub's clock.
    pub time: Instant,
    /// The log's last position.
    pub head: u64,
}

/// `reset`: carries `<epoch>:<head>` as its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Why the log cannot continue.
    pub reason: ResetReason,
    /// The log's last position.
    pub head: u64,
}

/// Why the log cannot continue from a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The log started again.
    Epoch,
    /// The cursor is older than what the hub keeps.
    Retention,
    /// The cursor is ahead of the log.
    Ahead,
    /// A reason that this version does not know.
    #[serde(other)]
    Other,
}

/// A change in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `qr-scanned`: an entry or an undo, with the reservation's count and state after it.
    Entry(EntryRecorded),
    /// `reservation-created`.
    Created(Box<Reservation>),
    /// `reservation-updated`.
    Updated(Updated),
    /// `reservation-deleted`.
    Deleted {
        /// Which.
        id: ReservationId,
        /// The version of the deletion.
        version: u64,
    },
    /// `conflict-opened`.
    ConflictOpened(Conflict),
    /// `conflict-changed`.
    ConflictChanged(Conflict),
    /// `conflict-resolved`.
    ConflictResolved(Conflict),
    /// `venue-changed`.
    Venue(Box<Venue>),
    /// `device-changed`.
    Device(Device),
    /// `oculto`: this role may not see it.
    Hidden,
}

/// The data of `qr-scanned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryRecorded {
    /// Which reservation.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// Its attendance after this entry.
    #[serde(rename = "asistenciaActual")]
    pub attendance: u32,
    /// Who reserved.
    #[serde(rename = "clienteNombre")]
    pub client_name: String,
    /// Its state after this entry.
    #[serde(rename = "estado")]
    pub status: Status,
    /// Its version, which an entry does not change.
    pub version: u64,
    /// The entry.
    #[serde(rename = "entrada")]
    pub entry: StoredEntry,
}

/// The data of `reservation-updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Updated {
    /// Which reservation.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// Changed top-level fields with their new values; `null` clears.
    pub updates: Map<String, Value>,
    /// Its version after the edit.
    pub version: u64,
}

impl Updated {
    /// Writes the new values into a row.
    ///
    /// # Errors
    /// A value that does not fit its field.
    pub fn apply(&self, row: &Reservation) -> Result<Reservation, serde_json::Error> {
        let Value::Object(mut fields) = serde_json::to_value(row)? else {
            return Ok(row.clone());
        };
        for (field, value) in &self.updates {
            if value.is_null() {
                fields.remove(field);
            } else {
                fields.insert(field.clone(), value.clone());
            }
        }
        fields.insert("version".to_owned(), self.version.into());
        serde_json::from_value(Value::Object(fields))
    }
}

/// A change with what the log knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// What changed.
    pub change: Change,
    /// When it was committed, by the hub's clock; `None` where it is hidden.
    pub at: Option<Instant>,
    /// The request that caused it.
    pub op: Option<OpId>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stamped<T> {
    #[serde(flatten)]
    body: T,
    en: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op_id: Option<OpId>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedBody {
    reserva_id: ReservationId,
    reserva: Reservation,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeletedBody {
    reserva_id: ReservationId,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct ConflictBody {
    conflicto: Conflict,
}

#[derive(Serialize, Deserialize)]
struct VenueBody {
    local: Venue,
}

#[derive(Serialize, Deserialize)]
struct DeviceBody {
    dispositivo: Device,
}

impl Change {
    /// Its name on the stream.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Entry(_) => name::ENTRY,
            Self::Created(_) => name::CREATED,
            Self::Updated(_) => name::UPDATED,
            Self::Deleted { .. } => name::DELETED,
            Self::ConflictOpened(_) => name::CONFLICT_OPENED,
            Self::ConflictChanged(_) => name::CONFLICT_CHANGED,
            Self::ConflictResolved(_) => name::CONFLICT_RESOLVED,
            Self::Venue(_) => name::VENUE,
            Self::Device(_) => name::DEVICE,
            Self::Hidden => name::HIDDEN,
        }
    }
}

impl Logged {
    /// The event's data as compact JSON, without line ends.
    ///
    /// # Errors
    /// None in practice: every type inside can be written as JSON.
    pub fn data(&self) -> Result<String, serde_json::Error> {
        let en = self.at.unwrap_or(Instant::from_ms(0));
        let op_id = self.op;
        fn write<T: Serialize>(
            body: T,
            en: Instant,
            op_id: Option<OpId>,
        ) -> Result<String, serde_json::Error> {
            serde_json::to_string(&Stamped { body, en, op_id })
        }
        match &self.change {
            Change::Entry(body) => write(body, en, op_id),
            Change::Created(row) => write(
                CreatedBody {
                    reserva_id: row.id.clone(),
                    reserva: (**row).clone(),
                },
                en,
                op_id,
            ),
            Change::Updated(body) => write(body, en, op_id),
            Change::Deleted { id, version } => write(
                DeletedBody {
                    reserva_id: id.clone(),
                    version: *version,
                },
                en,
                op_id,
            ),
            Change::ConflictOpened(conflicto)
            | Change::ConflictChanged(conflicto)
            | Change::ConflictResolved(conflicto) => write(
                ConflictBody {
                    conflicto: conflicto.clone(),
                },
                en,
                op_id,
            ),
            Change::Venue(local) => write(
                VenueBody {
                    local: (**local).clone(),
                },
                en,
                op_id,
            ),
            Change::Device(dispositivo) => write(
                DeviceBody {
                    dispositivo: dispositivo.clone(),
                },
                en,
                op_id,
            ),
            Change::Hidden => Ok("{}".to_owned()),
        }
    }

    /// Reads an event by its name. `None`: a name that this version does not know, whose position still counts.
    ///
    /// # Errors
    /// The data does not have the shape that the name asks for.
    pub fn read(event: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
        fn stamped<T: DeserializeOwned>(
            data: &str,
            make: impl FnOnce(T) -> Change,
        ) -> Result<Option<Logged>, serde_json::Error> {
            let read: Stamped<T> = serde_json::from_str(data)?;
            Ok(Some(Logged {
                change: make(read.body),
                at: Some(read.en),
                op: read.op_id,
            }))
        }
        match event {
            name::ENTRY => stamped(data, Change::Entry),
            name::CREATED => stamped(data, |body: CreatedBody| Change::Created(Box::new(body.reserva))),
            name::UPDATED => stamped(data, Change::Updated),
            name::DELETED => stamped(data, |body: DeletedBody| Change::Deleted {
                id: body.reserva_id,
                version: body.version,
            }),
            name::CONFLICT_OPENED => {
                stamped(data, |body: ConflictBody| Change::ConflictOpened(body.conflicto))
            }
            name::CONFLICT_CHANGED => {
                stamped(data, |body: ConflictBody| Change::ConflictChanged(body.conflicto))
            }
            name::CONFLICT_RESOLVED => stamped(data, |body: ConflictBody| {
                Change::ConflictResolved(body.conflicto)
            }),
            name::VENUE => stamped(data, |body: VenueBody| Change::Venue(Box::new(body.local))),
            name::DEVICE => stamped(data, |body: DeviceBody| Change::Device(body.dispositivo)),
            name::HIDDEN => Ok(Some(Self {
                change: Change::Hidden,
                at: None,
                op: None,
            })),
            _ => Ok(None),
        }
    }
}

/// An event as a page of changes holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PagedEvent {
    /// Its place in the log.
    pub id: Cursor,
    /// Its name.
    pub event: String,
    /// Its data.
    pub data: Value,
}
