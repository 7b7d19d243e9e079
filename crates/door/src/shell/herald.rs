//! The herald: looks at this laptop from time to time, so that its report is ready for the next request, and sends it where it cannot wait.

use std::sync::Arc;

use portero_protocol::device::Report;
use tokio::time::{Duration, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{SharedView, Ticks};
use crate::cache::Reads;
use crate::facts;
use crate::hub::Hub;
use crate::known::{Known, wall_ms};
use crate::lane::Lane;

/// How often it looks. It costs a few counts on this disk and nothing on the wire.
const LOOK: Duration = Duration::from_secs(5);

/// The herald's things.
pub(crate) struct Herald {
    pub(crate) hub: Arc<Hub>,
    pub(crate) reads: Lane<Reads>,
    pub(crate) known: Arc<Known>,
    pub(crate) view: SharedView,
    pub(crate) ticks: Ticks,
    pub(crate) closed: CancellationToken,
}

impl Herald {
    /// Works until the door is closed.
    pub(crate) async fn run(self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.closed.cancelled() => return,
                _ = look.tick() => {}
            }
            let Some(report) = self.report().await else {
                continue;
            };
            self.hub.reporter().update(report);
            if self.view.get().state.reaches()
                && let Some(report) = self.hub.reporter().due(self.ticks.now())
            {
                // It is tried again a minute later; nothing else waits for it.
                if let Err(trouble) = self.hub.report(&report).await {
                    tracing::debug!(?trouble, "the hub was not told how this device is");
                }
            }
        }
    }

    async fn report(&self) -> Option<Report> {
        let wall = wall_ms();
        let outbox = self
            .reads
            .ask(move |reads| facts::counts(reads.facts(), wall))
            .await
            .ok()?;
        let view = self.view.get();
        Some(Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            camera: None,
            pending: outbox.pending,
            oldest_ms: outbox.oldest_ms.and_then(|ms| u64::try_from(ms).ok()),
            quarantined: outbox.quarantined,
            position: view.cursor.as_ref().map_or(0, |cursor| cursor.pos),
            clock_offset_ms: self.known.clock(|clock| clock.offset_ms()),
            disk_full: view.disk_full,
            closed: false,
        })
    }
}
