//! The link: feeds the connection's state machine with what the stream, the answers and the clock say, and does what it decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::event::{Connected, Heartbeat, name};
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;
use portero_protocol::listing::{ChangesPage, ReservationDetail};
use portero_protocol::problem::Code;
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::courier::Note;
use super::{SharedView, Ticks, fetch};
use crate::announce::Announcer;
use crate::cache::{Applied, Cache, Reads, Step};
use crate::connection::{Action, Connection, Fault, Input, Loss};
use crate::desk::Desk;
use crate::error::DoorError;
use crate::figures::Figures;
use crate::hub::{Heard, Hub, Stream, Trouble};
use crate::known::{Known, wall_ms};
use crate::lane::Lane;
use crate::settings::Settings;
use crate::view::{DoorEvent, LinkState};

/// How often the two clocks are compared: one that jumps means that the device slept or that its clock was set.
const COMPARE: Duration = Duration::from_secs(2);
/// How far they may differ.
const JUMP_MS: i64 = 5_000;
/// How often the books are kept.
const BOOKS_MS: u64 = 60_000;
/// Positions that came after a gap and wait for it to be filled.
const EARLY: usize = 5_000;
/// Events that are applied in one transaction at most.
const BATCH: usize = 256;

/// What the link is told.
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

/// The link's things.
pub(crate) struct Link {
    pub(crate) hub: Arc<Hub>,
    pub(crate) cache: Lane<Cache>,
    pub(crate) desk: Lane<Desk>,
    pub(crate) reads: Lane<Reads>,
    pub(crate) announcer: Announcer,
    pub(crate) known: Arc<Known>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) view: SharedView,
    pub(crate) courier: mpsc::UnboundedSender<Note>,
    pub(crate) inbox: mpsc::UnboundedSender<Message>,
    pub(crate) ticks: Ticks,
    pub(crate) closed: CancellationToken,
    pub(crate) core: Connection,
    pub(crate) stream: Option<Stream>,
    pub(crate) early: BTreeMap<u64, Step>,
    pub(crate) asked_for: BTreeSet<ReservationId>,
    pub(crate) books_due: u64,
}

enum Next {
    Closed,
    Message(Message),
    Heard(Option<Heard>),
    Wake,
    Compare,
}

impl Link {
    /// Works until the door is closed.
    pub(crate) async fn run(mut self, mut messages: mpsc::UnboundedReceiver<Message>) {
        let cursor = self.view.get().cursor.map(|cursor| cursor.pos);
        self.feed(Input::Start { cursor });
        let mut compare = tokio::time::interval(COMPARE);
        let mut difference = self.clock_difference();
        loop {
            let wake = self.core.wake_at().map_or(Duration::from_secs(3_600), |at| {
                Duration::from_millis(at.saturating_sub(self.ticks.now()))
            });
            let stream = &mut self.stream;
            let next = tokio::select! {
                biased;
                () = self.closed.cancelled() => Next::Closed,
                Some(message) = messages.recv() => Next::Message(message),
                heard = async { match stream { Some(stream) => stream.next().await, None => std::future::pending().await } } => Next::Heard(heard),
                () = sleep(wake) => Next::Wake,
                _ = compare.tick() => Next::Compare,
            };
            match next {
                Next::Closed => return,
                Next::Message(message) => self.told(message).await,
                Next::Heard(heard) => self.heard(heard).await,
                Next::Wake => self.feed(Input::Tick),
                Next::Compare => {
                    let now = self.clock_difference();
                    if (now - difference).abs() > JUMP_MS {
                        tracing::info!(
                            ms = now - difference,
                            "the clock jumped: the device slept, or its clock was set"
                        );
                        self.known.clock(crate::clock::Clock::was_set);
                        self.feed(Input::Woke);
                    }
                    difference = now;
                    self.keep_books();
                }
            }
        }
    }

