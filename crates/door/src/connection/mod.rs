//! The connection: when to open the stream, when to ask for changes, when to take a snapshot, and what the badge says. No clock, no socket.
//! Times are ms of a clock that only goes forward.

use portero_protocol::problem::Code;

use crate::backoff::Backoff;
use crate::settings::Settings;
use crate::view::LinkState;

mod loss;
mod progress;
mod signals;

pub(crate) use signals::{Action, Fault, Input, Loss};

/// The first try after a loss comes within that.
const FIRST_TRY_MS: u64 = 800;
/// Without the stream's headers in that time it is mute: connect (2 s) and an answer (5 s).
const HEADERS_MS: u64 = 7_000;
/// Without a first event that long after the headers the stream is mute: something on the way holds it back.
const FIRST_EVENT_MS: u64 = 5_000;
/// A stream that was up that long was a good one: the next try comes at once.
const GOOD_MS: u64 = 10_000;
/// The hub says that it is ahead for that long and nothing comes: ask.
const BEHIND_MS: u64 = 2_000;
/// How soon the hub is asked while entries are being made and there is no stream.
const BUSY_POLL_MS: u64 = 15_000;
/// How long after an entry "entries are being made".
const BUSY_MS: u64 = 120_000;
/// The bounds of the wait after an answer that is an error, in ms: first and longest.
const ERRORS: (u64, u64) = (1_000, 30_000);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Down,
    Opening { deadline: u64 },
    Up { since: u64, heard: u64, silence: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fetch {
    Changes,
    Snapshot,
}

/// The connection's state.
#[derive(Debug)]
pub(crate) struct Connection {
    settings: Settings,
    rng: fastrand::Rng,
    shown: (LinkState, Option<Code>),
    cursor: Option<u64>,
    head: u64,
    stream: Stream,
    next_try: Option<u64>,
    tries: Backoff,
    /// While the stream is mute: the wait before the next probe.
    probe: Option<u64>,
    fetching: Option<Fetch>,
    wanted: Option<Fetch>,
    fetch_not_before: u64,
    fetches: Backoff,
    next_poll: Option<u64>,
    /// When the cursor was last proven to be the head.
    proven: Option<u64>,
    behind_since: Option<u64>,
    busy_until: u64,
    /// Bytes came since the last event, and no event of them.
    half: bool,
    /// While the hub refuses this device: the wait before it is asked again.
    pardon: Option<u64>,
    /// How often in a row the stream broke on something unreadable at the same cursor.
    unreadable: (Option<u64>, u32),
    /// When the link was last seen not to work.
    broken_at: Option<u64>,
}

impl Connection {
    /// One that has not started.
    pub(crate) fn new(settings: Settings, rng: fastrand::Rng) -> Self {
        Self {
            settings,
            rng,
            shown: (LinkState::Connecting, None),
            cursor: None,
            head: 0,
            stream: Stream::Down,
            next_try: None,
            tries: Backoff::default(),
            probe: None,
            fetching: None,
            wanted: None,
            fetch_not_before: 0,
            fetches: Backoff::default(),
            next_poll: None,
            proven: None,
            behind_since: None,
            busy_until: 0,
            half: false,
            pardon: None,
            unreadable: (None, 0),
            broken_at: None,
        }
    }

    /// The hub's last position, as last heard.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Whether a delivery should bring the changes back: there is no stream that does.
    pub(crate) fn wants_changes_with_delivery(&self) -> bool {
        !matches!(self.stream, Stream::Up { .. })
            && self.cursor.is_some()
            && !self.refused()
            && self.fetching.is_none()
    }

    /// When the cursor was last proven to be the head.
    pub(crate) fn proven(&self) -> Option<u64> {
        self.proven
    }

    /// Takes what happened and says what is to be done.
    pub(crate) fn on(&mut self, input: Input, now: u64) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::Start { cursor } => self.start(cursor, now),
            Input::Opened => {
                if let Stream::Opening { deadline } = &mut self.stream {
                    *deadline = now + FIRST_EVENT_MS;
                }
            }
            Input::Connected { head, heartbeat_ms } => self.connected(head, heartbeat_ms, now, &mut actions),
            Input::Half => self.half = true,
            Input::Heartbeat { head } => {
                self.heard(now);
                self.head = self.head.max(head);
                self.compare(now, &mut actions);
            }
            Input::Applied { cursor } => {
                self.heard(now);
                self.advance(cursor);
                self.compare(now, &mut actions);
            }
            Input::Gap => {
                self.heard(now);
                self.want(Fetch::Changes);
                self.show(LinkState::CatchingUp, None, &mut actions);
            }
            Input::Reset => self.reset(&mut actions),
            Input::Lost(loss) => self.lost(loss, now, &mut actions),
            Input::Changed { cursor, more } => self.changed(cursor, more, now, &mut actions),
            Input::Taken { cursor } => self.taken(cursor, now, &mut actions),
            Input::NotFetched(fault) => self.not_fetched(fault, now, &mut actions),
            Input::Busy => {
                self.busy_until = now + BUSY_MS;
                if let Some(poll) = &mut self.next_poll {
                    *poll = (*poll).min(now + BUSY_POLL_MS);
                }
            }
            Input::Delivered => {
                if self.refused() {
                    // The token counts again.
                    self.show(LinkState::Connecting, None, &mut actions);
                    self.try_soon(now);
                }
            }
            Input::Focused => self.focused(now),
            Input::Woke => self.woke(now, &mut actions),
            Input::Settings(settings) => self.change_settings(*settings, now, &mut actions),
            Input::Tick => {}
        }
        self.go_on(now, &mut actions);
        actions
    }

    /// When it has to be asked again, if nothing happens before.
    pub(crate) fn wake_at(&self) -> Option<u64> {
        let stream = match self.stream {
            // While a try has to wait for a fetch, it is that fetch's end that goes on.
            Stream::Down => self.next_try.filter(|_| !self.holds_back()),
            Stream::Opening { deadline } => Some(deadline),
            Stream::Up { heard, silence, .. } => Some(heard + silence),
        };
        let behind = self.behind_since.map(|since| since + BEHIND_MS);
        let fetch = (self.wanted.is_some() && self.fetching.is_none()).then_some(self.fetch_not_before);
        [stream, self.next_poll, behind, fetch]
            .into_iter()
            .flatten()
            .min()
    }

    fn start(&mut self, cursor: Option<u64>, now: u64) {
        self.cursor = cursor;
        self.broken_at = Some(now);
        if cursor.is_none() {
            self.want(Fetch::Snapshot);
        } else if self.settings.sse_enabled {
            self.next_try = Some(now);
        } else {
            self.want(Fetch::Changes);
        }
    }

    fn focused(&mut self, now: u64) {
        let live = matches!(self.stream, Stream::Up { .. }) && self.shown.0 == LinkState::Live;
        let stale = self
            .proven
            .is_none_or(|proven| now.saturating_sub(proven) > self.settings.stale_after_s * 1_000);
        if self.settings.refetch_on_focus && !live && stale && !self.refused() {
            self.want(Fetch::Changes);
            self.fetch_not_before = self.fetch_not_before.min(now);
        }
    }

    fn woke(&mut self, now: u64, actions: &mut Vec<Action>) {
        if self.refused() {
            return;
        }
        if !matches!(self.stream, Stream::Down) {
            self.close(actions);
            self.show(LinkState::Connecting, None, actions);
        }
        self.broken_at = Some(now);
        self.try_soon(now);
    }

    fn change_settings(&mut self, settings: Settings, now: u64, actions: &mut Vec<Action>) {
        let before = std::mem::replace(&mut self.settings, settings);
        if before.sse_enabled && !self.settings.sse_enabled {
            self.close(actions);
            self.next_try = None;
            self.probe = None;
            if !self.refused() {
                self.want(Fetch::Changes);
                self.show(LinkState::Polling, None, actions);
            }
        } else if !before.sse_enabled && self.settings.sse_enabled && !self.refused() {
            self.broken_at = Some(now);
            self.try_soon(now);
        }
        if self.next_poll.is_some() {
            self.poll_later(now);
        }
    }

    /// Tries the stream as soon as may be, or asks for changes where there is none to be.
    fn try_soon(&mut self, now: u64) {
        if self.cursor.is_none() {
            self.want(Fetch::Snapshot);
            self.fetch_not_before = now;
        } else if self.settings.sse_enabled {
            self.next_try = Some(now);
        } else {
            self.want(Fetch::Changes);
            self.fetch_not_before = now;
        }
    }

    /// A snapshot replaces the cursor that a stream would start from; and a place that broke the stream is passed first.
    fn holds_back(&self) -> bool {
        let under_way = self.fetching.max(self.wanted);
        under_way == Some(Fetch::Snapshot) || (under_way.is_some() && self.has_to_pass())
    }

    fn poll_later(&mut self, now: u64) {
        let interval = self.settings.polling_interval_s * 1_000;
        let wait = if now < self.busy_until {
            interval.min(BUSY_POLL_MS)
        } else {
            interval
        };
        self.next_poll = Some(now + wait);
    }

    fn want(&mut self, fetch: Fetch) {
        let fetch = if self.cursor.is_none() {
            Fetch::Snapshot
        } else {
            fetch
        };
        self.wanted = self.wanted.max(Some(fetch));
    }

    fn refused(&self) -> bool {
        self.shown.0 == LinkState::Refused
    }

    fn show(&mut self, state: LinkState, problem: Option<Code>, actions: &mut Vec<Action>) {
        if self.shown != (state, problem) {
            self.shown = (state, problem);
            actions.push(Action::Show(state, problem));
        }
    }

    fn close(&mut self, actions: &mut Vec<Action>) {
        if !matches!(self.stream, Stream::Down) {
            self.stream = Stream::Down;
            actions.push(Action::Disconnect);
        }
        self.behind_since = None;
    }

    /// Does what is due.
    fn go_on(&mut self, now: u64, actions: &mut Vec<Action>) {
        if self.refused() {
            if self.stream == Stream::Down && self.next_try.is_some_and(|at| now >= at) {
                self.next_try = None;
                self.show(LinkState::Connecting, None, actions);
                self.try_soon(now);
            } else {
                return;
            }
        }
        self.watch_stream(now, actions);
        if self.behind_since.is_some_and(|since| now >= since + BEHIND_MS) {
            self.behind_since = None;
            self.want(Fetch::Changes);
            self.show(LinkState::CatchingUp, None, actions);
        }
        if self.next_poll.is_some_and(|at| now >= at) {
            self.next_poll = None;
            self.want(Fetch::Changes);
        }
        if self.fetching.is_none()
            && now >= self.fetch_not_before
            && let Some(fetch) = self.wanted.take()
        {
            self.fetching = Some(fetch);
            actions.push(match fetch {
                Fetch::Changes => Action::FetchChanges,
                Fetch::Snapshot => Action::FetchSnapshot,
            });
            if fetch == Fetch::Snapshot && self.shown.0 != LinkState::Offline {
                self.show(LinkState::CatchingUp, None, actions);
            }
        }
        if !self.holds_back() && self.stream == Stream::Down && self.next_try.is_some_and(|at| now >= at) {
            self.next_try = None;
            self.stream = Stream::Opening {
                deadline: now + HEADERS_MS,
            };
            actions.push(Action::Connect);
        }
    }
}

#[cfg(test)]
mod tests;
