//! Invitations: a code that is exchanged once, within minutes, for a device's token.

use portero_protocol::device::Role;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::Store;
use super::device::NewToken;
use super::known::hash_of;
use super::sql;
use super::tx::Tx;
use crate::error::{Error, Result};
use crate::random;

/// An invitation as it is shown to the person who gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// What the new device enters or scans.
    pub code: String,
    /// Until when.
    pub expires: Instant,
}

impl Tx<'_> {
    /// Invites a device.
    pub(crate) fn invite(&mut self, role: Role, name: &str, minutes: u32) -> Result<Invitation> {
        let code = random::invitation()?;
        let expires = self
            .now
            .plus_ms(i64::from(minutes.clamp(1, 60 * 24 * 7)) * 60_000);
        self.conn.execute(
            "INSERT INTO invitation (venue, hash, name, role, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.venue, hash_of(&code), name, role.as_str(), expires.ms()),
        )?;
        Ok(Invitation { code, expires })
    }

    /// Exchanges an invitation for a token. `name`, where given, is how the device calls itself.
    pub(crate) fn accept_invitation(&mut self, code: &str, name: Option<&str>) -> Result<NewToken> {
        let hash = hash_of(&code.trim().to_ascii_uppercase());
        let found = self
            .conn
            .prepare_cached("SELECT name, role FROM invitation WHERE venue = ?1 AND hash = ?2 AND used IS NULL AND expires > ?3")?
            .query_row((self.venue, hash, self.now.ms()), |row| {
                Ok(sql::named(row, "role", Role::from_wire).and_then(|role| Ok((sql::get::<String>(row, "name")?, role))))
            })
            .optional()?
            .transpose()?;
        let Some((invited, role)) = found else {
            return Err(Error::new(
                Code::Unauthorized,
                "That invitation does not exist, has ended or was used: ask a manager for another one",
            ));
        };
        self.conn.execute(
            "UPDATE invitation SET used = ?3 WHERE venue = ?1 AND hash = ?2",
            (self.venue, hash, self.now.ms()),
        )?;
        self.create_device(role, name.unwrap_or(&invited), None)
    }

    /// Forgets invitations that have ended.
    pub(crate) fn prune_invitations(&mut self) -> Result<usize> {
        Ok(self.conn.execute(
            "DELETE FROM invitation WHERE venue = ?1 AND expires <= ?2",
            (self.venue, self.now.ms()),
        )?)
    }
}

impl Store {
    /// Invites a device: the code can be exchanged once for a token within `minutes`.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn invite(&self, role: Role, name: &str, minutes: u32) -> Result<Invitation> {
        let name = name.to_owned();
        self.write_now(move |tx| tx.invite(role, &name, minutes))
    }
}
