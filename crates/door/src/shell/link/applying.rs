//! Positions on their way into the cache.

use portero_protocol::cursor::Cursor;
use portero_protocol::instant::Instant;
use portero_protocol::listing::ChangesPage;
use portero_protocol::problem::Code;

use super::Link;
use crate::cache::{Applied, Step};
use crate::connection::{Fault, Input, Loss};
use crate::error::DoorError;
use crate::shell::courier::Note;
use crate::shell::fetch;
use crate::view::DoorEvent;

/// Positions that came after a gap and wait for it to be filled.
const EARLY: usize = 5_000;

impl Link {
    pub(super) async fn take_page(&mut self, page: ChangesPage, asked_at: Option<Instant>, asked: bool) {
        let cursor = page.cursor.clone();
        let more = page.more;
        let applied = self.apply_steps(fetch::steps(&page)).await;
        let Some(applied) = applied else {
            if asked {
                self.feed(Input::NotFetched(Fault::Later {
                    retry_after_ms: Some(1_000),
                }));
            }
            return;
        };
        if applied.needs_snapshot {
            self.feed(Input::Reset);
            return;
        }
        // A page that starts after the cursor, or ends before what it promised, proves nothing.
        let reached = self
            .view
            .get()
            .cursor
            .is_some_and(|known| known.epoch == cursor.epoch && known.pos >= cursor.pos);
        if applied.gap || !reached {
            if asked {
                self.feed(Input::NotFetched(Fault::Expired));
            }
            return;
        }
        if let Some(asked_at) = asked_at.filter(|_| !more) {
            self.known.prove(asked_at);
        }
        self.feed(Input::Changed {
            cursor: cursor.pos,
            more,
        });
        if !more {
            let early = std::mem::take(&mut self.early);
            self.apply(early.into_values().collect()).await;
        }
        // The courier ends only when the door is closed.
        let _ = self.courier.send(Note::Reachable);
    }

    /// Applies what the stream brought.
    pub(super) async fn apply(&mut self, steps: Vec<Step>) {
        if steps.is_empty() {
            return;
        }
        let kept = steps.clone();
        let Some(applied) = self.apply_steps(steps).await else {
            // It could not be stored: the stream is closed, and goes on from the same place.
            self.stream = None;
            self.feed(Input::Lost(Loss::Ended));
            return;
        };
        if applied.needs_snapshot {
            self.feed(Input::Reset);
            return;
        }
        let cursor = self.view.get().cursor.map_or(0, |cursor| cursor.pos);
        if applied.gap {
            for step in kept.into_iter().filter(|step| step.at.pos > cursor) {
                if self.early.len() < EARLY {
                    self.early.insert(step.at.pos, step);
                }
            }
            self.feed(Input::Gap);
        } else {
            self.feed(Input::Applied { cursor });
            if let Some(stamp) = applied.stamps.last() {
                self.prove(*stamp);
            }
        }
    }

    pub(super) async fn apply_steps(&mut self, steps: Vec<Step>) -> Option<Applied> {
        let applied = self
            .cache
            .ask(move |cache| {
                let applied = cache.apply(&steps)?;
                Ok((applied, cache.cursor().cloned()))
            })
            .await;
        match applied {
            Ok((mut applied, cursor)) => {
                self.view.change(|view| {
                    view.cursor = cursor;
                    view.disk_full = false;
                });
                let now = self.known.hub_now().ms();
                for stamp in &applied.stamps {
                    self.figures.latency((now - stamp.ms()).max(0) as f64);
                }
                self.announcer.changed(std::mem::take(&mut applied.changed));
                for conflict in std::mem::take(&mut applied.conflicts) {
                    self.announcer.say(DoorEvent::Conflict {
                        conflict: Box::new(conflict),
                    });
                }
                for id in std::mem::take(&mut applied.missing) {
                    self.fetch_missing(id);
                }
                Some(applied)
            }
            Err(error) => {
                tracing::error!(%error, "changes cannot be stored");
                self.trouble_here(&error);
                None
            }
        }
    }

    pub(super) fn trouble_here(&self, error: &DoorError) {
        if error.code == Code::DiskFull {
            self.view.change(|view| view.disk_full = true);
        }
    }

    pub(super) fn snapshot_taken(&mut self, cursor: Cursor) {
        let epoch = cursor.epoch.to_string();
        self.early.clear();
        self.view.change(|view| view.cursor = Some(cursor.clone()));
        self.announcer.changed_anything();
        self.feed(Input::Taken { cursor: cursor.pos });
        let courier = self.courier.clone();
        self.desk.tell(move |desk| match desk.meet_epoch(&epoch) {
            Ok(Some(waiting)) => {
                // The courier ends only when the door is closed.
                let _ = courier.send(Note::Waiting(waiting));
            }
            Ok(None) => {
                // As above.
                let _ = courier.send(Note::Reachable);
            }
            Err(error) => tracing::error!(%error, "the log's new life cannot be kept"),
        });
    }
}
