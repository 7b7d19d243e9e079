//! The link: tells the follower what the stream, the answers and the clock say, and does what it decides.

use std::sync::Arc;

use portero_protocol::problem::Code;
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::courier::Note;
use super::keyring::Keyring;
use super::{SharedView, Ticks};
use crate::announce::Announcer;
use crate::cache::{Applied, Cache, Reads, Step};
use crate::connection::Loss;
use crate::desk::Desk;
use crate::error::DoorError;
use crate::figures::Figures;
use crate::follow::{Do, Follower, Message, Source, change};
use crate::hub::{Heard, Hub, Stream};
use crate::known::Known;
use crate::lane::Lane;

mod doing;

/// How often the two clocks are compared.
const COMPARE: Duration = Duration::from_secs(2);
/// How often the books are kept.
const BOOKS_MS: u64 = 60_000;
/// Events that are applied in one transaction at most.
const BATCH: usize = 256;

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
    pub(crate) keyring: Keyring,
    pub(crate) inbox: mpsc::UnboundedSender<Message>,
    pub(crate) ticks: Ticks,
    pub(crate) closed: CancellationToken,
    pub(crate) follower: Follower,
    pub(crate) stream: Option<Stream>,
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
        let todo = self.follower.start(self.ticks.now());
        self.perform(todo).await;
        let mut compare = tokio::time::interval(COMPARE);
        loop {
            let wake = self.follower.wake_at().map_or(Duration::from_secs(3_600), |at| {
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
            let now = self.ticks.now();
            let todo = match next {
                Next::Closed => return,
                Next::Heard(heard) => {
                    self.heard(heard).await;
                    continue;
                }
                Next::Message(message) => self.follower.told(message, now),
                Next::Wake => self.follower.tick(now),
                Next::Compare => {
                    self.keep_books(now);
                    self.follower.compare_clocks(now)
                }
            };
            self.perform(todo).await;
        }
    }

    /// Once a minute: what a restart should not lose, and needs no more.
    fn keep_books(&mut self, now: u64) {
        if now < self.books_due {
            return;
        }
        // Before the venue is known there is no day that anything belongs to: soon again.
        let Some(house) = self.known.house() else {
            return;
        };
        self.books_due = now + BOOKS_MS;
        let today = house.calendar.day(self.known.hub_now()).to_string();
        let over = self.figures.today(&today, None);
        for day in over.into_iter().chain(self.figures.day()) {
            self.desk.tell(move |desk| desk.keep_figures(&day));
        }
        self.cache.tell(|cache| {
            if let Err(error) = cache.keep_proven() {
                tracing::warn!(%error, "the proven time cannot be kept");
            }
        });
    }

    /// Takes what the stream has said so far; positions are applied together.
    async fn heard(&mut self, first: Option<Heard>) {
        let mut steps = Vec::new();
        let mut next = Some(first.unwrap_or(Heard::Lost(Loss::Ended)));
        while let Some(heard) = next.take() {
            match change(&heard) {
                Some(step) => steps.push(step),
                None => {
                    let before = Follower::stepped(std::mem::take(&mut steps));
                    self.perform(before).await;
                    let todo = self.follower.heard(heard, self.ticks.now());
                    self.perform(todo).await;
                }
            }
            if steps.len() < BATCH {
                next = self.stream.as_mut().and_then(Stream::ready);
            }
        }
        self.perform(Follower::stepped(steps)).await;
    }

    /// Does what the follower decided, and what it decides on that.
    async fn perform(&mut self, todo: Vec<Do>) {
        let mut todo = std::collections::VecDeque::from(todo);
        while let Some(next) = todo.pop_front() {
            match next {
                Do::Apply(steps, source) => todo.extend(self.apply(steps, source).await),
                other => self.carry_out(other),
            }
        }
    }

    async fn apply(&mut self, steps: Vec<Step>, source: Source) -> Vec<Do> {
        let applied: Result<(Applied, Vec<Step>, _), DoorError> = self
            .cache
            .ask(move |cache| {
                let applied = cache.apply(&steps)?;
                Ok((applied, steps, cache.cursor().cloned()))
            })
            .await;
        if let Err(error) = &applied {
            tracing::error!(%error, "changes cannot be stored");
            if error.code == Code::DiskFull {
                self.view.change(|view| view.disk_full = true);
            }
        }
        self.follower.applied(source, applied.ok(), self.ticks.now())
    }
}
