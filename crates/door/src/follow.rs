//! Following the hub's log: what the stream, a page, a snapshot or an answer means for the cache and the connection. No socket, no disk, no task: it
//! says what is to be done, and what came of it comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::event::{Connected, Heartbeat, Logged, PagedEvent, name};
use portero_protocol::ids::{DeviceId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::listing::{ChangesPage, ReservationDetail};

use crate::announce::Announcer;
use crate::cache::{Applied, Step};
use crate::connection::{Action, Connection, Fault, Input, Loss};
use crate::figures::Figures;
use crate::hub::{Heard, Trouble};
use crate::known::{Known, wall_ms};
use crate::settings::Settings;
use crate::shell::SharedView;
use crate::view::{DoorEvent, LinkState};

/// How far this device's clock and the one that only goes forward may differ: more means that it slept or that its clock was set.
const JUMP_MS: i64 = 5_000;
/// Positions that came after a gap and wait for it to be filled.
const EARLY: usize = 5_000;

/// What the follower is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// A page of changes was asked for; with the hub's time before it was.
    Changes(Result<ChangesPage, Trouble>, Instant),
    /// A snapshot was asked for.
    Snapshot(Result<Cursor, Fault>),
    /// A delivery was answered: whether an entry counts, and the changes that it brought (inner `None`: the log cannot continue).
    Delivered {
        counted: bool,
        changes: Option<Option<ChangesPage>>,
    },
    /// A reservation that the log talked about was asked for.
    Missing(ReservationId, Result<Box<ReservationDetail>, Trouble>),
    /// An entry was made here.
    Busy,
    /// The window was focused.
    Focused,
    /// Other settings.
    Settings(Box<Settings>),
}

/// What is to be done, in this order. [`Do::Apply`] is done before anything else is told.
#[derive(Debug)]
pub(crate) enum Do {
    /// Open the stream after this.
    Open(Cursor),
    /// Close the stream.
    Close,
    /// Fetch one page of changes after this; with the hub's time now.
    FetchChanges(Cursor, Instant),
    /// Take a snapshot.
    FetchSnapshot,
    /// Fetch one reservation.
    FetchOne(ReservationId),
    /// Apply these to the cache, and say what came of it.
    Apply(Vec<Step>, Source),
    /// Keep this reservation in the cache.
    Keep(Box<ReservationDetail>),
    /// Tell the desk which life of the log this is.
    MeetEpoch(String),
    /// Keep what the hub calls this device and lets it do.
    KeepIdentity(Option<DeviceId>, Option<Role>),
    /// Tell the outbox that the hub can be reached.
    HubReachable,
}

/// Where positions came from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The stream, or what had waited for a gap to be filled.
    Stream,
    /// A page of changes.
    Page {
        /// Up to where it goes.
        cursor: Cursor,
        /// Whether there are more.
        more: bool,
        /// The hub's time before it was asked for, where that is known.
        asked_at: Option<Instant>,
        /// Whether it was asked for, or came with a delivery's answer.
        asked: bool,
    },
}

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
                self.todo.push(Do::KeepIdentity(view.device, view.role));
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

/// The position that an event of the stream is; `None`: it is none.
pub(crate) fn change(heard: &Heard) -> Option<Step> {
    match heard {
        Heard::Event { name, id, data }
            if ![name::CONNECTED, name::HEARTBEAT, name::RESET].contains(&name.as_str()) =>
        {
            id.parse().ok().map(|at| step(at, name, data))
        }
        _ => None,
    }
}

/// The positions of a page.
fn steps(page: &ChangesPage) -> Vec<Step> {
    page.events
        .iter()
        .map(|PagedEvent { id, event, data }| step(id.clone(), event, &data.to_string()))
        .collect()
}

/// One position, from its name and data.
fn step(at: Cursor, event: &str, data: &str) -> Step {
    match Logged::read(event, data) {
        Ok(logged) => Step {
            at,
            logged,
            unreadable: false,
        },
        Err(error) => {
            tracing::warn!(%at, event, %error, "a position of the log cannot be read: a snapshot follows");
            Step {
                at,
                logged: None,
                unreadable: true,
            }
        }
    }
}
