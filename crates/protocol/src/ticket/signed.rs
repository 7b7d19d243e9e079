//! Portero's ticket: `P1` + base45 of
//! `keyId 4 · ticketId 16 · party 2 · venue day 2 · issue 2 · issuedAt 4 · Ed25519 signature 64`, numbers big-endian.
//!
//! 143 characters of the QR alphanumeric set: version 6 at level M. The venue day counts from 1970-01-01, `issuedAt` in Unix seconds. The signature is over the
//! domain `portero-ticket-1`, a zero byte, and the 30 bytes before it.

use ed25519_dalek::{Signature, Signer, VerifyingKey};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::instant::Instant;
use crate::limits::PARTY_MAX;
use crate::venue::PublicKey;

const PREFIX: &str = "P1";
const DOMAIN: &[u8] = b"portero-ticket-1\0";
const FIELDS: usize = 30;
const SIGNATURE: usize = 64;
const EPOCH: Date = date(1970, 1, 1);

/// A signed ticket as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names the key that signed it.
    pub key_id: [u8; 4],
    /// The reservation's [`crate::ids::ReservationId::ticket_uuid`].
    pub ticket_id: Uuid,
    /// Party size when it was issued.
    pub party: u32,
    /// The venue's day when it was issued.
    pub day: Date,
    /// The issue number.
    pub issue: u32,
    /// When it was issued, to the second.
    pub issued: Instant,
    signature: [u8; SIGNATURE],
}

/// Why a ticket's signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// No key here has that id.
    #[error("the ticket was signed with a key that this venue does not have")]
    UnknownKey,
    /// The key was not in use when the ticket was issued.
    #[error("the ticket's key was not in use when it was issued")]
    KeyNotInUse,
    /// The signature is not by that key over these fields.
    #[error("the ticket was changed after it was signed")]
    Forged,
}

impl Ticket {
    /// Reads a ticket. `None`: not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = base45::decode(text.strip_prefix(PREFIX)?).ok()?;
        if bytes.len() != FIELDS + SIGNATURE {
            return None;
        }
        let (key_id, rest) = bytes.split_first_chunk::<4>()?;
        let (ticket_id, rest) = rest.split_first_chunk::<16>()?;
        let (party, rest) = rest.split_first_chunk::<2>()?;
        let (day, rest) = rest.split_first_chunk::<2>()?;
        let (issue, rest) = rest.split_first_chunk::<2>()?;
        let (issued, rest) = rest.split_first_chunk::<4>()?;
        let signature = *rest.first_chunk::<SIGNATURE>()?;
        let party = u32::from(u16::from_be_bytes(*party));
        if !(1..=PARTY_MAX).contains(&party) {
            return None;
        }
        Some(Self {
            key_id: *key_id,
            ticket_id: Uuid::from_bytes(*ticket_id),
            party,
            day: EPOCH
                .checked_add(i64::from(u16::from_be_bytes(*day)).days())
                .ok()?,
            issue: u32::from(u16::from_be_bytes(*issue)),
            issued: Instant::from_ms(i64::from(u32::from_be_bytes(*issued)) * 1_000),
            signature,
        })
    }

    /// Checks its signature against the venue's published keys, and gives the key.
    ///
    /// # Errors
    /// Why the signature proves nothing.
    pub fn verify<'k>(&self, keys: &'k [PublicKey]) -> Result<&'k PublicKey, SignatureFault> {
        let id = hex::encode(self.key_id);
        let key = keys
            .iter()
            .find(|key| key.key_id == id)
            .ok_or(SignatureFault::UnknownKey)?;
        // `issued` counts whole seconds, so a ticket signed in the key's first second looks up to 1 s too old.
        if self.issued.plus_ms(999) < key.from || key.until.is_some_and(|until| self.issued > until) {
            return Err(SignatureFault::KeyNotInUse);
        }
        let bytes: [u8; 32] = hex::decode(&key.key)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(SignatureFault::UnknownKey)?;
        let verifier = VerifyingKey::from_bytes(&bytes).map_err(|_| SignatureFault::UnknownKey)?;
        verifier
            .verify_strict(&self.message(), &Signature::from_bytes(&self.signature))
            .map_err(|_| SignatureFault::Forged)?;
        Ok(key)
    }

    fn fields(&self) -> [u8; FIELDS] {
        let mut bytes = [0; FIELDS];
        let days = self.day.since(EPOCH).map_or(0, |span| span.get_days());
        let party = u16::try_from(self.party).unwrap_or(u16::MAX);
        let days = u16::try_from(days).unwrap_or(u16::MAX);
        let issue = u16::try_from(self.issue).unwrap_or(u16::MAX);
        let issued = u32::try_from(self.issued.ms() / 1_000).unwrap_or(u32::MAX);
        bytes[..4].copy_from_slice(&self.key_id);
        bytes[4..20].copy_from_slice(self.ticket_id.as_bytes());
        bytes[20..22].copy_from_slice(&party.to_be_bytes());
        bytes[22..24].copy_from_slice(&days.to_be_bytes());
        bytes[24..26].copy_from_slice(&issue.to_be_bytes());
        bytes[26..].copy_from_slice(&issued.to_be_bytes());
        bytes
    }

    fn message(&self) -> Vec<u8> {
        [DOMAIN, &self.fields()].concat()
    }
}

