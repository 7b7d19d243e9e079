//! Browser sessions: a cookie that reads what its device may read, and writes nothing.

use std::collections::HashMap;

use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use rusqlite::Connection;

use super::known::{SecretHash, hash_of};
use super::sql;
use super::tx::Tx;
use crate::error::Result;
use crate::random;

/// How long a session lives, in ms: one night and a little.
pub(crate) const LIFE_MS: i64 = 16 * 60 * 60 * 1_000;

pub(super) fn all(conn: &Connection, venue: i64) -> Result<HashMap<SecretHash, (DeviceId, Instant)>> {
    let mut query = conn.prepare_cached("SELECT hash, device, expires FROM session WHERE venue = ?1")?;
    let mut rows = query.query([venue])?;
    let mut sessions = HashMap::new();
    while let Some(row) = rows.next()? {
        sessions.insert(
            sql::get(row, "hash")?,
            (
                DeviceId::from(sql::uuid(row, "device")?),
                sql::instant(row, "expires")?,
            ),
        );
    }
    Ok(sessions)
}

impl Tx<'_> {
    /// Starts a session of a device, and gives its secret.
    pub(crate) fn start_session(&mut self, device: DeviceId) -> Result<String> {
        let secret = random::secret()?;
        self.conn.execute(
            "INSERT INTO session (venue, hash, device, expires) VALUES (?1, ?2, ?3, ?4)",
            (
                self.venue,
                hash_of(&secret),
                device.uuid().into_bytes(),
                self.now.plus_ms(LIFE_MS).ms(),
            ),
        )?;
        self.relearn()?;
        Ok(secret)
    }

    /// Forgets sessions that have ended.
    pub(crate) fn prune_sessions(&mut self) -> Result<usize> {
        let gone = self.conn.execute(
            "DELETE FROM session WHERE venue = ?1 AND expires <= ?2",
            (self.venue, self.now.ms()),
        )?;
        if gone > 0 {
            self.relearn()?;
        }
        Ok(gone)
    }
}
