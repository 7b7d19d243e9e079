//! Delivering entries: `POST /api/asistencia`. A fact is recorded and never rejected for what it says; what is wrong about it becomes a conflict.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cursor::Cursor;
use crate::ids::EntryId;
use crate::listing::ChangesPage;
use crate::problem::Code;

/// The body of `POST /api/asistencia`. Entries are read one by one, so that one bad one does not stop the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// At most [`crate::limits::ENTRIES_PER_DELIVERY`].
    #[serde(rename = "entradas")]
    pub entries: Vec<Value>,
    /// Asks for one page of changes in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Cursor>,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Outcome {
    /// Recorded.
    #[serde(rename = "registrada")]
    Recorded,
    /// Seen before; counted once.
    #[serde(rename = "repetida")]
    Repeated,
    /// Recorded, above the party.
    #[serde(rename = "excedida")]
    Excess,
    /// Recorded; its reservation is not known yet and joins when it arrives.
    #[serde(rename = "huerfana")]
    Orphan,
    /// From a revoked device: held for a manager, counts nothing.
    #[serde(rename = "retenida")]
    Held,
    /// Cannot be recorded; the device keeps it in quarantine.
    #[serde(rename = "rechazada")]
    Rejected,
}

impl Outcome {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "registrada",
            Self::Repeated => "repetida",
            Self::Excess => "excedida",
            Self::Orphan => "huerfana",
            Self::Held => "retenida",
            Self::Rejected => "rechazada",
        }
    }

    /// The outcome with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [
            Self::Recorded,
            Self::Repeated,
            Self::Excess,
            Self::Orphan,
            Self::Held,
            Self::Rejected,
        ]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
    }
}

/// The answer about one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryResult {
    /// Which entry; `None` where its id could not be read.
    #[serde(rename = "escaneoId", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EntryId>,
    /// What became of it.
    #[serde(rename = "resultado")]
    pub outcome: Outcome,
    /// For a repeated one: what became of it the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Outcome>,
    /// The reservation's attendance now.
    #[serde(rename = "asistenciaActual", default)]
    pub attendance: u32,
    /// How many came beyond the party, now.
    #[serde(rename = "exceso", default)]
    pub excess: u32,
    /// The log's position at which those two numbers hold.
    #[serde(default)]
    pub pos: u64,
    /// Why it was rejected, for programs.
    #[serde(rename = "codigoMotivo", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Why it was rejected, for a person.
    #[serde(rename = "motivo", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The answer to a [`Delivery`]: results in the order of its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryAnswer {
    /// One for each entry.
    #[serde(rename = "resultados")]
    pub results: Vec<EntryResult>,
    /// The page of changes that `since` asked for.
    #[serde(rename = "cambios", default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<DeliveredChanges>,
}

/// One page of changes, or word that the log cannot continue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DeliveredChanges {
    /// The log cannot continue: take a snapshot.
    Reset {
        /// Always true.
        reset: bool,
    },
    /// The page.
    Page(ChangesPage),
}
