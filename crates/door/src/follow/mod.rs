//! Following the hub's log: what the stream, a page, a snapshot or an answer means for the cache and the connection. No socket, no disk, no task: it
//! says what is to be done, and what came of it comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::event::{Connected, Heartbeat, name};
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;
use portero_protocol::listing::ChangesPage;

use crate::announce::Announcer;
use crate::cache::Step;
use crate::connection::{Action, Connection, Fault, Input, Loss};
use crate::figures::Figures;
use crate::hub::Heard;
use crate::known::{Known, wall_ms};
use crate::shell::SharedView;
use crate::view::{DoorEvent, LinkState};

mod applied;
mod orders;
mod steps;

pub(crate) use orders::{Do, Message, Source};
pub(crate) use steps::change;
use steps::steps;

/// How far this device's clock and the one that only goes forward may differ: more means that it slept or that its clock was set.
const JUMP_MS: i64 = 5_000;

/// What follows the log.
pub(crate) struct Follower {
    core: Connection,
    known: Arc<Known>,
    figures: Arc<Figures>,
    view: SharedView,
    announcer: Announcer,
    early: BTreeMap<u64, Step>,
    asked_for: BTreeSet<ReservationId>,
    /// This device's clock less the one that only goes forward.
    difference: Option<i64>,
    todo: Vec<Do>,
}

impl Follower {
    /// One that has not started.
    pub(crate) fn new(
        core: Connection,
        known: Arc<Known>,
        figures: Arc<Figures>,
        view: SharedView,
        announcer: Announcer,
    ) -> Self {
        Self {
            core,
            known,
            figures,
            view,
            announcer,
            early: BTreeMap::new(),
            asked_for: BTreeSet::new(),
            difference: None,
            todo: Vec::new(),
        }
    }

    /// The door was opened.
    pub(crate) fn start(&mut self, now: u64) -> Vec<Do> {
        let cursor = self.view.get().cursor.map(|cursor| cursor.pos);
        self.feed(Input::Start { cursor }, now);
        self.done()
    }

    /// When it has to be asked again, if nothing happens before.
    pub(crate) fn wake_at(&self) -> Option<u64> {
        self.core.wake_at()
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: u64) -> Vec<Do> {
        self.feed(Input::Tick, now);
        self.done()
    }

    /// Compares the two clocks, now and then: one that jumps means that the device slept or that its clock was set.
    pub(crate) fn compare_clocks(&mut self, now: u64) -> Vec<Do> {
        let difference = wall_ms() - now.cast_signed();
        let before = self.difference.replace(difference).unwrap_or(difference);
        let jump = difference - before;
        if jump.abs() > JUMP_MS {
            tracing::info!(
                ms = jump,
                "the clock jumped: the device slept, or its clock was set"
            );
            self.known.clock(crate::clock::Clock::was_set);
            self.feed(Input::Woke, now);
        }
        self.done()
    }

    /// Something that was asked for came, or something happened at the door.
    pub(crate) fn told(&mut self, message: Message, now: u64) -> Vec<Do> {
        match message {
            Message::Changes(Ok(page), asked_at) => self.take_page(&page, Some(asked_at), true),
            Message::Changes(Err(trouble), _) => self.feed(Input::NotFetched(trouble.fault()), now),
            Message::Snapshot(Ok(cursor)) => self.snapshot_taken(cursor, now),
            Message::Snapshot(Err(fault)) => self.feed(Input::NotFetched(fault), now),
            Message::Delivered { counted, changes } => {
                if counted {
                    self.feed(Input::Delivered, now);
                }
                match changes {
                    Some(Some(page)) => self.take_page(&page, None, false),
                    Some(None) => self.feed(Input::Reset, now),
                    None => {}
                }
            }
            Message::Missing(id, found) => {
                self.asked_for.remove(&id);
                if let Ok(detail) = found {
                    self.todo.push(Do::Keep(detail));
                }
            }
            Message::Busy => self.feed(Input::Busy, now),
            Message::Focused => self.feed(Input::Focused, now),
            Message::Settings(settings) => self.feed(Input::Settings(settings), now),
        }
        self.done()
    }

    /// The stream said something that is no position of the log: see [`change`].
    pub(crate) fn heard(&mut self, heard: Heard, now: u64) -> Vec<Do> {
        match heard {
            Heard::Opened => self.feed(Input::Opened, now),
            Heard::Half => self.feed(Input::Half, now),
            Heard::Lost(loss) => {
                self.todo.push(Do::Close);
                self.feed(Input::Lost(loss), now);
            }
            Heard::Event { name, data, .. } => match name.as_str() {
                name::CONNECTED => self.connected(&data, now),
                name::HEARTBEAT => self.heartbeat(&data, now),
                name::RESET => self.feed(Input::Reset, now),
                // An event of a newer hub that is no change has no id of its own.
                _ => tracing::debug!(name, "an event without a position"),
            },
        }
        self.done()
    }

