//! Everybody's entries: a set, joined by id. The hub's word about an entry wins over this device's own.

use std::collections::HashSet;

use portero_protocol::entry::{Entry, StoredEntry};
use portero_protocol::ids::{EntryId, ReservationId};
use rusqlite::{OptionalExtension, params};

use super::{Cache, Slot, rows};
use crate::error::Result;

/// Adds an entry. Gives the reservations whose count may be another one now.
pub(super) fn add(slot: Slot<'_>, entry: &Entry, stored: Option<&StoredEntry>) -> Result<Vec<ReservationId>> {
    let id = entry.id.to_string();
    let json = match stored {
        Some(stored) => serde_json::to_string(stored)?,
        None => serde_json::to_string(entry)?,
    };
    slot.sql(
        "INSERT INTO entry_# (id, reservation, quantity, voids, voided, at, hub, json)
         VALUES (?1, ?2, ?3, ?4, EXISTS (SELECT 1 FROM entry_# WHERE voids = ?1), ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET reservation = excluded.reservation, quantity = excluded.quantity,
            voids = excluded.voids, at = excluded.at, hub = 1, json = excluded.json WHERE excluded.hub = 1",
    )?
    .execute(params![
        id,
        entry.reservation.as_str(),
        entry.quantity,
        entry.voids.map(|voids| voids.to_string()),
        entry.corrected().ms(),
        stored.is_some(),
        json
    ])?;
    let mut touched = vec![entry.reservation.clone()];
    if let Some(target) = entry.voids {
        touched.extend(set_voided(slot, target, true)?);
    }
    Ok(touched)
}

/// Takes back an entry of this device that the hub will not count.
pub(super) fn withdraw(slot: Slot<'_>, entry: &Entry) -> Result<Vec<ReservationId>> {
    let mut touched = Vec::new();
    let gone = slot
        .sql("DELETE FROM entry_# WHERE id = ?1 AND hub = 0")?
        .execute([entry.id.to_string()])?;
    if gone > 0 {
        touched.push(entry.reservation.clone());
        if let Some(target) = entry.voids {
            let still = slot
                .sql("SELECT 1 FROM entry_# WHERE voids = ?1")?
                .exists([target.to_string()])?;
            touched.extend(set_voided(slot, target, still)?);
        }
    }
    Ok(touched)
}

fn set_voided(slot: Slot<'_>, target: EntryId, voided: bool) -> Result<Option<ReservationId>> {
    let reservation: Option<String> = slot
        .sql("UPDATE entry_# SET voided = ?2 WHERE id = ?1 RETURNING reservation")?
        .query_row(params![target.to_string(), voided], |row| row.get(0))
        .optional()?;
    Ok(reservation.and_then(|id| id.parse().ok()))
}

/// The entries that only this device has, as far as is known here.
fn of_this_device(slot: Slot<'_>) -> Result<Vec<Entry>> {
    let mut statement = slot.sql("SELECT json FROM entry_# WHERE hub = 0")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|json| Ok(serde_json::from_str(&json?)?)).collect()
}

/// What a reservation's entries say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// People: the sum of the entries that no undo voids.
    pub(super) attendance: u32,
    /// Whether this device has one that the hub has not.
    pub(super) own_waiting: bool,
}

/// Counts a reservation's entries.
pub(super) fn tally(slot: Slot<'_>, reservation: &ReservationId) -> Result<Tally> {
    Ok(slot
        .sql(
            "SELECT COALESCE(SUM(CASE WHEN voids IS NULL AND NOT voided THEN quantity END), 0), COALESCE(MAX(NOT hub), 0)
             FROM entry_# WHERE reservation = ?1",
        )?
        .query_row([reservation.as_str()], |row| {
            Ok(Tally {
                attendance: row.get(0)?,
                own_waiting: row.get(1)?,
            })
        })?)
}

impl Cache {
    /// Shows an entry that was just recorded here.
    pub(crate) fn add_own(&mut self, entry: &Entry) -> Result<Vec<ReservationId>> {
        self.in_every_slot(|cache, slot| {
            let touched = add(slot, entry, None)?;
            touched
                .iter()
                .try_for_each(|reservation| rows::recount(cache, slot, reservation))?;
            Ok(touched)
        })
    }

    /// Shows this device's entries as the facts have them: those that are not shown yet, since a crash may have come between, and no more those that
    /// the hub will not count, since the file may be older than its word.
    pub(crate) fn show_own(&mut self, own: &[Entry]) -> Result<()> {
        let counted: HashSet<EntryId> = own.iter().map(|entry| entry.id).collect();
        self.in_every_slot(|cache, slot| {
            for entry in of_this_device(slot)? {
                if !counted.contains(&entry.id) {
                    for reservation in withdraw(slot, &entry)? {
                        rows::recount(cache, slot, &reservation)?;
                    }
                }
            }
            for entry in own {
                let there = slot
                    .sql("SELECT 1 FROM entry_# WHERE id = ?1")?
                    .exists([entry.id.to_string()])?;
                if !there {
                    for reservation in add(slot, entry, None)? {
                        rows::recount(cache, slot, &reservation)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// No longer shows an entry that the hub will not count.
    pub(crate) fn withdraw_own(&mut self, entry: &Entry) -> Result<Vec<ReservationId>> {
        self.in_every_slot(|cache, slot| {
            let touched = withdraw(slot, entry)?;
            touched
                .iter()
                .try_for_each(|reservation| rows::recount(cache, slot, reservation))?;
            Ok(touched)
        })
    }

    /// One transaction over the slot that is read and the one that is being loaded.
    pub(super) fn in_every_slot<R>(&mut self, work: impl Fn(&Self, Slot<'_>) -> Result<R>) -> Result<R> {
        let change = self.db.unchecked_transaction()?;
        let mut result = None;
        for number in self.slots() {
            let slot = Slot { db: &change, number };
            let done = work(self, slot)?;
            result.get_or_insert(done);
        }
        change.commit()?;
        result.ok_or_else(crate::error::DoorError::closed)
    }
}
