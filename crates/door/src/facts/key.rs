//! This laptop's own key: it signs the tickets of walk-ins, and what is carried to the hub by hand. Its public half is published at the hub; the other
//! never leaves this file.

use portero_protocol::ids::DeviceId;
use portero_protocol::problem::Code;
use portero_protocol::ticket::SigningKey;

use super::Facts;
use crate::error::{DoorError, Result};

const SEED: &str = "signing_seed";
/// What the hub called this device when the key was published for it.
const OWNER: &str = "signing_for";

impl Facts {
    /// The key, made on the first need.
    pub(crate) fn signing_key(&self) -> Result<SigningKey> {
        match self.meta(SEED)? {
            Some(text) => {
                let seed: Option<[u8; 32]> = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
                seed.as_ref().map(SigningKey::from_seed).ok_or_else(|| {
                    DoorError::new(Code::Storage, "facts.db holds a key that is none: it is damaged")
                })
            }
            None => self.new_signing_key(),
        }
    }

    /// The key to publish for what the hub calls this device. One that was another device's is not used again: this laptop has another token since.
    pub(crate) fn signing_key_of(&self, device: DeviceId) -> Result<SigningKey> {
        let owner = self.meta(OWNER)?;
        let key = if owner.is_some_and(|owner| owner != device.to_string()) {
            self.new_signing_key()?
        } else {
            self.signing_key()?
        };
        self.set_meta(OWNER, &device.to_string())?;
        Ok(key)
    }

    /// Another key in place of the one before.
    pub(crate) fn new_signing_key(&self) -> Result<SigningKey> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| {
            DoorError::new(
                Code::Internal,
                format!("the system gives no random bytes: {error}"),
            )
        })?;
        self.set_meta(SEED, &hex::encode(seed))?;
        Ok(SigningKey::from_seed(&seed))
    }
}
