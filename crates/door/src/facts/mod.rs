//! `facts.db`: what happened at this door. It is the only file that cannot be fetched again, so every commit reaches the disk.

use std::path::Path;

use portero_protocol::chain;
use portero_protocol::entry::Entry;
use portero_protocol::ids::{DeviceId, EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use rusqlite::{Connection, OptionalExtension, params};

use crate::database;
use crate::error::Result;

mod day;
mod items;
mod key;
mod outbox;
mod writes;

pub(crate) use day::past_days;
#[cfg(feature = "sim")]
pub(crate) use items::entry_states;
pub(crate) use items::{Answered, Item, ItemId, Mark, Settled, counts, payloads, recent, waiting};
pub(crate) use outbox::unsettled;
pub(crate) use writes::{Write, WriteBody, to_send, unseen, walk_ins};

const STEPS: &[&str] = &[include_str!("schema_1.sql"), include_str!("schema_2.sql")];
/// The file's name in the data dir.
pub(crate) const FILE: &str = "facts.db";

/// The facts, for their one writer.
#[derive(Debug)]
pub(crate) struct Facts {
    db: Connection,
    device: DeviceId,
    /// The number and the hash of the last entry.
    end: (u64, String),
}

impl Facts {
    /// Opens or makes the file. A new one gets a new device id.
    pub(crate) fn open(data_dir: &Path, now_ms: i64) -> Result<Self> {
        let file = data_dir.join(FILE);
        let db = database::open(&file, STEPS, "FULL")?;
        keep_to_the_owner(&file)?;
        let device = match meta(&db, "device")? {
            Some(text) => text.parse().map_err(|_| {
                crate::error::DoorError::new(
                    portero_protocol::problem::Code::Storage,
                    "facts.db does not name its device: it is damaged. Keep the file and ask for help",
                )
            })?,
            None => {
                let device = DeviceId::new(now_ms);
                set_meta(&db, "device", &device.to_string())?;
                device
            }
        };
        let end = db
            .query_row(
                "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)),
            )
            .optional()?
            .unwrap_or((0, chain::FIRST.to_owned()));
        Ok(Self { db, device, end })
    }

    /// This device.
    pub(crate) fn device(&self) -> DeviceId {
        self.device
    }

    /// The number of the last entry that was made here; 0: none was.
    pub(crate) fn last_number(&self) -> u64 {
        self.end.0
    }

    /// A value that was kept under that name.
    pub(crate) fn meta(&self, key: &str) -> Result<Option<String>> {
        meta(&self.db, key)
    }

    /// Keeps a value under that name.
    pub(crate) fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        set_meta(&self.db, key, value)
    }

    /// Records an entry: numbers it, chains it, and puts it on its way, in one transaction. It is on disk when this returns.
    pub(crate) fn record(&mut self, mut entry: Entry) -> Result<Entry> {
        let (last, previous) = &self.end;
        entry.sequence = last + 1;
        entry.previous.clone_from(previous);
        let hash = chain::hash(&entry);
        let json = serde_json::to_string(&entry)?;
        let change = self.db.transaction()?;
        change
            .prepare_cached(
                "INSERT INTO entry (sequence, id, reservation, json, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                entry.sequence.cast_signed(),
                entry.id.to_string(),
                entry.reservation.as_str(),
                json,
                hash
            ])?;
        items::add(
            &change,
            &entry.id.to_string(),
            "entry",
            &entry.reservation,
            entry.timestamp.ms(),
        )?;
        change.commit()?;
        self.end = (entry.sequence, hash);
        Ok(entry)
    }

    /// This door's entries of a reservation that count, those that were delivered included.
    pub(crate) fn of_reservation(&self, reservation: &ReservationId) -> Result<Vec<Entry>> {
        let mut statement = self.db.prepare_cached(
            "SELECT entry.json FROM entry JOIN item ON item.id = entry.id
             WHERE entry.reservation = ?1 AND item.state IN ('pending', 'confirmed') ORDER BY entry.sequence",
        )?;
        let rows = statement.query_map([reservation.as_str()], |row| row.get::<_, String>(0))?;
        rows.map(|json| Ok(serde_json::from_str(&json?)?)).collect()
    }

    /// One of this door's entries.
    pub(crate) fn entry(&self, id: EntryId) -> Result<Option<Entry>> {
        let json: Option<String> = self
            .db
            .prepare_cached("SELECT json FROM entry WHERE id = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// This door's entries that carry a ticket, as their reservations were not known.
    pub(crate) fn with_code(&self) -> Result<Vec<Entry>> {
        Ok(own_entries(&self.db)?
            .into_iter()
            .filter(|entry| entry.code.is_some())
            .collect())
    }

    /// A write that was made here.
    pub(crate) fn write(&self, id: OpId) -> Result<Option<Write>> {
        writes::one(&self.db, &id.to_string())
    }

    /// Whether a create of that reservation is on its way.
    pub(crate) fn creates(&self, reservation: &ReservationId) -> Result<bool> {
        Ok(writes::unseen(&self.db, Instant::from_ms(i64::MAX))?
            .iter()
            .any(|write| write.reservation == *reservation && matches!(write.body, WriteBody::Create { .. })))
    }
}

/// All of this device's entries that count, oldest first. The view is the hub's entries and these.
pub(crate) fn own_entries(db: &Connection) -> Result<Vec<Entry>> {
    let mut statement = db.prepare_cached(
        "SELECT entry.json FROM entry JOIN item ON item.id = entry.id
         WHERE item.state IN ('pending', 'confirmed') ORDER BY entry.sequence",
    )?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|json| Ok(serde_json::from_str(&json?)?)).collect()
}

/// The file holds this laptop's key: only its user reads it, as the token. SQLite gives what it makes beside it the same mode.
fn keep_to_the_owner(file: &Path) -> Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(|error| {
        crate::error::DoorError::new(
            portero_protocol::problem::Code::Storage,
            format!("{} cannot be kept to its owner: {error}", file.display()),
        )
    })?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

fn meta(db: &Connection, key: &str) -> Result<Option<String>> {
    Ok(db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn set_meta(db: &Connection, key: &str, value: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}

#[cfg(test)]
mod tests;
