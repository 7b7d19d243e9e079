//! What was changed in a reservation, by whom and when. The hub tells it to managers, where one reservation is asked for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::DeviceId;
use crate::instant::Instant;
use crate::listing::ReservationDetail;

/// `GET /api/reservas/{id}` as a manager gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReservationHistory {
    /// The reservation with its entries.
    #[serde(flatten)]
    pub detail: ReservationDetail,
    /// Its creation and its edits, oldest first; nothing for other roles.
    #[serde(rename = "registroCambios", default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<EditRecord>,
}

/// An edit, or the creation: the one without changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "RegistroCambio")
)]
pub struct EditRecord {
    /// The reservation's version that it led to.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub version: u64,
    /// When the hub wrote it.
    #[serde(rename = "en")]
    pub at: Instant,
    /// The device that asked for it; `None`: the hub itself, as at the end of a day, or an import there.
    #[serde(rename = "dispositivo", skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// That device's name, as it is now.
    #[serde(rename = "quien", skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it changed.
    #[serde(rename = "cambios")]
    pub changes: Vec<FieldChange>,
}

/// A field that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "CampoCambiado"))]
pub struct FieldChange {
    /// Its name on the wire.
    #[serde(rename = "campo")]
    pub field: String,
    /// What it said; `null`: nothing.
    #[serde(rename = "antes")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub before: Value,
    /// What it says since; `null`: nothing.
    #[serde(rename = "ahora")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub after: Value,
}
