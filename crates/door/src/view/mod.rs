//! What a window or a kiosk sees: answers and events of the door, as `portero-door` writes them on a line and the desktop shows them.
//!
//! Reservations and entries go by their wire names (see `portero-protocol`); everything else is the door's own.

use jiff::civil::Date;
use portero_protocol::conflict::Conflict;
use portero_protocol::device::{Device, Role};
use portero_protocol::entry::{StoredEntry, Verdict};
use portero_protocol::ids::{ConflictId, DeviceId, EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::reservation::Reservation;
use serde::{Deserialize, Serialize};

mod figures;
mod list;
mod many;
mod night;
mod outbox;
mod status;

pub use figures::DayFigure;
pub use list::{Found, ListQuery, Only, Order, PromoterCount, ReservationPage};
pub use many::{BulkChange, Edit, FailedWrite, ImportedMany, ListedDraft, MANY_MAX, SavedMany};
pub use night::{DoorNight, Group, NightsReport, Range, Sums, Tonight};
pub use outbox::{Allotment, ExportedOutbox, OutboxId, OutboxItem, OutboxKind};
pub use status::{DoorStatus, HourMinute, LinkState, OutboxStatus, Percentiles, Reconnects};

/// The answer to a scan, an admission by hand or an undo. `escaneoId` is present exactly when an entry was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Answer {
    /// What to show.
    pub verdict: Verdict,
    /// The entry that was recorded.
    #[serde(rename = "escaneoId", skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// Which reservation.
    #[serde(rename = "reservaId", skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationId>,
    /// Who reserved.
    #[serde(rename = "clienteNombre", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// How many have come, with this entry.
    #[serde(rename = "asistenciaActual", skip_serializing_if = "Option::is_none")]
    pub attendance: Option<u32>,
    /// Party size.
    #[serde(rename = "numeroPersonas", skip_serializing_if = "Option::is_none")]
    pub party: Option<u32>,
    /// How many came beyond the party.
    #[serde(rename = "exceso", skip_serializing_if = "Option::is_none")]
    pub excess: Option<u32>,
    /// Until when the door's knowledge was proven complete when it decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Instant>,
    /// More about the verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// How many came in with this entry (negative: an undo took them back); 0 where nothing was recorded.
    #[serde(rename = "cantidad")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub quantity: i64,
    /// The whole row, for table, notes and the rest.
    #[serde(rename = "reserva", skip_serializing_if = "Option::is_none")]
    pub row: Option<Box<Reservation>>,
    /// When it was decided, by the hub's clock as known here.
    pub at: Instant,
}

/// More about a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Detail {
    /// `cancelled`: the reservation was deleted.
    Deleted,
    /// `wrong_day`: the night is over for more than a day.
    Expired,
    /// `wrong_day`: the night is more than a day away.
    Early,
    /// `already_in`: the reservation is finished.
    Finished,
    /// `unknown`: the ticket's signature is not of this venue.
    Forged,
    /// `unknown`: the venue does not accept codes without a signature.
    Unsigned,
    /// An entry was taken back.
    Undone,
}

/// A line of the door's last entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Recent {
    /// The entry.
    #[serde(rename = "entrada")]
    #[cfg_attr(feature = "ts", ts(as = "portero_protocol::entry::Entry"))]
    pub entry: portero_protocol::entry::Entry,
    /// Who reserved; `None`: unknown here.
    #[serde(rename = "clienteNombre", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// How far it is on its way.
    pub delivery: DeliveryState,
    /// Whether an undo voids it.
    #[serde(rename = "anulada")]
    pub voided: bool,
    /// Whether it has an open conflict.
    #[serde(rename = "conConflicto")]
    pub in_conflict: bool,
}

/// How far a recorded item is on its way to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum DeliveryState {
    /// On this disk alone: ✓.
    Pending,
    /// On its way: the hub has not answered yet.
    Sent,
    /// The hub has it: ✓✓.
    Confirmed,
    /// The hub holds it for a manager (revoked device).
    Held,
    /// The hub cannot take it; it stays here with its reason.
    Quarantined,
}

