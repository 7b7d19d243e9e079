//! The hub's memory: one SQLite file, one writer, many readers.
//!
//! | module | subject |
//! |---|---|
//! | `writer` | the one thread that writes: many jobs share a commit, answers follow it |
//! | `readers` | read connections |
//! | `tx` | what a job sees: the venue, the clock, the log under the write lock |
//! | `life` | the epoch: when a copied or restored file starts a new one |
//! | `schema` | tables and migrations |
//! | the rest | one file a table |

mod chain;
pub(crate) mod conflict;
pub(crate) mod device;
pub(crate) mod entry;
pub(crate) mod held;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod invitation;
pub(crate) mod keys;
pub(crate) mod known;
pub(crate) mod life;
pub(crate) mod listing;
pub(crate) mod log;
pub(crate) mod readers;
pub(crate) mod reservation;
pub(crate) mod schema;
pub(crate) mod search;
pub(crate) mod session;
mod snapshot;
mod sql;
pub(crate) mod standing;
mod statistics;
pub(crate) mod tx;
pub(crate) mod venue;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use portero_protocol::problem::Code;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
use crate::live::Live;
use known::Known;
use readers::{Readers, View};
use tx::Tx;
use writer::Writer;

/// A hub's database. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    // Before `readers`: the writer thread closes its connection first.
    writer: Writer,
    readers: Readers,
    shared: Arc<Shared>,
}

/// What the writer thread tells everybody else.
pub(crate) struct Shared {
    /// Committed events on their way to streams.
    pub(crate) live: Live,
    known: RwLock<Arc<Known>>,
}

impl Shared {
    /// Tokens, the venue and its calendar, as of the last commit.
    pub(crate) fn known(&self) -> Arc<Known> {
        self.known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn learn(&self, known: Known) {
        *self
            .known
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(known);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.inner.path)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database, or makes one with a venue in it.
    ///
    /// # Errors
    /// `newer_database` where a newer version wrote it; `storage` where it is no hub's database or cannot be read. It is
    /// then left as it was.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        schema::inspect(&path)?;
        let mut conn = connect(&path)?;
        schema::migrate(&mut conn)?;
        let venue = venue::ensure(&mut conn)?;
        let known = Known::load(&conn, venue)?;
        let shared = Arc::new(Shared {
            live: Live::new(log::head(&conn, venue)?),
            known: RwLock::new(Arc::new(known)),
        });
        #[cfg(feature = "sim")]
        let writer = if crate::sim::levers::now().is_some() {
            Writer::here(conn, venue, Arc::clone(&shared))
        } else {
            Writer::start(conn, venue, Arc::clone(&shared))?
        };
        #[cfg(not(feature = "sim"))]
        let writer = Writer::start(conn, venue, Arc::clone(&shared))?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer,
                readers: Readers::new(path.clone(), venue),
                shared,
                path,
            }),
        })
    }

    /// Where its file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }

    /// Looks for what another program wrote.
    #[cfg(feature = "sim")]
    pub(crate) fn look(&self) -> Result<()> {
        self.inner.writer.look()
    }

    /// Runs a write job. The answer comes after its commit is on disk; where it fails, nothing of it stays.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.inner.writer.run(job).await
    }

    /// As [`Store::write`], for programs without a runtime.
    pub(crate) fn write_now<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.inner.writer.run_now(job)
    }

    /// Runs a reader on one view of the data, off the async threads.
    pub(crate) async fn read<T, F>(&self, reader: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&View<'_>) -> Result<T> + Send + 'static,
    {
        #[cfg(feature = "sim")]
        if crate::sim::levers::now().is_some() {
            return self.read_now(reader);
        }
        let inner = Arc::clone(&self.inner);
        let permit = inner.readers.permit().await?;
        tokio::task::spawn_blocking(move || {
            let result = inner.readers.run(reader);
            drop(permit);
            result
        })
        .await
        .map_err(|_| Error::from(Code::Internal))?
    }

    /// As [`Store::read`], for programs without a runtime and for threads that may block.
    pub(crate) fn read_now<T>(&self, reader: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
        self.inner.readers.run(reader)
    }
}

/// A connection with the settings that every one of ours has.
pub(crate) fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| {
        Error::new(
            Code::Storage,
            format!("The database {} cannot be opened: {error}", path.display()),
        )
    })?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.set_prepared_statement_cache_capacity(128);
    // A statement is planned once: without this one is planned anew for each value that a plan could look at, which costs more than a better plan gives.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // An answered entry is on disk: WAL with FULL syncs the log at each commit.
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", -32_000)?;
    Ok(conn)
}

#[cfg(test)]
mod tests;
