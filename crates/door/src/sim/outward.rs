//! What a laptop asks of the network, and what the network answers. Each input is a step of its own, so that a crash can come between any two.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use portero_protocol::attendance::{Delivery, DeliveryAnswer};
use portero_protocol::cursor::Cursor;
use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::listing::SnapshotLine;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc;

use super::laptop::Laptop;
use super::{Planted, planted};
use crate::cache::{Applied, Step};
use crate::connection::{Fault, Loss};
use crate::desk::Desk;
use crate::error::Result;
use crate::facts::{self, ItemId, Mark, Settled};
use crate::follow::{Do, Follower, Message, Source, change};
use crate::hub::{Heard, Trouble, WriteRequest};
use crate::known::wall_ms;
use crate::outbox::{Action, Input, Outbox};
use crate::shell::courier::{accepted, answered, request};
use crate::shell::fetch::{self, SnapshotEnd};
use crate::view::LinkState;

/// Something that the laptop asks of the network.
#[derive(Debug)]
pub struct Order {
    /// What.
    pub kind: OrderKind,
    /// What this device's clock said then.
    pub sent: i64,
    asked_at: Instant,
    met: Option<String>,
}

impl Order {
    /// The same once more, as something on the way may send it.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            sent: self.sent,
            asked_at: self.asked_at,
            met: self.met.clone(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum OrderKind {
    /// `GET /api/reservas/events` after this.
    Stream(Cursor),
    /// The stream is to be closed.
    CloseStream,
    /// `GET /api/reservas/changes` after this.
    Changes(Cursor),
    /// `GET /api/snapshot`.
    Snapshot,
    /// `GET /api/reservas/{id}`.
    One(ReservationId),
    /// `POST /api/asistencia`.
    Deliver {
        /// Which entries.
        entries: Vec<EntryId>,
        /// The request's `Idempotency-Key`.
        key: OpId,
        /// The body.
        body: Vec<u8>,
    },
    /// A write.
    Write {
        /// Its `Idempotency-Key`.
        op: OpId,
        /// The method.
        method: String,
        /// The path, without a slash before it.
        path: String,
        /// The body, where there is one.
        body: Option<Vec<u8>>,
        /// `If-Match`.
        version: Option<u64>,
    },
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Portero-Time`, where it is the hub that answers.
    pub time: Option<i64>,
    /// `Portero-Epoch`, where it is the hub that answers.
    pub epoch: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What became of an order: an answer, or none.
pub type Outcome = Option<Answer>;

/// What a stream says.
#[derive(Debug, Clone)]
pub enum Said {
    /// Its headers came, and they are those of a stream.
    Opened,
    /// An event.
    Event {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
        /// Its data.
        data: String,
    },
    /// The connection broke, or ended.
    Ended,
    /// It could not be opened.
    Unreachable,
    /// Another answer than a stream; with its media type.
    NoStream(Answer, bool),
}

type Taking = Pin<Box<dyn Future<Output = Result<Cursor, SnapshotEnd>>>>;
type Came = Result<(Applied, Vec<Step>, Option<Cursor>)>;

/// Where the lines of a snapshot go as they arrive.
type Lines = mpsc::UnboundedSender<Result<Option<VecDeque<SnapshotLine>>, Trouble>>;

/// The follower and the outbox, with what waits for each.
pub(super) struct Outward {
    follower: Follower,
    outbox: Outbox,
    orders: VecDeque<Order>,
    /// What the follower is still to be told.
    inbox: VecDeque<Told>,
    /// What the follower decided and was not done yet.
    todo: VecDeque<Do>,
    /// Positions that the cache's thread is applying; nothing is told before it has.
    applying: Option<(Source, tokio::sync::oneshot::Receiver<Came>)>,
    /// What the link has for the outbox, and what the hub answered it: each keeps its own order, and no other.
    notes: VecDeque<Input>,
    answers: VecDeque<Input>,
    /// What the hub answered, to be kept before anything else is posted.
    settles: VecDeque<Vec<Mark>>,
    snapshot: Option<(Taking, Lines)>,
    /// When the two clocks are compared next.
    compare_at: u64,
}

enum Told {
    Message(Message),
    Heard(Heard),
}

/// How often the two clocks are compared, in ms.
const COMPARE_MS: u64 = 2_000;

impl Outward {
    pub(super) fn new(follower: Follower, outbox: Outbox) -> Self {
        Self {
            follower,
            outbox,
            orders: VecDeque::new(),
            inbox: VecDeque::new(),
            todo: VecDeque::new(),
            applying: None,
            notes: VecDeque::new(),
            answers: VecDeque::new(),
            settles: VecDeque::new(),
            snapshot: None,
            compare_at: 0,
        }
    }
}

impl Laptop {
    pub(super) fn begin(&mut self, now: u64) -> Result<()> {
        let waiting = facts::waiting(self.desk.facts.db())?;
        self.outward.notes.push_back(Input::Waiting(waiting));
        let todo = self.outward.follower.start(now);
        self.outward.todo.extend(todo);
        self.outward.compare_at = now;
        Ok(())
    }

    pub(super) fn tell_busy(&mut self, _now: u64) {
        self.outward.inbox.push_back(Told::Message(Message::Busy));
    }

    /// The window was focused.
    pub fn focus(&mut self) {
        self.outward.inbox.push_back(Told::Message(Message::Focused));
    }

    /// What it asks of the network, in order.
    pub fn orders(&mut self) -> Vec<Order> {
        self.outward.orders.drain(..).collect()
    }

    /// When something has to be done, if nothing happens before.
    #[must_use]
    pub fn wake_at(&self) -> u64 {
        [self.outward.follower.wake_at(), self.outward.outbox.wake_at()]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(u64::MAX)
    }

    /// Does the next thing that the follower has to do; false: there is nothing.
    pub fn step_follower(&mut self, now: u64) -> bool {
        if let Some((source, came)) = &mut self.outward.applying {
            let Ok(came) = came.try_recv() else {
                return false;
            };
            let source = source.clone();
            self.outward.applying = None;
            let todo = self.outward.follower.applied(source, came.ok(), now);
            self.outward.todo.extend(todo);
            return true;
        }
        if let Some(next) = self.outward.todo.pop_front() {
            self.carry_out(next);
            return true;
        }
        if now >= self.outward.compare_at {
            self.outward.compare_at = now + COMPARE_MS;
            let todo = self.outward.follower.compare_clocks(now);
            self.outward.todo.extend(todo);
            return true;
        }
        if let Some(told) = self.outward.inbox.pop_front() {
            let todo = match told {
                Told::Message(message) => self.outward.follower.told(message, now),
                Told::Heard(heard) => self.heard(heard, now),
            };
            self.outward.todo.extend(todo);
            self.refused();
            return true;
        }
        if self.outward.follower.wake_at().is_some_and(|at| now >= at) {
            let todo = self.outward.follower.tick(now);
            self.outward.todo.extend(todo);
            return true;
        }
        false
    }

    /// Positions that came one after the other are applied together.
    fn heard(&mut self, first: Heard, now: u64) -> Vec<Do> {
        let Some(step) = change(&first) else {
            return self.outward.follower.heard(first, now);
        };
        let mut steps = vec![step];
        while let Some(Told::Heard(next)) = self.outward.inbox.front()
            && let Some(step) = change(next)
        {
            steps.push(step);
            self.outward.inbox.pop_front();
        }
        Follower::stepped(steps)
    }

    fn refused(&mut self) {
        if planted(Planted::WipeWithOutbox) && self.state() == LinkState::Refused {
            // The bug is the lost fact; that this fails is none.
            let _ = self
                .desk
                .facts
                .db()
                .execute_batch("UPDATE item SET state = 'confirmed' WHERE state = 'pending'");
            self.outward.notes.push_back(Input::Waiting(Vec::new()));
        }
    }

    fn carry_out(&mut self, action: Do) {
        match action {
            Do::Open(cursor) => self.order(OrderKind::Stream(cursor), None),
            Do::Close => {
                self.outward.inbox.retain(|told| !matches!(told, Told::Heard(_)));
                self.order(OrderKind::CloseStream, None);
            }
            Do::FetchChanges(cursor, asked_at) => self.order(OrderKind::Changes(cursor), Some(asked_at)),
            Do::FetchSnapshot => self.order(OrderKind::Snapshot, None),
            Do::FetchOne(id) => self.order(OrderKind::One(id), None),
            Do::Apply(steps, source) => {
                let (say, came) = tokio::sync::oneshot::channel();
                self.outward.applying = Some((source, came));
                self.cache_lane.tell(move |cache| {
                    let came = cache
                        .apply(&steps)
                        .map(|applied| (applied, steps, cache.cursor().cloned()));
                    // The laptop has gone.
                    let _ = say.send(came);
                });
            }
            Do::Keep(detail) => self.cache_lane.tell(move |cache| {
                if let Err(error) = cache.take_detail(&detail) {
                    tracing::error!(%error, "a reservation cannot be stored");
                }
            }),
            Do::MeetEpoch(epoch) => match self.desk.meet_epoch(&epoch) {
                Ok(Some(waiting)) => self.outward.notes.push_back(Input::Waiting(waiting)),
                Ok(None) => self.outward.notes.push_back(Input::Reachable),
                Err(error) => tracing::error!(%error, "the log's new life cannot be kept"),
            },
            Do::KeepIdentity(device, role) => {
                if let Err(error) = self.desk.keep_identity(device, role) {
                    tracing::warn!(%error, "the hub's name for this device cannot be kept");
                }
            }
            Do::HubReachable => self.outward.notes.push_back(Input::Reachable),
        }
    }

    fn order(&mut self, kind: OrderKind, asked_at: Option<Instant>) {
        let sent = wall_ms();
        self.outward.orders.push_back(Order {
            kind,
            sent,
            asked_at: asked_at.unwrap_or(Instant::from_ms(sent)),
            met: self.known.met(),
        });
    }

    /// Does the next thing that the outbox has to do; false: there is nothing. What comes from different sides comes in any order: `first` says from
    /// which it is taken.
    pub fn step_courier(&mut self, now: u64, first: u8) -> bool {
        if let Some(marks) = self.outward.settles.pop_front() {
            match Desk::settle(&mut self.desk, &marks) {
                Ok(Some(waiting)) => self.outward.answers.push_back(Input::Waiting(waiting)),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "what the hub answered cannot be kept"),
            }
            return true;
        }
        let input = (0..3).find_map(|side| match (first + side) % 3 {
            0 => self.outward.notes.pop_front(),
            1 => self.next_added().map(Input::Added),
            _ => self.outward.answers.pop_front(),
        });
        let due = self.outward.outbox.wake_at().is_some_and(|at| now >= at);
        let Some(input) = input.or_else(|| due.then_some(Input::Tick)) else {
            return false;
        };
        for action in self.outward.outbox.on(input, now) {
            match action {
                Action::Deliver(entries) => self.deliver(entries),
                Action::Send(op) => self.send(op),
                Action::Settle(marks) => self.outward.settles.push_back(marks),
            }
        }
        true
    }

    fn deliver(&mut self, entries: Vec<EntryId>) {
        let since = self.view.get().since_wanted;
        let payloads = facts::payloads(self.desk.facts.db(), &entries);
        let body = payloads.and_then(|payloads| {
            let delivery = Delivery {
                entries: payloads,
                since,
            };
            Ok(serde_json::to_vec(&delivery)?)
        });
        match body {
            Ok(body) => {
                let key = OpId::new(wall_ms());
                self.order(OrderKind::Deliver { entries, key, body }, None);
            }
            Err(error) => {
                let trouble = Trouble::unreachable(error);
                self.outward
                    .answers
                    .push_back(Input::NotDelivered(trouble.failure()));
            }
        }
    }

    fn send(&mut self, op: OpId) {
        let asked = self
            .desk
            .facts
            .write(op)
            .map_err(Trouble::unreachable)
            .and_then(|write| write.ok_or_else(|| Trouble::unreachable("the write is not on the disk")))
            .and_then(request);
        match asked {
            Ok(WriteRequest {
                method,
                path,
                body,
                version,
                op,
            }) => self.order(
                OrderKind::Write {
                    op,
                    method: method.to_string(),
                    path,
                    body: body.map(|body| body.to_string().into_bytes()),
                    version,
                },
                None,
            ),
            Err(trouble) => self
                .outward
                .answers
                .push_back(Input::NotWritten(trouble.failure())),
        }
    }

    /// What became of an order. A snapshot's answer comes by [`Self::snapshot_begins`] instead, where it is one.
    pub fn answered(&mut self, order: Order, outcome: Outcome) {
        let received = wall_ms();
        let answer = outcome.ok_or_else(|| Trouble::unreachable("no answer"));
        if let Ok(Answer { time: Some(time), .. }) = &answer {
            self.known
                .clock(|clock| clock.answered(*time, order.sent, received));
        }
        let life = answer.as_ref().ok().and_then(|answer| answer.epoch.clone());
        self.known.hear_life(life.as_deref());
        let life = answered(life, order.met.clone());
        let answer = answer.and_then(success);
        match order.kind {
            OrderKind::Changes(_) => {
                let page = answer.and_then(|answer| decode(&answer));
                self.tell(Message::Changes(page, order.asked_at));
            }
            OrderKind::Snapshot => {
                let fault = answer.err().map_or(Fault::Unreachable, |trouble| trouble.fault());
                self.tell(Message::Snapshot(Err(fault)));
            }
            OrderKind::One(id) => {
                let found = answer.and_then(|answer| decode(&answer)).map(Box::new);
                self.tell(Message::Missing(id, found));
            }
            OrderKind::Deliver { entries, .. } => {
                match answer.and_then(|answer| decode::<DeliveryAnswer>(&answer)) {
                    Ok(answer) => {
                        let (input, message) = accepted(&entries, answer, life);
                        self.tell(message);
                        self.outward.answers.push_back(input);
                    }
                    Err(trouble) => self
                        .outward
                        .answers
                        .push_back(Input::NotDelivered(trouble.failure())),
                }
            }
            OrderKind::Write { op, .. } => {
                let written = answer.and_then(|answer| {
                    if answer.body.is_empty() {
                        Ok(Value::Null)
                    } else {
                        decode(&answer)
                    }
                });
                let input = match written {
                    Ok(written) => Input::Written(Mark {
                        id: ItemId::Write(op),
                        life,
                        settled: Settled::Confirmed {
                            outcome: None,
                            version: written.get("version").and_then(Value::as_u64),
                        },
                    }),
                    Err(trouble) => Input::NotWritten(trouble.failure()),
                };
                self.outward.answers.push_back(input);
            }
            OrderKind::Stream(_) | OrderKind::CloseStream => {}
        }
    }

    fn tell(&mut self, message: Message) {
        self.outward.inbox.push_back(Told::Message(message));
    }

    /// The stream said something.
    pub fn said(&mut self, said: Said) {
        let heard = match said {
            Said::Opened => Heard::Opened,
            Said::Event { name, id, data } => Heard::Event { name, id, data },
            Said::Ended => Heard::Lost(Loss::Ended),
            Said::Unreachable => Heard::Lost(Loss::Unreachable),
            Said::NoStream(answer, is_stream) => {
                self.known.hear_life(answer.epoch.as_deref());
                Heard::Lost(match success(answer) {
                    Ok(_) if is_stream => Loss::Ended,
                    Ok(_) => Loss::Fault(Fault::NotTheHub),
                    Err(trouble) => Loss::Fault(trouble.fault()),
                })
            }
        };
        self.outward.inbox.push_back(Told::Heard(heard));
    }

    /// The headers of a snapshot came. Its lines follow by [`Self::snapshot_piece`].
    pub fn snapshot_begins(&mut self, order: &Order, time: Option<i64>) {
        let received = wall_ms();
        if let Some(time) = time {
            self.known
                .clock(|clock| clock.answered(time, order.sent, received));
        }
        let asked_at = self.known.asked_at(order.sent);
        let (pieces, mut came) = mpsc::unbounded_channel();
        let taking = fetch::take(
            async move || {
                came.recv()
                    .await
                    .unwrap_or_else(|| Err(Trouble::unreachable("the snapshot broke off")))
            },
            asked_at,
            self.cache_lane.clone(),
            self.reads_lane.clone(),
        );
        self.outward.snapshot = Some((Box::pin(taking), pieces));
    }

    /// Lines of the snapshot came; `None`: it broke off; an empty piece: it is over.
    pub fn snapshot_piece(&mut self, piece: Option<&[u8]>) {
        let Some((_, pieces)) = &self.outward.snapshot else {
            return;
        };
        let lines = match piece {
            None => Err(Trouble::unreachable("the snapshot broke off")),
            Some([]) => Ok(None),
            Some(bytes) => bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice(line).map_err(|error| Trouble::not_the_hub(200, error)))
                .collect::<Result<VecDeque<_>, _>>()
                .map(Some),
        };
        // It ended already.
        let _ = pieces.send(lines);
    }

    /// Goes on with the snapshot that is being taken; false: it waits for something, or there is none.
    pub fn step_snapshot(&mut self) -> bool {
        let Some((taking, _)) = &mut self.outward.snapshot else {
            return false;
        };
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(taken) = taking.as_mut().poll(&mut context) else {
            return false;
        };
        self.outward.snapshot = None;
        let taken = taken.map_err(|end| end.fault());
        self.tell(Message::Snapshot(taken));
        true
    }

    /// Whether anything is on its way inside: nothing of it waits for the network or for time.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.outward.inbox.is_empty()
            && self.outward.todo.is_empty()
            && self.outward.notes.is_empty()
            && self.outward.answers.is_empty()
            && self.outward.settles.is_empty()
            && self.outward.applying.is_none()
            && self.outward.snapshot.is_none()
            && self.all_shown()
    }
}

/// What `http.rs` makes of an answer.
fn success(answer: Answer) -> Result<Answer, Trouble> {
    if (200..300).contains(&answer.status) {
        Ok(answer)
    } else {
        Err(Trouble::answered(
            answer.status,
            answer.retry_after.as_deref(),
            &answer.body,
        ))
    }
}

fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, Trouble> {
    serde_json::from_slice(&answer.body).map_err(|error| Trouble::not_the_hub(answer.status, error))
}