    /// Positions came on the stream.
    pub(crate) fn stepped(steps: Vec<Step>) -> Vec<Do> {
        if steps.is_empty() {
            Vec::new()
        } else {
            vec![Do::Apply(steps, Source::Stream)]
        }
    }

    fn connected(&mut self, data: &str, now: u64) {
        match serde_json::from_str::<Connected>(data) {
            Ok(connected) => {
                self.known
                    .clock(|clock| clock.heard(connected.time.ms(), wall_ms()));
                self.view.change(|view| {
                    view.device = connected.device.or(view.device);
                    view.role = connected.role.or(view.role);
                });
                let view = self.view.get();
                let name = connected.name.and_then(|name| self.known.hub_calls_it(&name));
                self.todo.push(Do::KeepIdentity(view.device, view.role, name));
                let epoch = view.cursor.map(|cursor| cursor.epoch);
                self.feed(
                    Input::Connected {
                        head: connected.head,
                        heartbeat_ms: connected.heartbeat_ms,
                    },
                    now,
                );
                // Another log's life: the hub says `reset` next, and it is taken at its word.
                if epoch.is_some_and(|epoch| epoch != connected.epoch) {
                    self.feed(Input::Reset, now);
                } else {
                    self.prove(connected.time);
                }
                self.todo.push(Do::HubReachable);
            }
            Err(error) => {
                tracing::warn!(%error, "the stream does not begin as a hub's does");
                self.todo.push(Do::Close);
                self.feed(Input::Lost(Loss::Fault(Fault::NotTheHub)), now);
            }
        }
    }

    fn heartbeat(&mut self, data: &str, now: u64) {
        if let Ok(heartbeat) = serde_json::from_str::<Heartbeat>(data) {
            self.known
                .clock(|clock| clock.heard(heartbeat.time.ms(), wall_ms()));
            self.feed(Input::Heartbeat { head: heartbeat.head }, now);
            self.prove(heartbeat.time);
        }
    }

    /// The hub's time at which its last position was this one: all is known up to then if the cursor is there.
    fn prove(&self, time: Instant) {
        let view = self.view.get();
        if view.cursor.is_some_and(|cursor| cursor.pos >= self.core.head()) {
            self.known.prove(time);
        }
    }

    fn take_page(&mut self, page: &ChangesPage, asked_at: Option<Instant>, asked: bool) {
        let source = Source::Page {
            cursor: page.cursor.clone(),
            more: page.more,
            asked_at,
            asked,
        };
        self.todo.push(Do::Apply(steps(page), source));
    }

    fn snapshot_taken(&mut self, cursor: Cursor, now: u64) {
        let epoch = cursor.epoch.to_string();
        self.early.clear();
        self.view.change(|view| view.cursor = Some(cursor.clone()));
        self.announcer.changed_anything();
        self.feed(Input::Taken { cursor: cursor.pos }, now);
        self.todo.push(Do::MeetEpoch(epoch));
    }

    /// Feeds the connection's state machine, and takes over what it decides.
    fn feed(&mut self, input: Input, now: u64) {
        for action in self.core.on(input, now) {
            match action {
                Action::Connect => match self.view.get().cursor {
                    Some(cursor) => self.todo.push(Do::Open(cursor)),
                    None => tracing::error!("no cursor to connect from"),
                },
                Action::Disconnect => {
                    self.early.clear();
                    self.todo.push(Do::Close);
                }
                Action::FetchChanges => self.fetch_changes(),
                Action::FetchSnapshot => self.todo.push(Do::FetchSnapshot),
                Action::Show(state, problem) => self.say(state, problem),
                Action::Reconnected(ms) => self.figures.reconnected(ms as f64),
            }
        }
        let wanted = self.core.wants_changes_with_delivery();
        let (head, proven) = (self.core.head(), self.core.proven());
        self.view.change(|view| {
            view.head = head;
            view.proven = proven;
            view.since_wanted = view.cursor.clone().filter(|_| wanted);
        });
    }

    fn fetch_changes(&mut self) {
        if let Some(cursor) = self.view.get().cursor {
            let asked_at = self.known.asked_at(wall_ms());
            self.todo.push(Do::FetchChanges(cursor, asked_at));
        }
    }

    fn say(&self, state: LinkState, problem: Option<portero_protocol::problem::Code>) {
        let now = wall_ms();
        self.view.change(|view| {
            view.state = state;
            view.problem = problem;
            view.since_ms = now;
        });
        self.announcer.say(DoorEvent::State {
            state,
            since: self.known.clock(|clock| clock.hub(now)),
        });
    }

    fn done(&mut self) -> Vec<Do> {
        // Whoever may not read learns of another life from the answers alone.
        if self.view.get().state == LinkState::Refused
            && let Some(life) = self.known.another_life()
        {
            self.todo.push(Do::MeetEpoch(life));
        }
        std::mem::take(&mut self.todo)
    }
}
