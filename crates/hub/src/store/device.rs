//! Devices and their tokens. Of a token only the hash is kept.

use std::collections::HashMap;
use std::sync::Arc;

use portero_protocol::device::{Device, Role};
use portero_protocol::event::Change;
use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use portero_protocol::limits::TEXT_CHARS;
use portero_protocol::problem::{Code, Invalid};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use super::Store;
use super::known::{Identity, SecretHash, hash_of};
use super::readers::View;
use super::sql;
use super::tx::Tx;
use crate::error::{Error, Result};
use crate::random;

/// A new token and the device that it belongs to. The token is in no other place: the hub keeps its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// The secret.
    pub token: String,
    /// The device.
    pub device_id: DeviceId,
}

pub(super) fn identities(conn: &Connection, venue: i64) -> Result<HashMap<SecretHash, Arc<Identity>>> {
    let mut query = conn
        .prepare_cached("SELECT id, name, role, revoked, expires, token_hash FROM device WHERE venue = ?1")?;
    let mut rows = query.query([venue])?;
    let mut devices = HashMap::new();
    while let Some(row) = rows.next()? {
        let identity = Identity {
            device: DeviceId::from(sql::uuid(row, "id")?),
            name: sql::get(row, "name")?,
            role: sql::named(row, "role", Role::from_wire)?,
            revoked: sql::maybe_instant(row, "revoked")?,
            expires: sql::maybe_instant(row, "expires")?,
        };
        devices.insert(sql::get(row, "token_hash")?, Arc::new(identity));
    }
    Ok(devices)
}

/// A device with what is outstanding of its entries: those that it made, less those that are here or held.
const DEVICES: &str = "SELECT device.*, MAX(issued, sequence) AS made, MAX(0, MAX(issued, sequence) - base \
                       - (SELECT COUNT(DISTINCT entry.sequence) FROM entry \
                          WHERE entry.venue = device.venue AND entry.device = device.id) \
                       - (SELECT COUNT(*) FROM held WHERE held.venue = device.venue AND held.device = device.id)) \
                       AS outstanding FROM device";

/// When a device was last heard, and what it said then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) at: Instant,
    /// The number of the last entry that it had made; 0: it did not say.
    pub(crate) issued: u64,
}

impl Heard {
    /// Heard again.
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            at: self.at.max(later.at),
            issued: self.issued.max(later.issued),
        }
    }

    /// Brings a device up to date with it.
    pub(crate) fn tell(self, device: &mut Device) {
        device.seen = device.seen.max(Some(self.at));
        let more = self.issued.saturating_sub(device.sequence);
        device.sequence += more;
        device.outstanding += more;
    }
}

fn read(row: &Row<'_>) -> Result<Device> {
    Ok(Device {
        id: DeviceId::from(sql::uuid(row, "id")?),
        name: sql::get(row, "name")?,
        role: sql::named(row, "role", Role::from_wire)?,
        created: sql::instant(row, "created")?,
        revoked: sql::maybe_instant(row, "revoked")?,
        seen: sql::maybe_instant(row, "seen")?,
        sequence: sql::counter(row, "made")?,
        outstanding: sql::counter(row, "outstanding")?,
        allotment: sql::get(row, "allotment")?,
        state: None,
    })
}

fn find(conn: &Connection, venue: i64, id: DeviceId) -> Result<Device> {
    conn.prepare_cached(&format!("{DEVICES} WHERE venue = ?1 AND id = ?2"))?
        .query_row((venue, id.uuid().into_bytes()), |row| Ok(read(row)))
        .optional()?
        .unwrap_or_else(|| Err(Error::new(Code::NotFound, "There is no device with that id")))
}

impl View<'_> {
    /// Every device, the oldest first.
    pub(crate) fn devices(&self) -> Result<Vec<Device>> {
        let mut query = self
            .conn
            .prepare_cached(&format!("{DEVICES} WHERE venue = ?1 ORDER BY created, id"))?;
        let mut rows = query.query([self.venue])?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            devices.push(read(row)?);
        }
        Ok(devices)
    }

    /// One device.
    pub(crate) fn device(&self, id: DeviceId) -> Result<Device> {
        find(self.conn, self.venue, id)
    }
}

