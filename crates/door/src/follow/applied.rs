//! What came of applying positions: shown, proven, or asked for again.

use portero_protocol::cursor::Cursor;
use portero_protocol::instant::Instant;

use super::{Do, Follower, Source};
use crate::cache::{Applied, Step};
use crate::connection::{Fault, Input, Loss};
use crate::view::DoorEvent;

/// Positions that came after a gap and wait for it to be filled.
const EARLY: usize = 5_000;

impl Follower {
    /// What came of [`Do::Apply`]; `None`: it could not be stored. The cursor is the cache's now.
    pub(crate) fn applied(
        &mut self,
        source: Source,
        applied: Option<(Applied, Vec<Step>, Option<Cursor>)>,
        now: u64,
    ) -> Vec<Do> {
        let applied = applied.map(|(applied, steps, cursor)| {
            self.view.change(|view| {
                view.cursor = cursor;
                view.disk_full = false;
            });
            (self.show(applied), steps)
        });
        match source {
            Source::Stream => self.stream_applied(applied, now),
            Source::Page {
                cursor,
                more,
                asked_at,
                asked,
            } => self.page_applied(applied, &cursor, more, asked_at, asked, now),
        }
        self.done()
    }

    /// Announces what applying changed, and asks for what it missed.
    fn show(&mut self, mut applied: Applied) -> Applied {
        let hub_now = self.known.hub_now().ms();
        for stamp in &applied.stamps {
            self.figures.latency((hub_now - stamp.ms()).max(0) as f64);
        }
        self.announcer.changed(std::mem::take(&mut applied.changed));
        for conflict in std::mem::take(&mut applied.conflicts) {
            self.announcer.say(DoorEvent::Conflict {
                conflict: Box::new(conflict),
            });
        }
        for device in std::mem::take(&mut applied.devices) {
            let view = self.view.get();
            if view.device == Some(device.id)
                && let Some(name) = self.known.hub_calls_it(&device.name)
            {
                self.todo
                    .push(Do::KeepIdentity(view.device, view.role, Some(name)));
            }
            self.announcer.say(DoorEvent::Device {
                device: Box::new(device),
            });
        }
        for id in std::mem::take(&mut applied.missing) {
            if self.asked_for.insert(id.clone()) {
                self.todo.push(Do::FetchOne(id));
            }
        }
        applied
    }

    fn stream_applied(&mut self, applied: Option<(Applied, Vec<Step>)>, now: u64) {
        let Some((applied, steps)) = applied else {
            // It could not be stored: the stream is closed, and goes on from the same place.
            self.todo.push(Do::Close);
            self.feed(Input::Lost(Loss::Ended), now);
            return;
        };
        if applied.needs_snapshot {
            self.feed(Input::Reset, now);
            return;
        }
        let cursor = self.view.get().cursor.map_or(0, |cursor| cursor.pos);
        if applied.gap {
            for step in steps.into_iter().filter(|step| step.at.pos > cursor) {
                if self.early.len() < EARLY {
                    self.early.insert(step.at.pos, step);
                }
            }
            self.feed(Input::Gap, now);
        } else {
            self.feed(Input::Applied { cursor }, now);
            if let Some(stamp) = applied.stamps.last() {
                self.prove(*stamp);
            }
        }
    }

    fn page_applied(
        &mut self,
        applied: Option<(Applied, Vec<Step>)>,
        cursor: &Cursor,
        more: bool,
        asked_at: Option<Instant>,
        asked: bool,
        now: u64,
    ) {
        let Some((applied, _)) = applied else {
            if asked {
                let later = Fault::Later {
                    retry_after_ms: Some(1_000),
                };
                self.feed(Input::NotFetched(later), now);
            }
            return;
        };
        if applied.needs_snapshot {
            self.feed(Input::Reset, now);
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
                self.feed(Input::NotFetched(Fault::Expired), now);
            }
            return;
        }
        if let Some(asked_at) = asked_at.filter(|_| !more) {
            self.known.prove(asked_at);
        }
        self.feed(
            Input::Changed {
                cursor: cursor.pos,
                more,
            },
            now,
        );
        self.todo.push(Do::HubReachable);
        if !more && !self.early.is_empty() {
            let early = std::mem::take(&mut self.early);
            self.todo
                .push(Do::Apply(early.into_values().collect(), Source::Stream));
        }
    }
}
