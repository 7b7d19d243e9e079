//! The outbox, item by item, and the file that carries it by hand.

use std::path::PathBuf;

use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use serde::{Deserialize, Serialize};

use super::DeliveryState;

/// What an item of the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum OutboxKind {
    /// People came in.
    Entry,
    /// An entry was taken back.
    Undo,
    /// A new reservation.
    Create,
    /// An edit.
    Update,
    /// A deletion.
    Delete,
}

/// Something that the hub has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct OutboxItem {
    /// The entry.
    #[serde(rename = "escaneoId", skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The write.
    #[serde(rename = "opId", skip_serializing_if = "Option::is_none")]
    pub op: Option<OpId>,
    /// What it is.
    pub kind: OutboxKind,
    /// Which reservation.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// Who reserved; `None`: unknown here.
    #[serde(rename = "clienteNombre", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// When it was made, by this device's clock for an entry and by the hub's for a write.
    pub made: Instant,
    /// How far it is on its way.
    pub delivery: DeliveryState,
    /// Why the hub cannot take it, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Why the hub cannot take it, in a sentence.
    #[serde(rename = "motivo", skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many people an entry is about.
    #[serde(rename = "cantidad", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// The fields that an edit changes.
    #[serde(rename = "campos", skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
}

/// An item of the outbox, by what it is: one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum OutboxId {
    /// An entry or an undo.
    #[serde(rename = "escaneoId")]
    Entry(EntryId),
    /// A create, an edit or a deletion.
    #[serde(rename = "opId")]
    Write(OpId),
}

/// The signed file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedOutbox {
    /// Where.
    pub file: PathBuf,
    /// How many entries are in it.
    #[serde(rename = "entradas")]
    pub entries: u32,
    /// How many creates, edits and deletions.
    #[serde(rename = "escrituras")]
    pub writes: u32,
    /// The number of the last entry that this device made.
    #[serde(rename = "secuencia")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sequence: u64,
    /// Whether the hub is known to have the key that signed it; where it has not, it refuses the file.
    #[serde(rename = "clavePublicada")]
    pub key_published: bool,
}

/// How many people this door may let in as walk-ins tonight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Cupo"))]
pub struct Allotment {
    /// How many.
    #[serde(rename = "cupo")]
    pub seats: u32,
    /// How many of them are taken.
    #[serde(rename = "usados")]
    pub used: u32,
}