impl Tx<'_> {
    /// Makes a device with a new token, which ends at `expires` where that is given.
    pub(crate) fn create_device(
        &mut self,
        role: Role,
        name: &str,
        expires: Option<Instant>,
    ) -> Result<NewToken> {
        check_name(name)?;
        let token = random::secret()?;
        let id = DeviceId::new(self.now.ms());
        self.conn.execute(
            "INSERT INTO device (venue, id, name, role, token_hash, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                self.venue,
                id.uuid().into_bytes(),
                name.trim(),
                role.as_str(),
                hash_of(&token),
                self.now.ms(),
                expires.map(Instant::ms),
            ),
        )?;
        self.device_changed(id)?;
        Ok(NewToken { token, device_id: id })
    }

    /// Gives a device another name, or another seat allotment for walk-ins.
    pub(crate) fn change_device(
        &mut self,
        id: DeviceId,
        name: Option<&str>,
        allotment: Option<u32>,
    ) -> Result<Device> {
        let before = find(self.conn, self.venue, id)?;
        if let Some(name) = name {
            check_name(name)?;
        }
        let name = name.map_or(before.name.as_str(), str::trim);
        let seats = allotment.or(before.allotment);
        if name == before.name && seats == before.allotment {
            return Ok(before);
        }
        self.conn.execute(
            "UPDATE device SET name = ?3, allotment = ?4 WHERE venue = ?1 AND id = ?2",
            (self.venue, id.uuid().into_bytes(), name, seats),
        )?;
        let published = self.known.venue.keys.iter().any(|key| key.device == Some(id));
        if published && seats != before.allotment {
            self.venue_changed()?;
        }
        self.device_changed(id)
    }

    /// How many people a device may let in as walk-ins in one night.
    pub(crate) fn allotment(&self, id: DeviceId) -> Result<Option<u32>> {
        Ok(find(self.conn, self.venue, id)?.allotment)
    }

    /// From now on the device may deliver entries, and nothing else.
    pub(crate) fn revoke_device(&mut self, id: DeviceId) -> Result<Device> {
        let device = find(self.conn, self.venue, id)?;
        if device.revoked.is_some() {
            return Ok(device);
        }
        self.conn.execute(
            "UPDATE device SET revoked = ?3 WHERE venue = ?1 AND id = ?2",
            (self.venue, id.uuid().into_bytes(), self.now.ms()),
        )?;
        self.conn.execute(
            "DELETE FROM session WHERE venue = ?1 AND device = ?2",
            (self.venue, id.uuid().into_bytes()),
        )?;
        let had_key = self
            .known
            .venue
            .keys
            .iter()
            .any(|key| key.device == Some(id) && key.until.is_none());
        if had_key {
            self.end_key(id)?;
            self.venue_changed()?;
        }
        self.device_changed(id)
    }

    /// Remembers when devices were last heard, and what they said then. No event: it would be one for each minute of each device.
    pub(crate) fn devices_seen(&mut self, seen: &[(DeviceId, Heard)]) -> Result<()> {
        let mut update = self.conn.prepare_cached(
            "UPDATE device SET seen = MAX(COALESCE(seen, 0), ?3), issued = MAX(issued, ?4) WHERE venue = ?1 AND id = ?2",
        )?;
        for (id, heard) in seen {
            update.execute((
                self.venue,
                id.uuid().into_bytes(),
                heard.at.ms(),
                sql::signed(heard.issued),
            ))?;
        }
        Ok(())
    }

    /// A device with what is outstanding of its entries.
    pub(crate) fn device(&self, id: DeviceId) -> Result<Device> {
        find(self.conn, self.venue, id)
    }

    /// Tells managers how a device is.
    pub(crate) fn device_told(&mut self, device: &Device) -> Result<()> {
        self.log(Change::Device(device.clone()))?;
        Ok(())
    }

    fn device_changed(&mut self, id: DeviceId) -> Result<Device> {
        self.relearn()?;
        let device = find(self.conn, self.venue, id)?;
        self.log(Change::Device(device.clone()))?;
        Ok(device)
    }
}

fn check_name(name: &str) -> Result<()> {
    let fits =
        !name.trim().is_empty() && name.chars().count() <= TEXT_CHARS && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Invalid::field(
            "nombre",
            format!("has to be a text of 1 to {TEXT_CHARS} characters"),
        )
        .into())
    }
}

impl Store {
    /// Makes a device with a new token, which does not end.
    ///
    /// # Errors
    /// A name that is empty, too long or has control characters.
    pub fn create_token(&self, role: Role, name: &str) -> Result<NewToken> {
        self.create_token_until(role, name, None)
    }

    /// Makes a device with a new token, which ends at `expires` where that is given.
    ///
    /// # Errors
    /// A name that is empty, too long or has control characters.
    pub fn create_token_until(&self, role: Role, name: &str, expires: Option<Instant>) -> Result<NewToken> {
        let name = name.to_owned();
        self.write_now(move |tx| tx.create_device(role, &name, expires))
    }
}
