//! Conflicts: what the door did not know and a person has to decide.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{ConflictId, EntryId, ReservationId};
use crate::instant::Instant;

/// What contradicts what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum ConflictKind {
    /// Two doors admitted beyond the party, each believing that there was room.
    #[serde(rename = "exceso")]
    Excess,
    /// Cancelled meanwhile.
    #[serde(rename = "cancelada")]
    Cancelled,
    /// Deleted meanwhile.
    #[serde(rename = "eliminada")]
    Deleted,
    /// The ticket had been issued anew.
    #[serde(rename = "emisionAntigua")]
    StaleIssue,
    /// Admitted by hand on another night.
    #[serde(rename = "otroDia")]
    WrongDay,
    /// Admitted by hand against the verdict.
    #[serde(rename = "aMano")]
    Override,
    /// An undo after 15 minutes, or from another door later.
    #[serde(rename = "anulacion")]
    Undo,
    /// An entry of a reservation that nobody knows.
    #[serde(rename = "huerfana")]
    Orphan,
    /// From a revoked device.
    #[serde(rename = "revocado")]
    Revoked,
    /// Two edits of the same field.
    #[serde(rename = "edicion")]
    Edit,
    /// A device's chain has a hole or a changed past.
    #[serde(rename = "cadena")]
    Chain,
}

impl ConflictKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Excess,
        Self::Cancelled,
        Self::Deleted,
        Self::StaleIssue,
        Self::WrongDay,
        Self::Override,
        Self::Undo,
        Self::Orphan,
        Self::Revoked,
        Self::Edit,
        Self::Chain,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excess => "exceso",
            Self::Cancelled => "cancelada",
            Self::Deleted => "eliminada",
            Self::StaleIssue => "emisionAntigua",
            Self::WrongDay => "otroDia",
            Self::Override => "aMano",
            Self::Undo => "anulacion",
            Self::Orphan => "huerfana",
            Self::Revoked => "revocado",
            Self::Edit => "edicion",
            Self::Chain => "cadena",
        }
    }

    /// The kind with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether somebody has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum ConflictState {
    /// Nobody has.
    #[serde(rename = "abierto")]
    Open,
    /// Somebody has.
    #[serde(rename = "resuelto")]
    Resolved,
}

/// A conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Conflicto")
)]
pub struct Conflict {
    /// Derived: see [`id_of`].
    pub id: ConflictId,
    /// What contradicts what.
    #[serde(rename = "tipo")]
    pub kind: ConflictKind,
    /// Which reservation.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// The entries that belong to it, in order of arrival.
    #[serde(rename = "escaneoIds")]
    pub entries: Vec<EntryId>,
    /// Of two edits against each other: the fields that both changed.
    #[serde(rename = "campos", default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// Whether somebody has decided.
    #[serde(rename = "estado")]
    pub state: ConflictState,
    /// What was decided.
    #[serde(rename = "resultado", default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why.
    #[serde(rename = "nota", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Since when.
    #[serde(rename = "abiertoEn")]
    pub opened: Instant,
    /// When it was decided.
    #[serde(rename = "resueltoEn", default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Instant>,
    /// By whom.
    #[serde(rename = "resueltoPor", default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
}

/// The id of the conflict of that kind about that reservation on that venue day: the same from every replica and on every replay.
#[must_use]
pub fn id_of(reservation: &ReservationId, kind: ConflictKind, venue_day: Date) -> ConflictId {
    let name = format!("{reservation}\n{}\n{venue_day}", kind.as_str());
    ConflictId::from(Uuid::new_v5(&CONFLICTS, name.as_bytes()))
}

/// The UUID namespace of conflict ids.
const CONFLICTS: Uuid = Uuid::from_u128(0x6f1a_6f3e_8d1b_4b0e_9c55_706f_7274_6572);