    /// Once a minute: what a restart should not lose, and needs no more.
    fn keep_books(&mut self) {
        let now = self.ticks.now();
        if now < self.books_due {
            return;
        }
        self.books_due = now + BOOKS_MS;
        if let Some(house) = self.known.house() {
            self.figures
                .today(&house.calendar.day(self.known.hub_now()).to_string(), None);
        }
        if let Some(day) = self.figures.day() {
            self.desk.tell(move |desk| desk.keep_figures(&day));
        }
        self.cache.tell(|cache| {
            if let Err(error) = cache.keep_proven() {
                tracing::warn!(%error, "the proven time cannot be kept");
            }
        });
    }

    fn clock_difference(&self) -> i64 {
        wall_ms() - self.ticks.now().cast_signed()
    }

    async fn told(&mut self, message: Message) {
        match message {
            Message::Changes(Ok(page), asked_at) => self.take_page(page, Some(asked_at), true).await,
            Message::Changes(Err(trouble), _) => self.feed(Input::NotFetched(trouble.fault())),
            Message::Snapshot(Ok(cursor)) => self.snapshot_taken(cursor),
            Message::Snapshot(Err(fault)) => self.feed(Input::NotFetched(fault)),
            Message::Delivered { counted, changes } => {
                if counted {
                    self.feed(Input::Delivered);
                }
                match changes {
                    Some(Some(page)) => self.take_page(page, None, false).await,
                    Some(None) => self.feed(Input::Reset),
                    None => {}
                }
            }
            Message::Missing(id, found) => {
                self.asked_for.remove(&id);
                if let Ok(detail) = found {
                    let announcer = self.announcer.clone();
                    self.cache.tell(move |cache| match cache.take_detail(&detail) {
                        Ok(changed) => announcer.changed(changed),
                        Err(error) => tracing::error!(%error, "a reservation cannot be stored"),
                    });
                }
            }
            Message::Busy => self.feed(Input::Busy),
            Message::Focused => self.feed(Input::Focused),
            Message::Settings(settings) => self.feed(Input::Settings(settings)),
        }
    }

    async fn heard(&mut self, first: Option<Heard>) {
        let mut steps = Vec::new();
        let mut next = Some(first.unwrap_or(Heard::Lost(Loss::Ended)));
        while let Some(heard) = next.take() {
            match heard {
                Heard::Opened => self.feed(Input::Opened),
                Heard::Half => self.feed(Input::Half),
                Heard::Lost(loss) => {
                    self.apply(std::mem::take(&mut steps)).await;
                    self.stream = None;
                    self.feed(Input::Lost(loss));
                    return;
                }
                Heard::Event { name, id, data } => match name.as_str() {
                    name::CONNECTED => self.connected(&data),
                    name::HEARTBEAT => {
                        self.apply(std::mem::take(&mut steps)).await;
                        self.heartbeat(&data);
                    }
                    name::RESET => {
                        self.apply(std::mem::take(&mut steps)).await;
                        self.feed(Input::Reset);
                        return;
                    }
                    _ => match id.parse::<Cursor>() {
                        Ok(at) => steps.push(fetch::step(at, &name, &data)),
                        // An event of a newer hub that is no change has no id of its own.
                        Err(_) => tracing::debug!(name, "an event without a position"),
                    },
                },
            }
            if steps.len() < BATCH {
                next = self.stream.as_mut().and_then(Stream::ready);
            }
        }
        self.apply(steps).await;
    }

    fn connected(&mut self, data: &str) {
        match serde_json::from_str::<Connected>(data) {
            Ok(connected) => {
                self.known
                    .clock(|clock| clock.heard(connected.time.ms(), wall_ms()));
                self.view.change(|view| {
                    view.device = connected.device.or(view.device);
                    view.role = connected.role.or(view.role);
                });
                self.keep_identity();
                let epoch = self.view.get().cursor.map(|cursor| cursor.epoch);
                self.feed(Input::Connected {
                    head: connected.head,
                    heartbeat_ms: connected.heartbeat_ms,
                });
                // Another log's life: the hub says `reset` next, and it is taken at its word.
                if epoch.is_some_and(|epoch| epoch != connected.epoch) {
                    self.feed(Input::Reset);
                } else {
                    self.prove(connected.time);
                }
                // The courier ends only when the door is closed.
                let _ = self.courier.send(Note::Reachable);
            }
            Err(error) => {
                tracing::warn!(%error, "the stream does not begin as a hub's does");
                self.stream = None;
                self.feed(Input::Lost(Loss::Fault(Fault::NotTheHub)));
            }
        }
    }

