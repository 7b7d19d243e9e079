//! Each device's chain of entries: numbered without a gap, each holding the hash of the one before.

use portero_protocol::chain::FIRST;
use portero_protocol::entry::Entry;
use portero_protocol::ids::DeviceId;
use rusqlite::OptionalExtension;

use super::entry::EntryHash;
use super::sql;
use super::tx::Tx;
use crate::error::Result;

impl Tx<'_> {
    /// Whether a device's entry fits to what it delivered before. A hole is no break: the missing ones may be on their way. To be asked before
    /// the entry is appended.
    pub(crate) fn fits_chain(&self, device: DeviceId, entry: &Entry, hash: EntryHash) -> Result<bool> {
        let number = device.uuid().into_bytes();
        let known = self
            .conn
            .prepare_cached("SELECT sequence, last_hash FROM device WHERE venue = ?1 AND id = ?2")?
            .query_row((self.venue, number), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<EntryHash>>(1)?))
            })
            .optional()?;
        let Some((last, last_hash)) = known else {
            return Ok(true);
        };
        let sequence = sql::signed(entry.sequence);
        if sequence == last + 1 {
            let fits = match last_hash {
                Some(hash) => entry.previous == hex::encode(hash),
                None => entry.previous == FIRST,
            };
            self.advance(device, sequence, hash)?;
            return Ok(fits);
        }
        if sequence > last {
            self.advance(device, sequence, hash)?;
        }
        let twice = self
            .conn
            .prepare_cached("SELECT 1 FROM entry WHERE venue = ?1 AND device = ?2 AND sequence = ?3")?
            .exists((self.venue, number, sequence))?;
        let before = self.hash_at(device, sequence - 1)?;
        if before.is_none() && sequence > 1 {
            self.find_base(device, entry)?;
        }
        let after: Option<[u8; 32]> = self
            .conn
            .prepare_cached(
                "SELECT previous FROM entry WHERE venue = ?1 AND device = ?2 AND sequence = ?3 LIMIT 1",
            )?
            .query_row((self.venue, number, sequence + 1), |row| row.get(0))
            .optional()?;
        let follows = match before {
            Some(before) => entry.previous == hex::encode(before),
            None => sequence != 1 || entry.previous == FIRST,
        };
        Ok(!twice && follows && after.is_none_or(|previous| previous == hash))
    }

    /// An entry whose predecessor came from another device: the laptop got another token in between, and what was before it is that device's.
    fn find_base(&self, device: DeviceId, entry: &Entry) -> Result<()> {
        let number = device.uuid().into_bytes();
        let base = sql::signed(entry.sequence) - 1;
        let mut previous = [0; 32];
        // `Entry::check` has seen that it is 64 hex digits.
        hex::decode_to_slice(&entry.previous, &mut previous).map_err(|_| sql::damaged("previous"))?;
        let elsewhere = self
            .conn
            .prepare_cached(
                "SELECT 1 FROM entry WHERE venue = ?1 AND device <> ?2 AND sequence = ?3 AND hash = ?4 LIMIT 1",
            )?
            .exists((self.venue, number, base, previous))?;
        if elsewhere {
            self.conn
                .prepare_cached("UPDATE device SET base = ?3 WHERE venue = ?1 AND id = ?2")?
                .execute((self.venue, number, base))?;
        }
        Ok(())
    }

    fn hash_at(&self, device: DeviceId, sequence: i64) -> Result<Option<EntryHash>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT hash FROM entry WHERE venue = ?1 AND device = ?2 AND sequence = ?3 LIMIT 1",
            )?
            .query_row((self.venue, device.uuid().into_bytes(), sequence), |row| {
                row.get(0)
            })
            .optional()?)
    }

    fn advance(&self, device: DeviceId, sequence: i64, hash: EntryHash) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE device SET sequence = ?3, last_hash = ?4 WHERE venue = ?1 AND id = ?2")?
            .execute((self.venue, device.uuid().into_bytes(), sequence, hash))?;
        Ok(())
    }
}