/// A reservation in a list: as the hub has it, with this device's own entries and edits on top.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Fila"))]
pub struct Row {
    /// The reservation.
    #[serde(flatten)]
    pub reservation: Reservation,
    /// The venue's day that it belongs to.
    #[serde(rename = "dia")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub day: Date,
    /// Whether an edit made here has not reached the hub.
    #[serde(rename = "pendiente")]
    pub pending: bool,
}

/// One reservation with its entries, those that wait here included.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Ficha"))]
pub struct Sheet {
    /// The row.
    #[serde(flatten)]
    pub row: Row,
    /// Its entries, by corrected time.
    #[serde(rename = "registroEntradas")]
    pub entries: Vec<StoredEntry>,
}

/// A write that was kept and is on its way.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Guardada"))]
pub struct Saved {
    /// The write's id, which `confirmed` will name.
    #[serde(rename = "opId")]
    pub op: OpId,
    /// The reservation as it now looks here; `None` where it was deleted.
    #[serde(rename = "reserva")]
    pub row: Option<Row>,
}

/// A venue day of a month's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "CargaDelDia"))]
pub struct DayLoad {
    /// The venue's day.
    #[serde(rename = "fecha")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub day: Date,
    /// Reservations that are not cancelled.
    #[serde(rename = "reservas")]
    pub reservations: u32,
    /// People expected.
    #[serde(rename = "personas")]
    pub people: u32,
}

/// Who and where this device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Identity {
    /// This device.
    pub device_id: DeviceId,
    /// Its name.
    #[serde(rename = "puerta", skip_serializing_if = "Option::is_none")]
    pub door: Option<String>,
    /// What it may do, as far as is known.
    #[serde(rename = "rol", skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The venue's name; `None` before the first snapshot.
    #[serde(rename = "local", skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// The venue's time zone.
    #[serde(rename = "zonaHoraria", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The venue's day now.
    #[serde(rename = "hoy", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub today: Option<Date>,
    /// When the venue's day ends, `HH:MM`.
    #[serde(rename = "corte", skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<String>,
}

/// What a door says by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub enum DoorEvent {
    /// Once, at the start; it does not wait for the hub.
    Ready {
        /// This device.
        device_id: DeviceId,
    },
    /// The connection changed.
    State {
        /// To what.
        state: LinkState,
        /// When.
        since: Instant,
    },
    /// Reservations look different now; empty: anything may (a new snapshot).
    Changed {
        /// Which.
        #[serde(rename = "reservas")]
        reservations: Vec<ReservationId>,
    },
    /// The hub answered about an entry or a write.
    Confirmed {
        /// The entry.
        #[serde(rename = "escaneoId", skip_serializing_if = "Option::is_none")]
        entry: Option<EntryId>,
        /// The write.
        #[serde(rename = "opId", skip_serializing_if = "Option::is_none")]
        op: Option<OpId>,
        /// What became of it.
        #[serde(rename = "resultado")]
        outcome: String,
    },
    /// A conflict was opened, changed or decided.
    Conflict {
        /// The conflict.
        #[serde(rename = "conflicto")]
        conflict: Box<Conflict>,
    },
    /// A device was added, changed, or is well or unwell; managers alone hear of it.
    Device {
        /// The device.
        #[serde(rename = "dispositivo")]
        device: Box<Device>,
    },
    /// The hub cannot take something; it stays here.
    Quarantined {
        /// The entry.
        #[serde(rename = "escaneoId", skip_serializing_if = "Option::is_none")]
        entry: Option<EntryId>,
        /// The write.
        #[serde(rename = "opId", skip_serializing_if = "Option::is_none")]
        op: Option<OpId>,
        /// Why.
        #[serde(rename = "motivo")]
        reason: String,
    },
}

/// A decision about a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Decision {
    /// Which conflict.
    pub id: ConflictId,
    /// What was decided.
    #[serde(rename = "resultado")]
    pub outcome: String,
    /// Why.
    #[serde(rename = "nota", default)]
    pub note: Option<String>,
}

mod optional_day {
    use jiff::civil::Date;
    use portero_protocol::reservation::wire_date;
    use serde::{Deserialize, Deserializer, de};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| wire_date::parse(&text).ok_or_else(|| de::Error::custom("a date is YYYY-MM-DD")))
            .transpose()
    }
}
