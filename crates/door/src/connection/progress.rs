//! What follows when the stream or an answer brings positions: live, catching up, or a new start.

use super::{Action, Connection, Fetch, Stream};
use crate::view::LinkState;

impl Connection {
    pub(super) fn connected(&mut self, head: u64, heartbeat_ms: u64, now: u64, actions: &mut Vec<Action>) {
        if !matches!(self.stream, Stream::Opening { .. }) {
            return;
        }
        self.stream = Stream::Up {
            since: now,
            heard: now,
            // Two and a half heartbeats.
            silence: heartbeat_ms.clamp(1_000, 600_000) * 5 / 2,
        };
        self.probe = None;
        self.pardon = None;
        self.next_poll = None;
        self.fetches.succeeded();
        if let Some(broken) = self.broken_at.take() {
            actions.push(Action::Reconnected(now - broken));
        }
        self.head = head;
        self.compare(now, actions);
    }

    pub(super) fn heard(&mut self, now: u64) {
        self.half = false;
        if let Stream::Up { heard, .. } = &mut self.stream {
            *heard = now;
        }
    }

    pub(super) fn advance(&mut self, cursor: u64) {
        self.cursor = Some(cursor);
        self.head = self.head.max(cursor);
    }

    /// With the stream up: live where nothing is missing, else catching up.
    pub(super) fn compare(&mut self, now: u64, actions: &mut Vec<Action>) {
        if !matches!(self.stream, Stream::Up { .. }) {
            return;
        }
        if self.cursor.is_some_and(|cursor| cursor >= self.head) {
            self.proven = Some(now);
            self.behind_since = None;
            self.show(LinkState::Live, None, actions);
        } else {
            self.behind_since.get_or_insert(now);
            // A heartbeat may come between a commit and its event: that is no reason to show anything.
            if self.shown.0 != LinkState::Live {
                self.show(LinkState::CatchingUp, None, actions);
            }
        }
    }

    pub(super) fn reset(&mut self, actions: &mut Vec<Action>) {
        self.close(actions);
        self.next_try = None;
        self.next_poll = None;
        self.want(Fetch::Snapshot);
        self.show(LinkState::CatchingUp, None, actions);
    }

    pub(super) fn changed(&mut self, cursor: u64, more: bool, now: u64, actions: &mut Vec<Action>) {
        if self.fetching == Some(Fetch::Changes) {
            self.fetching = None;
        }
        self.fetches.succeeded();
        self.fetch_not_before = 0;
        self.pardon = None;
        self.advance(cursor);
        if more {
            self.want(Fetch::Changes);
            return;
        }
        if matches!(self.stream, Stream::Up { .. }) {
            self.compare(now, actions);
        } else {
            self.proven = Some(now);
            self.behind_since = None;
            self.poll_later(now);
            self.show(LinkState::Polling, None, actions);
        }
    }

    pub(super) fn taken(&mut self, cursor: u64, now: u64, actions: &mut Vec<Action>) {
        self.fetching = None;
        self.fetches.succeeded();
        self.fetch_not_before = 0;
        // A snapshot may be of another log's life, whose numbers start anew.
        self.cursor = Some(cursor);
        self.head = cursor;
        self.proven = Some(now);
        if self.settings.sse_enabled {
            self.next_try = Some(now);
        } else {
            self.poll_later(now);
            self.show(LinkState::Polling, None, actions);
        }
    }
}