/// A key that signs tickets.
#[derive(Debug, Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// From 32 secret random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Its public half, in hex.
    #[must_use]
    pub fn public_hex(&self) -> String {
        hex::encode(self.0.verifying_key().as_bytes())
    }

    /// The id by which tickets name it: the first 4 bytes of the public key's SHA-256.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::digest(self.0.verifying_key().as_bytes());
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Its public half as a venue publishes it.
    #[must_use]
    pub fn published(&self, from: Instant) -> PublicKey {
        PublicKey {
            key_id: hex::encode(self.id()),
            key: self.public_hex(),
            device: None,
            allotment: None,
            from,
            until: None,
        }
    }

    /// Its signature over bytes that begin with a domain of their own.
    #[must_use]
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(message).to_bytes()
    }

    /// A ticket's code.
    #[must_use]
    pub fn sign(&self, ticket_id: Uuid, party: u32, day: Date, issue: u32, issued: Instant) -> String {
        let mut ticket = Ticket {
            key_id: self.id(),
            ticket_id,
            party,
            day,
            issue,
            issued,
            signature: [0; SIGNATURE],
        };
        ticket.signature = self.0.sign(&ticket.message()).to_bytes();
        format!(
            "{PREFIX}{}",
            base45::encode([ticket.fields().as_slice(), &ticket.signature].concat())
        )
    }
}

/// Whether a signature, in hex, is by that public key, in hex, over those bytes.
pub(crate) fn is_signed_by(public: &str, message: &[u8], signature: &str) -> bool {
    let read = || -> Option<(VerifyingKey, Signature)> {
        let public: [u8; 32] = hex::decode(public).ok()?.try_into().ok()?;
        let signature: [u8; SIGNATURE] = hex::decode(signature).ok()?.try_into().ok()?;
        Some((
            VerifyingKey::from_bytes(&public).ok()?,
            Signature::from_bytes(&signature),
        ))
    };
    read().is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[7; 32])
    }

    fn published() -> Vec<PublicKey> {
        vec![key().published(Instant::from_ms(0))]
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read_and_verifies(
            id in any::<u128>(), party in 1u32..=9_999, days in 0i64..=65_535, issue in 0u32..=65_535, issued in 0u32..=u32::MAX,
        ) {
            let day = EPOCH.checked_add(days.days()).unwrap();
            let issued = Instant::from_ms(i64::from(issued) * 1_000);
            let code = key().sign(Uuid::from_u128(id), party, day, issue, issued);
            prop_assert_eq!(code.len(), 143);
            let ticket = Ticket::parse(&code).unwrap();
            prop_assert_eq!((ticket.ticket_id, ticket.party, ticket.day, ticket.issue, ticket.issued), (Uuid::from_u128(id), party, day, issue, issued));
            prop_assert!(ticket.verify(&published()).is_ok());
        }

        #[test]
        fn a_changed_character_never_verifies(at in 2usize..143, to in "[0-9A-Z]") {
            let code = key().sign(Uuid::from_u128(1), 6, date(2026, 11, 24), 1, Instant::from_ms(1_764_000_000_000));
            let mut changed = code.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != code);
            let verified = Ticket::parse(&changed).is_some_and(|ticket| ticket.verify(&published()).is_ok());
            prop_assert!(!verified);
        }
    }

    #[test]
    fn a_key_counts_only_while_it_is_in_use() {
        let issued = Instant::from_ms(1_764_000_000_000);
        let ticket =
            Ticket::parse(&key().sign(Uuid::from_u128(1), 6, date(2026, 11, 24), 1, issued)).unwrap();
        let mut keys = published();
        keys[0].from = issued.plus_ms(5_000);
        assert_eq!(ticket.verify(&keys), Err(SignatureFault::KeyNotInUse));
        keys[0].from = issued.plus_ms(500);
        assert!(ticket.verify(&keys).is_ok(), "signed in the key's first second");
        keys[0].until = Some(issued.plus_ms(-1));
        assert_eq!(ticket.verify(&keys), Err(SignatureFault::KeyNotInUse));
        assert_eq!(ticket.verify(&[]), Err(SignatureFault::UnknownKey));
    }
}
