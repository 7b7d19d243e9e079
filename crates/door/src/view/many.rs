//! Writes to many reservations at once, as a desk makes them: bulk changes, their undo, imports.

use jiff::civil::Date;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch};
use serde::{Deserialize, Serialize};

/// Writes in one call at most. A window makes larger works of parts, so that it can show how far it is and stop between two, and a
/// scan at this device waits behind one part at most.
pub const MANY_MAX: usize = 200;

/// An edit of one of many reservations, made on what is known of it here at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Edicion"))]
pub struct Edit {
    /// Which.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// The fields that it sets.
    pub updates: Patch,
}

/// The same change of many reservations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "CambioDeVarias")
)]
pub struct BulkChange {
    /// Which.
    pub ids: Vec<ReservationId>,
    /// The fields that it sets.
    pub updates: Patch,
    /// The night that they move to; each keeps its time, and its calendar date follows from both.
    #[serde(rename = "noche", default, with = "super::optional_day")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub night: Option<Date>,
}

/// What became of many writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "VariasGuardadas"))]
pub struct SavedMany {
    /// Kept, and on their way.
    #[serde(rename = "guardadas")]
    pub saved: u32,
    /// Said already what they were to say, so nothing was written.
    #[serde(rename = "iguales")]
    pub unchanged: u32,
    /// Could not be kept.
    #[serde(rename = "fallidas")]
    pub failed: Vec<FailedWrite>,
    /// The edits that bring back what was there before.
    #[serde(rename = "deshacer")]
    pub undo: Vec<Edit>,
}

/// One of many writes that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "NoGuardada"))]
pub struct FailedWrite {
    /// Its place among those that were asked for, from 0.
    #[serde(rename = "lugar")]
    pub index: u32,
    /// Why, for programs.
    pub code: Code,
    /// Why, for people, in English.
    pub message: String,
}

/// A reservation from a list of another program.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ReservaDeLista"))]
pub struct ListedDraft {
    /// The reservation. Where it has no id, one follows from what it says, so that the same list imported again adds nothing.
    #[serde(rename = "reserva")]
    pub draft: Draft,
    /// How many rows before it in the list say the same.
    #[serde(rename = "vez")]
    pub nth: u32,
}

/// What became of a part of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Importadas"))]
pub struct ImportedMany {
    /// Kept, and on their way.
    #[serde(rename = "creadas")]
    pub created: Vec<ReservationId>,
    /// Were there already.
    #[serde(rename = "yaEstaban")]
    pub known: u32,
    /// Could not be kept.
    #[serde(rename = "fallidas")]
    pub failed: Vec<FailedWrite>,
}