    fn heartbeat(&mut self, data: &str) {
        if let Ok(heartbeat) = serde_json::from_str::<Heartbeat>(data) {
            self.known
                .clock(|clock| clock.heard(heartbeat.time.ms(), wall_ms()));
            self.feed(Input::Heartbeat { head: heartbeat.head });
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

    async fn take_page(&mut self, page: ChangesPage, asked_at: Option<Instant>, asked: bool) {
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
    async fn apply(&mut self, steps: Vec<Step>) {
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

    async fn apply_steps(&mut self, steps: Vec<Step>) -> Option<Applied> {
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

    fn trouble_here(&self, error: &DoorError) {
        if error.code == Code::DiskFull {
            self.view.change(|view| view.disk_full = true);
        }
    }

    fn fetch_missing(&mut self, id: ReservationId) {
        if !self.asked_for.insert(id.clone()) {
            return;
        }
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let found = hub.reservation(&id).await.map(Box::new);
            // The link ended: the door is being closed.
            let _ = inbox.send(Message::Missing(id, found));
        });
    }

    fn snapshot_taken(&mut self, cursor: Cursor) {
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

    fn keep_identity(&self) {
        let view = self.view.get();
        self.desk.tell(move |desk| {
            if let Err(error) = desk.keep_identity(view.device, view.role) {
                tracing::warn!(%error, "the hub's name for this device cannot be kept");
            }
        });
    }

    /// Feeds the state machine, and does what it decides.
    fn feed(&mut self, input: Input) {
        for action in self.core.on(input, self.ticks.now()) {
            match action {
                Action::Connect => match self.view.get().cursor {
                    Some(cursor) => {
                        self.stream = Some(Stream::open(&self.hub, self.figures.clone(), &cursor))
                    }
                    None => tracing::error!("no cursor to connect from"),
                },
                Action::Disconnect => {
                    self.stream = None;
                    self.early.clear();
                }
                Action::FetchChanges => self.fetch_changes(),
                Action::FetchSnapshot => self.fetch_snapshot(),
                Action::Show(state, problem) => self.show(state, problem),
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

    fn show(&self, state: LinkState, problem: Option<Code>) {
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

    fn fetch_changes(&self) {
        let Some(cursor) = self.view.get().cursor else {
            return;
        };
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        let error = self.known.clock(|clock| clock.error_ms(wall_ms()));
        let asked_at = self.known.hub_now().plus_ms(-error.unwrap_or(0));
        tokio::spawn(async move {
            let page = hub.changes(&cursor).await;
            // The link ended: the door is being closed.
            let _ = inbox.send(Message::Changes(page, asked_at));
        });
    }

    fn fetch_snapshot(&self) {
        let (hub, cache, reads, inbox) = (
            self.hub.clone(),
            self.cache.clone(),
            self.reads.clone(),
            self.inbox.clone(),
        );
        tokio::spawn(async move {
            let taken = fetch::snapshot(hub, cache, reads).await.map_err(|end| match end {
                fetch::SnapshotEnd::Hub(trouble) => {
                    tracing::warn!(why = trouble.message, "no snapshot");
                    trouble.fault()
                }
                fetch::SnapshotEnd::Here(error) => {
                    tracing::error!(%error, "the snapshot cannot be used");
                    Fault::Later {
                        retry_after_ms: Some(5_000),
                    }
                }
            });
            // As above.
            let _ = inbox.send(Message::Snapshot(taken));
        });
    }
}
