//! What every request needs and seldom changes, held in memory: the venue, its calendar, and whose token is whose.

use std::collections::HashMap;
use std::sync::Arc;

use portero_protocol::day::Calendar;
use portero_protocol::device::Role;
use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use portero_protocol::ticket::SigningKey;
use portero_protocol::venue::Venue;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::readers::View;
use super::{device, keys, session, venue};
use crate::error::Result;

/// SHA-256 of a secret: all that the hub keeps of it.
pub(crate) type SecretHash = [u8; 32];

/// A device as its token names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) device: DeviceId,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Since when it may only deliver entries.
    pub(crate) revoked: Option<Instant>,
    /// When its token ends.
    pub(crate) expires: Option<Instant>,
}

/// The state of a commit.
pub(crate) struct Known {
    pub(crate) venue: Venue,
    pub(crate) calendar: Calendar,
    /// The hub's own key, for tickets.
    pub(crate) signing: SigningKey,
    devices: HashMap<SecretHash, Arc<Identity>>,
    sessions: HashMap<SecretHash, (DeviceId, Instant)>,
}

impl Known {
    pub(super) fn load(conn: &Connection, number: i64) -> Result<Self> {
        let venue = venue::load(conn, number)?;
        Ok(Self {
            calendar: Calendar::of(&venue)?,
            venue,
            signing: keys::own(conn, number)?,
            devices: device::identities(conn, number)?,
            sessions: session::all(conn, number)?,
        })
    }

    /// As of a view of the data.
    pub(crate) fn of(view: &View<'_>) -> Result<Self> {
        Self::load(view.conn, view.venue)
    }

    /// Whose token it is.
    pub(crate) fn by_token(&self, token: &str, now: Instant) -> Option<Arc<Identity>> {
        let hash = hash_of(token);
        // The map is searched by a hash that nobody can steer; the last word is a comparison in constant time.
        let (held, identity) = self.devices.get_key_value(&hash)?;
        let same = bool::from(held.ct_eq(&hash));
        let ended = identity.expires.is_some_and(|end| end <= now);
        (same && !ended).then(|| Arc::clone(identity))
    }

    /// A device, whatever became of its token.
    pub(crate) fn by_device(&self, device: DeviceId) -> Option<Arc<Identity>> {
        self.devices
            .values()
            .find(|identity| identity.device == device)
            .map(Arc::clone)
    }

    /// Whose session it is, and when it ends.
    pub(crate) fn by_session(&self, secret: &str, now: Instant) -> Option<(Arc<Identity>, Instant)> {
        let hash = hash_of(secret);
        let (held, (device, expires)) = self.sessions.get_key_value(&hash)?;
        let identity = self
            .devices
            .values()
            .find(|identity| identity.device == *device)?;
        let ended = *expires <= now || identity.expires.is_some_and(|end| end <= now);
        (bool::from(held.ct_eq(&hash)) && !ended).then(|| (Arc::clone(identity), *expires))
    }
}

/// SHA-256 of a secret.
pub(crate) fn hash_of(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}
