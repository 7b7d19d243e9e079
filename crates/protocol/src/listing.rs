//! What is read: lists, snapshot lines, pages of changes, statistics.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::conflict::Conflict;
use crate::cursor::{Cursor, Epoch};
use crate::entry::StoredEntry;
use crate::event::PagedEvent;
use crate::ids::ReservationId;
use crate::instant::Instant;
use crate::reservation::{Reservation, wire_date};
use crate::venue::Venue;

/// `GET /api/reservas`: a list for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReservationList {
    /// The log's position at which it holds.
    pub cursor: Cursor,
    /// One page.
    #[serde(rename = "reservas")]
    pub reservations: Vec<Reservation>,
    /// How many there are in all.
    pub total: u64,
}

/// `GET /api/reservas/{id}` and the answers to writes: a reservation, with its entries where they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ReservaCompleta"))]
pub struct ReservationDetail {
    /// The reservation.
    #[serde(flatten)]
    pub reservation: Reservation,
    /// Its entries, in order of arrival.
    #[serde(rename = "registroEntradas", default)]
    pub entries: Vec<StoredEntry>,
}

/// One line of `GET /api/snapshot`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SnapshotLine {
    /// The first line.
    Start {
        /// The venue.
        #[serde(rename = "local")]
        venue: Box<Venue>,
        /// The log's life.
        epoch: Epoch,
        /// The log's position at which all of it holds.
        cursor: Cursor,
        /// How many lines follow before the last.
        total: u64,
    },
    /// A reservation.
    Reservation {
        /// The row.
        #[serde(rename = "reserva")]
        reservation: Box<Reservation>,
    },
    /// An entry.
    Entry {
        /// The entry.
        #[serde(rename = "entrada")]
        entry: Box<StoredEntry>,
    },
    /// A reservation that was deleted in the last seven days.
    Deleted {
        /// Which.
        #[serde(rename = "eliminada")]
        tombstone: Tombstone,
    },
    /// A conflict.
    Conflict {
        /// The conflict.
        #[serde(rename = "conflicto")]
        conflict: Box<Conflict>,
    },
    /// The last line: proves that nothing is missing.
    End {
        /// The number that `total` announced.
        #[serde(rename = "fin")]
        total: u64,
    },
}

/// A reservation that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Which.
    pub id: ReservationId,
    /// The version of the deletion.
    pub version: u64,
}

/// `GET /api/reservas/changes`: the stream's events as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesPage {
    /// The place after the last event here.
    pub cursor: Cursor,
    /// At most [`crate::limits::CHANGES_PAGE`], in order.
    #[serde(rename = "eventos")]
    pub events: Vec<PagedEvent>,
    /// Whether there are more.
    pub more: bool,
}

/// `GET /api/reservas/stats?fecha=`: a venue day in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Estadisticas")
)]
pub struct Statistics {
    /// The venue's day.
    #[serde(rename = "fecha", with = "wire_date")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub day: Date,
    /// Reservations that are not cancelled.
    #[serde(rename = "reservas")]
    pub reservations: u32,
    /// People expected: the sum of their parties.
    #[serde(rename = "esperadas")]
    pub expected: u32,
    /// People inside: the sum of the entries.
    #[serde(rename = "dentro")]
    pub inside: u32,
    /// People still to come.
    #[serde(rename = "porLlegar")]
    pub to_come: u32,
    /// People beyond their parties.
    #[serde(rename = "exceso")]
    pub excess: u32,
    /// Reservations of which nobody came though the day is over, or that were marked so.
    #[serde(rename = "noLlegaron")]
    pub no_shows: u32,
    /// How many people may be inside.
    #[serde(rename = "aforo", default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Arrivals by quarter of an hour, without the empty ones.
    #[serde(rename = "curva")]
    pub curve: Vec<QuarterHour>,
    /// Arrivals by door.
    #[serde(rename = "puertas")]
    pub doors: Vec<DoorCount>,
}

/// Arrivals in a quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "CuartoDeHora"))]
pub struct QuarterHour {
    /// When it starts.
    #[serde(rename = "desde")]
    pub from: Instant,
    /// People who came in.
    #[serde(rename = "llegadas")]
    pub arrivals: u32,
}

/// Arrivals at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "PuertaConteo"))]
pub struct DoorCount {
    /// The door's name; empty where the entry has none.
    #[serde(rename = "puerta")]
    pub door: String,
    /// People who came in.
    #[serde(rename = "llegadas")]
    pub arrivals: u32,
}
