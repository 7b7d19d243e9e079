//! Entries of revoked devices: kept for a manager, counting nothing.

use portero_protocol::entry::Entry;
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use rusqlite::OptionalExtension;

use super::entry::EntryHash;
use super::sql;
use super::tx::Tx;
use crate::error::Result;

impl Tx<'_> {
    /// The hash of a held entry, if it is one.
    pub(crate) fn held_hash(&self, id: EntryId) -> Result<Option<EntryHash>> {
        Ok(self
            .conn
            .prepare_cached("SELECT hash FROM held WHERE venue = ?1 AND id = ?2")?
            .query_row((self.venue, id.uuid().into_bytes()), |row| row.get(0))
            .optional()?)
    }

    /// How many entries of a device are held.
    pub(crate) fn held_of(&self, device: DeviceId) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM held WHERE venue = ?1 AND device = ?2")?
            .query_row((self.venue, device.uuid().into_bytes()), |row| row.get(0))?)
    }

    /// Holds an entry.
    pub(crate) fn hold(&self, entry: &Entry, hash: EntryHash, device: DeviceId) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO held (venue, id, device, reservation, body, hash, received) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                self.venue,
                entry.id.uuid().into_bytes(),
                device.uuid().into_bytes(),
                entry.reservation.as_str(),
                serde_json::to_string(entry)?,
                hash,
                self.now.ms(),
            ))?;
        Ok(())
    }

    /// Takes the held entries of a reservation out, in the order of their device's numbers.
    pub(crate) fn release(&self, reservation: &ReservationId) -> Result<Vec<(Entry, DeviceId)>> {
        let mut query = self.conn.prepare_cached(
            "SELECT body, device FROM held WHERE venue = ?1 AND reservation = ?2 ORDER BY received",
        )?;
        let mut rows = query.query((self.venue, reservation.as_str()))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let body: String = sql::get(row, "body")?;
            let entry: Entry = serde_json::from_str(&body).map_err(|_| sql::damaged("body"))?;
            entries.push((entry, DeviceId::from(sql::uuid(row, "device")?)));
        }
        entries.sort_by_key(|(entry, device)| (*device, entry.sequence));
        self.conn
            .prepare_cached("DELETE FROM held WHERE venue = ?1 AND reservation = ?2")?
            .execute((self.venue, reservation.as_str()))?;
        Ok(entries)
    }
}
