//! One reservation with its entries, this door's last entries, and conflicts.

use portero_protocol::conflict::Conflict;
use portero_protocol::entry::{Entry, StoredEntry};
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use rusqlite::OptionalExtension;

use super::{Reads, row_where};
use crate::error::{DoorError, Result};
use crate::facts;
use crate::view::{Recent, Sheet};

impl Reads {
    /// One reservation with its entries by corrected time.
    pub(crate) fn sheet(&self, id: &ReservationId) -> Result<Sheet> {
        let view = self.view()?;
        let slot = view.slot();
        let row = row_where(slot, "id = ?1", id.as_str())?
            .filter(|found| !found.hidden)
            .ok_or_else(|| {
                DoorError::new(
                    Code::NotFound,
                    format!("reservation {id} is not known here; a door knows the nights around tonight"),
                )
            })?
            .row;
        let mut statement =
            slot.sql("SELECT json, hub FROM entry_# WHERE reservation = ?1 ORDER BY at, id")?;
        let entries = statement
            .query_map([id.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
            })?
            .map(|found| {
                let (json, from_hub) = found?;
                if from_hub {
                    return Ok(serde_json::from_str(&json)?);
                }
                let entry: Entry = serde_json::from_str(&json)?;
                Ok(StoredEntry {
                    received: entry.corrected(),
                    device: self.device,
                    entry,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Sheet { row, entries })
    }

    /// Who reserved; `None`: it is not known here.
    pub(crate) fn client_name(&self, id: &ReservationId) -> Result<Option<String>> {
        let view = self.view()?;
        let found = row_where(view.slot(), "id = ?1", id.as_str())?;
        Ok(found.map(|found| found.row.reservation.client.name))
    }

    /// This door's last entries, newest first.
    pub(crate) fn recent(&self, limit: u32) -> Result<Vec<Recent>> {
        let view = self.view()?;
        let slot = view.slot();
        let mut voided = slot.sql("SELECT 1 FROM entry_# WHERE voids = ?1")?;
        let mut disputed = slot.sql(
            "SELECT 1 FROM conflict_#, json_each(conflict_#.json, '$.escaneoIds')
             WHERE conflict_#.state = 'open' AND json_each.value = ?1",
        )?;
        facts::recent(&self.facts, limit)?
            .into_iter()
            .map(|(entry, delivery)| {
                let id = entry.id.to_string();
                let client_name = row_where(slot, "id = ?1", entry.reservation.as_str())?
                    .map(|found| found.row.reservation.client.name);
                Ok(Recent {
                    client_name,
                    delivery,
                    voided: voided.exists([&id])?,
                    in_conflict: disputed.exists([&id])?,
                    entry,
                })
            })
            .collect()
    }

    /// Conflicts, open ones first, then the newest.
    pub(crate) fn conflicts(&self) -> Result<Vec<Conflict>> {
        let view = self.view()?;
        let mut statement = view
            .slot()
            .sql("SELECT json FROM conflict_# ORDER BY state = 'resolved', opened DESC")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|json| Ok(serde_json::from_str(&json?)?)).collect()
    }

    /// Whether an entry is known here as the hub's.
    #[cfg(feature = "sim")]
    pub(crate) fn holds_entry(&self, id: portero_protocol::ids::EntryId) -> Result<bool> {
        let view = self.view()?;
        Ok(view
            .slot()
            .sql("SELECT 1 FROM entry_# WHERE id = ?1 AND hub = 1")?
            .exists([id.to_string()])?)
    }

    /// Whether a conflict is known here.
    #[cfg(feature = "sim")]
    pub(crate) fn holds_conflict(&self, id: portero_protocol::ids::ConflictId) -> Result<bool> {
        let view = self.view()?;
        Ok(view
            .slot()
            .sql("SELECT 1 FROM conflict_# WHERE id = ?1")?
            .exists([id.to_string()])?)
    }

    /// A reservation whose count is not the sum of its entries.
    #[cfg(feature = "sim")]
    pub(crate) fn miscounted(&self) -> Result<Option<String>> {
        let view = self.view()?;
        let found = view
            .slot()
            .sql(
                "SELECT id || ' ' || attendance FROM row_# WHERE attendance <> (SELECT COALESCE(SUM(quantity), 0) FROM entry_#
                 WHERE entry_#.reservation = row_#.id AND voids IS NULL
                 AND NOT EXISTS (SELECT 1 FROM entry_# AS undo WHERE undo.voids = entry_#.id)) LIMIT 1",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Whether a reservation is known here in that version of the hub, or as deleted.
    #[cfg(feature = "sim")]
    pub(crate) fn holds_version(&self, id: &ReservationId, version: u64) -> Result<bool> {
        let view = self.view()?;
        let slot = view.slot();
        let newer = slot
            .sql("SELECT 1 FROM row_# WHERE id = ?1 AND hub_version >= ?2")?
            .exists(rusqlite::params![
                id.as_str(),
                i64::try_from(version).unwrap_or(i64::MAX)
            ])?;
        Ok(newer
            || slot
                .sql("SELECT 1 FROM tomb_# WHERE id = ?1")?
                .exists([id.as_str()])?)
    }

    /// The version and whether it exists, for a write that is about to be made.
    pub(crate) fn exists(&self, id: &ReservationId) -> Result<bool> {
        let view = self.view()?;
        let place: Option<i64> = view
            .slot()
            .sql("SELECT place FROM row_# WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(place.is_some_and(|place| place > 0))
    }
}
