//! What is asked of the cache: each answer from one read view, beside the writer and never waiting for it.

use std::path::Path;

use portero_protocol::entry::Entry;
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use portero_protocol::reservation::{Reservation, Status};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, Transaction};
use uuid::Uuid;

use super::slot::day_of;
use super::{FILE, Slot, meta};
use crate::database;
use crate::error::Result;
use crate::facts;
use crate::view::Row;

mod lists;
mod night;
mod order;
mod report;
mod roster;
mod sheet;

pub(crate) use report::Tallies;
pub(crate) use roster::Listed;

/// Connections that only read: the cache, and this device's facts.
#[derive(Debug)]
pub(crate) struct Reads {
    cache: Connection,
    facts: Connection,
    /// This device, for entries that the hub has not named one for yet.
    device: DeviceId,
}

impl Reads {
    /// Opens both files to read.
    pub(crate) fn open(data_dir: &Path, device: DeviceId) -> Result<Self> {
        Ok(Self {
            cache: database::open_to_read(&data_dir.join(FILE))?,
            facts: database::open_to_read(&data_dir.join(facts::FILE))?,
            device,
        })
    }

    /// The facts, to read.
    pub(crate) fn facts(&self) -> &Connection {
        &self.facts
    }

    /// One read view of the cache.
    fn view(&self) -> Result<View<'_>> {
        let transaction = self.cache.unchecked_transaction()?;
        let number = u8::from(meta(&transaction, "slot")?.as_deref() == Some("1"));
        Ok(View { transaction, number })
    }

    /// What a verdict has to know about a reservation, by its id.
    pub(crate) fn sought_by_id(&self, id: &ReservationId) -> Result<Sought> {
        let view = self.view()?;
        let slot = view.slot();
        let row = row_where(slot, "id = ?1", id.as_str())?;
        let deleted = slot
            .sql("SELECT 1 FROM tomb_# WHERE id = ?1")?
            .exists([id.as_str()])?;
        sought(slot, row, deleted, id.clone())
    }

    /// What a verdict has to know about a reservation, by the UUID in its ticket.
    pub(crate) fn sought_by_ticket(&self, ticket: Uuid) -> Result<Sought> {
        let view = self.view()?;
        let slot = view.slot();
        let bytes = ticket.as_bytes().as_slice();
        let row = row_where(slot, "ticket = ?1", bytes)?;
        let buried: Option<String> = slot
            .sql("SELECT id FROM tomb_# WHERE ticket = ?1")?
            .query_row([bytes], |row| row.get(0))
            .optional()?;
        let id = match (&row, &buried) {
            (Some(found), _) => found.row.reservation.id.clone(),
            (None, Some(id)) => parse_id(id)?,
            (None, None) => parse_id(&ticket.to_string())?,
        };
        sought(slot, row, buried.is_some(), id)
    }

    /// An entry that is known here, of this device or of another.
    pub(crate) fn entry(&self, id: EntryId) -> Result<Option<Entry>> {
        let view = self.view()?;
        let json: Option<String> = view
            .slot()
            .sql("SELECT json FROM entry_# WHERE id = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }
}

/// What a verdict has to know about a reservation.
#[derive(Debug)]
pub(crate) struct Sought {
    /// Its id.
    pub(crate) id: ReservationId,
    /// Its row, as it is shown here.
    pub(crate) row: Option<Reservation>,
    /// Whether it was deleted, at the hub or here.
    pub(crate) deleted: bool,
    /// The entries that the cache holds of it.
    pub(crate) entries: Vec<Counted>,
}

/// As much of an entry as counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) id: String,
    pub(crate) quantity: u32,
    pub(crate) voids: Option<String>,
}

impl From<&Entry> for Counted {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            quantity: entry.quantity,
            voids: entry.voids.map(|id| id.to_string()),
        }
    }
}

/// The contract's rule: the sum over the entries without `anulaA` that no entry voids. It depends on the set alone.
pub(crate) fn attendance(entries: &[Counted]) -> u32 {
    let voided: std::collections::HashSet<&str> = entries
        .iter()
        .filter_map(|entry| entry.voids.as_deref())
        .collect();
    let mut seen = std::collections::HashSet::new();
    entries
        .iter()
        .filter(|entry| {
            entry.voids.is_none() && !voided.contains(entry.id.as_str()) && seen.insert(&entry.id)
        })
        .fold(0, |sum, entry| sum.saturating_add(entry.quantity))
}

fn sought(slot: Slot<'_>, found: Option<Found>, buried: bool, id: ReservationId) -> Result<Sought> {
    let entries = slot
        .sql("SELECT id, quantity, voids FROM entry_# WHERE reservation = ?1")?
        .query_map([id.as_str()], |row| {
            Ok(Counted {
                id: row.get(0)?,
                quantity: row.get(1)?,
                voids: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let hidden = found.as_ref().is_some_and(|found| found.hidden);
    Ok(Sought {
        id,
        row: found.map(|found| found.row.reservation),
        deleted: buried || hidden,
        entries,
    })
}

/// A read view, and the slot that counts in it.
struct View<'db> {
    transaction: Transaction<'db>,
    number: u8,
}

impl View<'_> {
    fn slot(&self) -> Slot<'_> {
        Slot {
            db: &self.transaction,
            number: self.number,
        }
    }
}

struct Found {
    row: Row,
    hidden: bool,
}

const COLUMNS: &str = "place, COALESCE(view, hub), status, attendance, view IS NOT NULL";

fn row_where(slot: Slot<'_>, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Found>> {
    let raw = slot
        .sql(&format!("SELECT {COLUMNS} FROM row_# WHERE {condition}"))?
        .query_row([value], raw)
        .optional()?;
    raw.map(|raw| {
        Ok(Found {
            hidden: raw.place < 0,
            row: read(raw)?,
        })
    })
    .transpose()
}

struct Raw {
    place: i64,
    json: String,
    status: String,
    attendance: u32,
    pending: bool,
}

fn raw(row: &SqlRow<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        place: row.get(0)?,
        json: row.get(1)?,
        status: row.get(2)?,
        attendance: row.get(3)?,
        pending: row.get(4)?,
    })
}

fn read(raw: Raw) -> Result<Row> {
    let mut reservation: Reservation = serde_json::from_str(&raw.json)?;
    reservation.attendance = raw.attendance;
    reservation.status = Status::from_wire(&raw.status).unwrap_or(reservation.status);
    Ok(Row {
        reservation,
        day: day_of(raw.place),
        pending: raw.pending,
    })
}

pub(super) fn parse_id(text: &str) -> Result<ReservationId> {
    text.parse().map_err(|error: portero_protocol::ids::BadId| {
        crate::error::DoorError::new(portero_protocol::problem::Code::Storage, error.to_string())
    })
}
