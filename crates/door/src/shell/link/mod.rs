//! The link: feeds the connection's state machine with what the stream, the answers and the clock say, and does what it decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;
use portero_protocol::listing::{ChangesPage, ReservationDetail};
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::courier::Note;
use super::{SharedView, Ticks};
use crate::announce::Announcer;
use crate::cache::{Cache, Reads, Step};
use crate::connection::{Connection, Fault, Input};
use crate::desk::Desk;
use crate::figures::Figures;
use crate::hub::{Heard, Hub, Stream, Trouble};
use crate::known::{Known, wall_ms};
use crate::lane::Lane;
use crate::settings::Settings;

mod applying;
mod doing;
mod hearing;

/// How often the two clocks are compared: one that jumps means that the device slept or that its clock was set.
const COMPARE: Duration = Duration::from_secs(2);
/// How far they may differ.
const JUMP_MS: i64 = 5_000;
/// How often the books are kept.
const BOOKS_MS: u64 = 60_000;

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
}
