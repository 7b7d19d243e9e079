//! What follows when the stream is lost or a request fails.

use portero_protocol::problem::Code;

use super::{Action, Connection, ERRORS, FIRST_TRY_MS, Fault, Fetch, GOOD_MS, Loss, Stream};
use crate::view::LinkState;

/// The wait before a mute stream is probed for the first time, and the longest, in ms.
const PROBE: (u64, u64) = (30_000, 300_000);
/// The wait before a hub that refused this device is asked again for the first time, and the longest, in ms.
const PARDON: (u64, u64) = (30_000, 600_000);
/// The first bound of the wait between tries to reach the hub; the longest is a setting.
const RECONNECT_FIRST_MS: u64 = 500;
/// Broken that often at the same place, the stream is passed by asking for changes.
const UNREADABLE_TIMES: u32 = 2;

impl Connection {
    /// Ends a stream that has been silent for too long.
    pub(super) fn watch_stream(&mut self, now: u64, actions: &mut Vec<Action>) {
        match self.stream {
            Stream::Opening { deadline } if now >= deadline => {
                self.close(actions);
                self.mute(now);
            }
            Stream::Up { heard, silence, .. } if now >= heard + silence => {
                actions.push(Action::Disconnect);
                // Silent with half an event read: the parser may be stuck on something that it cannot read.
                let loss = if self.half { Loss::Unreadable } else { Loss::Ended };
                self.lost(loss, now, actions);
            }
            _ => {}
        }
    }

    /// Something on the way holds the stream back: poll, and probe from time to time.
    fn mute(&mut self, now: u64) {
        let wait = self.probe.map_or(PROBE.0, |before| (before * 2).min(PROBE.1));
        self.probe = Some(wait);
        self.next_try = Some(now + wait);
        self.want(Fetch::Changes);
    }

    pub(super) fn lost(&mut self, loss: Loss, now: u64, actions: &mut Vec<Action>) {
        let before = std::mem::replace(&mut self.stream, Stream::Down);
        self.behind_since = None;
        if before == Stream::Down {
            return;
        }
        self.half = false;
        self.broken_at = Some(now);
        let good = matches!(before, Stream::Up { since, .. } if now >= since + GOOD_MS);
        if good {
            self.tries.succeeded();
        }
        match loss {
            Loss::Ended => self.try_again(now, actions),
            Loss::Unreachable => {
                self.try_again(now, actions);
                // One failed try is no proof after a stream that worked; the try within a second is.
                if matches!(before, Stream::Opening { .. }) {
                    self.show(LinkState::Offline, None, actions);
                }
            }
            Loss::Unreadable => {
                self.try_again(now, actions);
                let times = if self.unreadable.0 == self.cursor {
                    self.unreadable.1 + 1
                } else {
                    1
                };
                self.unreadable = (self.cursor, times);
                if times >= UNREADABLE_TIMES {
                    self.want(Fetch::Changes);
                }
            }
            Loss::Fault(fault) => self.no_stream(fault, now, actions),
        }
    }

    /// Whether the stream broke at this cursor so often that changes have to pass it.
    pub(super) fn has_to_pass(&self) -> bool {
        self.unreadable.0 == self.cursor && self.unreadable.1 >= UNREADABLE_TIMES
    }

    fn try_again(&mut self, now: u64, actions: &mut Vec<Action>) {
        let wait = if self.tries.failures() == 0 {
            self.tries.failed(&mut self.rng, FIRST_TRY_MS, FIRST_TRY_MS, None)
        } else {
            self.tries.failed(
                &mut self.rng,
                RECONNECT_FIRST_MS,
                self.settings.reconnect_cap_ms,
                None,
            )
        };
        self.next_try = Some(now + wait);
        if matches!(self.shown.0, LinkState::Live | LinkState::CatchingUp) {
            self.show(LinkState::Connecting, None, actions);
        }
    }

    /// The hub, or something in its place, answered with no stream.
    fn no_stream(&mut self, fault: Fault, now: u64, actions: &mut Vec<Action>) {
        match fault {
            Fault::Unreachable => {
                self.try_again(now, actions);
                self.show(LinkState::Offline, None, actions);
            }
            Fault::Refused(code) => self.refuse(code, now, actions),
            Fault::Expired => self.reset(actions),
            Fault::Later { retry_after_ms } => {
                // A hub behind a proxy that restarts is a 502 for a moment: as quick as an unreachable one.
                let wait = self.tries.failed(
                    &mut self.rng,
                    RECONNECT_FIRST_MS,
                    self.settings.reconnect_cap_ms,
                    retry_after_ms,
                );
                self.next_try = Some(now + wait);
                if let Some(floor) = retry_after_ms {
                    self.fetch_not_before = self.fetch_not_before.max(now + floor);
                }
                self.poll_instead(actions);
            }
            Fault::NotTheHub => {
                let wait = self.tries.failed(&mut self.rng, ERRORS.0, ERRORS.1, None);
                self.next_try = Some(now + wait);
                self.poll_instead(actions);
            }
        }
    }

    /// Asks for changes at once where no poll is planned: its answer says whether the hub is there at all.
    fn poll_instead(&mut self, actions: &mut Vec<Action>) {
        if self.next_poll.is_none() && self.fetching.is_none() {
            self.want(Fetch::Changes);
        }
        if matches!(self.shown.0, LinkState::Live | LinkState::CatchingUp) {
            self.show(LinkState::Connecting, None, actions);
        }
    }

    pub(super) fn not_fetched(&mut self, fault: Fault, now: u64, actions: &mut Vec<Action>) {
        let Some(fetch) = self.fetching.take() else {
            return;
        };
        match fault {
            Fault::Refused(code) => {
                self.refuse(code, now, actions);
                return;
            }
            Fault::Expired => {
                self.reset(actions);
                return;
            }
            Fault::Unreachable | Fault::Later { .. } | Fault::NotTheHub => {}
        }
        let floor = match fault {
            Fault::Later { retry_after_ms } => retry_after_ms,
            _ => None,
        };
        let cap = if fault == Fault::NotTheHub {
            ERRORS.1
        } else {
            self.settings.reconnect_cap_ms
        };
        let wait = self.fetches.failed(&mut self.rng, RECONNECT_FIRST_MS, cap, floor);
        if matches!(self.stream, Stream::Up { .. }) {
            // The stream works: what is missing is asked for again.
            self.fetch_not_before = now + wait;
            self.want(fetch);
            return;
        }
        self.broken_at = Some(now);
        self.show(LinkState::Offline, None, actions);
        let stream_comes = self.probe.is_none() && self.next_try.is_some();
        if fetch == Fetch::Snapshot || !stream_comes {
            self.fetch_not_before = now + wait;
            self.want(fetch);
        } else {
            // The tries to open the stream go on and find the hub sooner.
            self.poll_later(now);
        }
    }

    /// Stops reading and says so. It asks again from time to time: a token that was made a moment ago, or given back, counts then.
    fn refuse(&mut self, code: Code, now: u64, actions: &mut Vec<Action>) {
        self.close(actions);
        let wait = self.pardon.map_or(PARDON.0, |before| (before * 2).min(PARDON.1));
        self.pardon = Some(wait);
        self.next_try = Some(now + wait);
        self.next_poll = None;
        self.wanted = None;
        self.probe = None;
        self.show(LinkState::Refused, Some(code), actions);
    }
}
