//! Keys that sign tickets: the hub's own, and those of devices that may let walk-ins in without a network.

use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use portero_protocol::problem::{Code, Invalid};
use portero_protocol::ticket::SigningKey;
use portero_protocol::venue::PublicKey;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::sql;
use super::tx::Tx;
use crate::clock;
use crate::error::{Error, Result};
use crate::random;

/// Makes the hub's own key.
pub(super) fn make_own(conn: &Connection, venue: i64, now: Instant) -> Result<()> {
    let seed: [u8; 32] = random::bytes()?;
    let public = SigningKey::from_seed(&seed).published(now);
    conn.execute(
        "INSERT INTO signing_key (venue, key_id, public, secret, starts) VALUES (?1, ?2, ?3, ?4, ?5)",
        (venue, &public.key_id, &public.key, seed.as_slice(), now.ms()),
    )?;
    Ok(())
}

/// The hub's own key, the newest where there are several.
pub(super) fn own(conn: &Connection, venue: i64) -> Result<SigningKey> {
    let seed: [u8; 32] = conn.query_row(
        "SELECT secret FROM signing_key WHERE venue = ?1 AND secret IS NOT NULL ORDER BY starts DESC LIMIT 1",
        [venue],
        |row| row.get(0),
    )?;
    Ok(SigningKey::from_seed(&seed))
}

/// How long a device's key that ended is still published, in ms: its tickets were for the nights before that.
const AFTERLIFE_MS: i64 = 8 * 24 * 60 * 60 * 1_000;

/// Every key that doors may accept, the oldest first.
pub(super) fn published(conn: &Connection, venue: i64) -> Result<Vec<PublicKey>> {
    let mut query = conn.prepare_cached(
        "SELECT signing_key.*, device.allotment FROM signing_key \
         LEFT JOIN device ON device.venue = signing_key.venue AND device.id = signing_key.device \
         WHERE signing_key.venue = ?1 AND (device IS NULL OR ends IS NULL OR ends > ?2) ORDER BY starts, key_id",
    )?;
    let mut rows = query.query((venue, clock::now().ms() - AFTERLIFE_MS))?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(PublicKey {
            key_id: sql::get(row, "key_id")?,
            key: sql::get(row, "public")?,
            device: sql::maybe_uuid(row, "device")?.map(DeviceId::from),
            allotment: sql::get(row, "allotment")?,
            from: sql::instant(row, "starts")?,
            until: sql::maybe_instant(row, "ends")?,
        });
    }
    Ok(keys)
}

impl Tx<'_> {
    /// Publishes the key with which a device signs walk-in tickets. A key that it had before ends now.
    pub(crate) fn publish_key(&mut self, device: DeviceId, key: &str) -> Result<PublicKey> {
        let invalid = || {
            Invalid::field(
                "clave",
                "has to be an Ed25519 public key, 32 bytes in lower-case hex",
            )
        };
        let bytes: [u8; 32] = hex::decode(key)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(invalid)?;
        if ed25519_dalek::VerifyingKey::from_bytes(&bytes).is_err() || key != hex::encode(bytes) {
            return Err(invalid().into());
        }
        let key_id = hex::encode(&Sha256::digest(bytes)[..4]);
        let now = self.now.ms();
        let known = self
            .conn
            .prepare_cached("SELECT public, device, ends FROM signing_key WHERE venue = ?1 AND key_id = ?2")?
            .query_row((self.venue, &key_id), |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, Option<[u8; 16]>>(1)?,
                    row.get::<_, Option<i64>>(2)?,
                ))
            })
            .optional()?;
        match known {
            None => {}
            Some((public, Some(owner), None)) if public == key && owner == device.uuid().into_bytes() => {
                return self.published_key(&key_id);
            }
            Some(_) => {
                return Err(Error::new(
                    Code::IdTaken,
                    "That key was published before: make another one",
                ));
            }
        }
        self.end_key(device)?;
        self.conn.execute(
            "INSERT INTO signing_key (venue, key_id, public, device, starts) VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.venue, &key_id, key, device.uuid().into_bytes(), now),
        )?;
        self.venue_changed()?;
        self.published_key(&key_id)
    }

    fn published_key(&self, key_id: &str) -> Result<PublicKey> {
        let keys = &self.known.venue.keys;
        keys.iter()
            .find(|known| known.key_id == key_id)
            .cloned()
            .ok_or_else(|| Code::Internal.into())
    }

    /// The device that published a key, also where the key has ended since: what it signed before is its own.
    pub(crate) fn owner_of_key(&self, public: &str) -> Result<Option<DeviceId>> {
        let owner: Option<[u8; 16]> = self
            .conn
            .prepare_cached(
                "SELECT device FROM signing_key WHERE venue = ?1 AND public = ?2 AND device IS NOT NULL",
            )?
            .query_row((self.venue, public), |row| row.get(0))
            .optional()?;
        Ok(owner.map(|bytes| DeviceId::from(uuid::Uuid::from_bytes(bytes))))
    }

    /// Ends the key of a device, if it has one.
    pub(crate) fn end_key(&mut self, device: DeviceId) -> Result<()> {
        self.conn.execute(
            "UPDATE signing_key SET ends = ?3 WHERE venue = ?1 AND device = ?2 AND ends IS NULL",
            (self.venue, device.uuid().into_bytes(), self.now.ms()),
        )?;
        Ok(())
    }
}
