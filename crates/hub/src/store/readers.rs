//! Read connections. Each reader sees one view of the data, whatever is written meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portero_protocol::problem::Code;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;
use crate::error::{Error, Result};

/// Readers at a time; more wait.
const AT_ONCE: usize = 8;
/// How long a request waits for its turn to read.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Readers {
    path: PathBuf,
    venue: i64,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

/// One view of the data.
pub(crate) struct View<'c> {
    pub(crate) conn: &'c Connection,
    /// The venue's number in this database.
    pub(crate) venue: i64,
}

impl Readers {
    pub(super) fn new(path: PathBuf, venue: i64) -> Self {
        Self {
            path,
            venue,
            idle: Mutex::new(Vec::new()),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit> {
        tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Error::wait(Code::Busy, "Too many requests are reading", 1))?
            .map_err(|_| Code::Internal.into())
    }

    pub(super) fn run<T>(&self, reader: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match taken {
            Some(conn) => conn,
            None => connect(&self.path)?,
        };
        let result = {
            let transaction = conn.unchecked_transaction()?;
            let result = reader(&View {
                conn: &transaction,
                venue: self.venue,
            });
            // Nothing was written; ending it lets the write-ahead log be taken over.
            transaction.rollback()?;
            result
        };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < AT_ONCE {
            idle.push(conn);
        }
        result
    }
}
