//! Taking snapshots.

use std::collections::VecDeque;
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::instant::Instant;
use portero_protocol::listing::SnapshotLine;

use crate::cache::{Cache, Reads};
use crate::connection::Fault;
use crate::error::{DoorError, Result};
use crate::facts;
use crate::hub::{Hub, Trouble};
use crate::lane::Lane;

/// Why a snapshot ended early.
#[derive(Debug)]
pub(crate) enum SnapshotEnd {
    /// The hub, or the way to it.
    Hub(Trouble),
    /// What came cannot be stored or used.
    Here(DoorError),
}

impl SnapshotEnd {
    /// What it means for the connection.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Hub(trouble) => {
                tracing::warn!(why = trouble.message, "no snapshot");
                trouble.fault()
            }
            Self::Here(error) => {
                tracing::error!(%error, "the snapshot cannot be used");
                Fault::Later {
                    retry_after_ms: Some(5_000),
                }
            }
        }
    }
}

impl From<Trouble> for SnapshotEnd {
    fn from(trouble: Trouble) -> Self {
        Self::Hub(trouble)
    }
}

impl From<DoorError> for SnapshotEnd {
    fn from(error: DoorError) -> Self {
        Self::Here(error)
    }
}

/// Takes a snapshot into the cache. The door goes on with what it had until all of it is there.
pub(crate) async fn snapshot(
    hub: Arc<Hub>,
    cache: Lane<Cache>,
    reads: Lane<Reads>,
) -> Result<Cursor, SnapshotEnd> {
    let mut snapshot = hub.snapshot().await?;
    let proven = snapshot.asked_at;
    take(async move || snapshot.next().await, proven, cache, reads).await
}

/// Takes what comes of a snapshot, piece by piece; after the last there is none. It holds all that was known by `proven`, by the hub's clock.
pub(crate) async fn take(
    mut pieces: impl AsyncFnMut() -> Result<Option<VecDeque<SnapshotLine>>, Trouble>,
    proven: Instant,
    cache: Lane<Cache>,
    reads: Lane<Reads>,
) -> Result<Cursor, SnapshotEnd> {
    let taken = load(&mut pieces, proven, &cache, &reads).await;
    if taken.is_err() {
        cache.tell(Cache::abandon_snapshot);
    }
    taken
}

async fn load(
    pieces: &mut impl AsyncFnMut() -> Result<Option<VecDeque<SnapshotLine>>, Trouble>,
    proven: Instant,
    cache: &Lane<Cache>,
    reads: &Lane<Reads>,
) -> Result<Cursor, SnapshotEnd> {
    let mut begun: Option<Cursor> = None;
    while let Some(mut lines) = pieces().await? {
        if begun.is_none() && !lines.is_empty() {
            begun = Some(begin(cache, lines.pop_front()).await?);
        }
        while !lines.is_empty() {
            lines = cache
                .ask(move |cache| {
                    cache.load_lines(&mut lines)?;
                    Ok(lines)
                })
                .await?;
        }
    }
    let cursor = begun.ok_or_else(no_start)?;
    let own = reads.ask(|reads| facts::own_entries(reads.facts())).await?;
    let mut uncounted = cache.ask(move |cache| cache.load_own(&own)).await?;
    while !uncounted.is_empty() {
        uncounted = cache
            .ask(move |cache| {
                cache.load_counts(&mut uncounted)?;
                Ok(uncounted)
            })
            .await?;
    }
    cache.ask(move |cache| cache.finish_snapshot(proven)).await?;
    Ok(cursor)
}

async fn begin(cache: &Lane<Cache>, first: Option<SnapshotLine>) -> Result<Cursor> {
    let Some(SnapshotLine::Start {
        venue, cursor, total, ..
    }) = first
    else {
        return Err(no_start());
    };
    let at = cursor.clone();
    cache
        .ask(move |cache| cache.begin_snapshot(*venue, cursor, total))
        .await?;
    Ok(at)
}

fn no_start() -> DoorError {
    DoorError::new(
        portero_protocol::problem::Code::InvalidBody,
        "the hub's snapshot cannot be used: it does not begin with its venue",
    )
}
