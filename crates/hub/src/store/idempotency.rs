//! `Idempotency-Key`: a repeat gets the first status and body. The key is in the same transaction as the write.

use portero_protocol::ids::{DeviceId, OpId};
use portero_protocol::instant::Instant;
use portero_protocol::limits::KEEP_DAYS;
use portero_protocol::problem::Code;
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use super::sql;
use super::tx::Tx;
use crate::error::{Error, Result};

/// SHA-256 of a request: method, path, precondition and body.
pub(crate) type RequestHash = [u8; 32];

/// The hash of a request. `precondition` is what `If-Match` says, byte for byte.
pub(crate) fn hash_of_request(method: &str, path: &str, precondition: &[u8], body: &[u8]) -> RequestHash {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), precondition, body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// JSON: the answer, or a problem where `status` is 400 or above.
    pub(crate) body: String,
    /// The reservation's version, for `ETag`.
    pub(crate) version: Option<u64>,
}

impl Answer {
    /// A problem as an answer.
    pub(crate) fn problem(error: &Error) -> Result<Self> {
        Ok(Self {
            status: error.problem().status,
            body: serde_json::to_string(error.problem())?,
            version: None,
        })
    }
}

impl Tx<'_> {
    /// Does a write once for each key: a repeat gets what was answered first.
    pub(crate) fn once(
        &mut self,
        device: DeviceId,
        key: OpId,
        request: RequestHash,
        write: impl FnOnce(&mut Self) -> Result<Answer>,
    ) -> Result<Answer> {
        if let Some(known) = self.answered(device, key, request)? {
            return Ok(known);
        }
        self.op = Some(key);
        let answer = match self.part(write)? {
            Ok(answer) => answer,
            // What the client did wrong stays wrong on a repeat; what went wrong here may go better.
            Err(error) if error.problem().status < 500 && error.retry_after_s().is_none() => {
                Answer::problem(&error)?
            }
            Err(error) => return Err(error),
        };
        self.remember(device, key, request, &answer)?;
        Ok(answer)
    }

    /// As [`Tx::once`], for a write that answers everything that is wrong item by item: where it fails, it fails whole and is not remembered.
    pub(crate) fn once_whole(
        &mut self,
        device: DeviceId,
        key: OpId,
        request: RequestHash,
        write: impl FnOnce(&mut Self) -> Result<Answer>,
    ) -> Result<Answer> {
        if let Some(known) = self.answered(device, key, request)? {
            return Ok(known);
        }
        self.op = Some(key);
        let answer = write(self)?;
        self.remember(device, key, request, &answer)?;
        Ok(answer)
    }

    fn remember(&self, device: DeviceId, key: OpId, request: RequestHash, answer: &Answer) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO idempotency (venue, key, device, request, status, body, version, at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                self.venue,
                key.uuid().into_bytes(),
                device.uuid().into_bytes(),
                request,
                answer.status,
                &answer.body,
                answer.version.map(sql::signed),
                self.now.ms(),
            ))?;
        Ok(())
    }

    fn answered(&self, device: DeviceId, key: OpId, request: RequestHash) -> Result<Option<Answer>> {
        let known = self
            .conn
            .prepare_cached(
                "SELECT request, status, body, version FROM idempotency WHERE venue = ?1 AND device = ?2 AND key = ?3",
            )?
            .query_row(
                (self.venue, device.uuid().into_bytes(), key.uuid().into_bytes()),
                |row| {
                    Ok((
                        row.get::<_, RequestHash>(0)?,
                        Answer {
                            status: row.get(1)?,
                            body: row.get(2)?,
                            version: row
                                .get::<_, Option<i64>>(3)?
                                .and_then(|version| u64::try_from(version).ok()),
                        },
                    ))
                },
            )
            .optional()?;
        match known {
            Some((first, answer)) if first == request => Ok(Some(answer)),
            Some(_) => Err(Code::IdempotencyMismatch.into()),
            None => Ok(None),
        }
    }

    /// Forgets keys that are older than seven days.
    pub(crate) fn prune_keys(&mut self) -> Result<usize> {
        let before = Instant::from_ms(self.now.ms() - KEEP_DAYS * 24 * 60 * 60 * 1_000);
        Ok(self
            .conn
            .execute("DELETE FROM idempotency WHERE at < ?1", [before.ms()])?)
    }
}
