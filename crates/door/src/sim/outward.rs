//! What a laptop asks of the network, and what the network answers. Each input is a step of its own, so that a crash can come between any two.

use std::collections::VecDeque;

use portero_protocol::attendance::DeliveryAnswer;
use portero_protocol::cursor::Cursor;
use portero_protocol::instant::Instant;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::laptop::Laptop;
use super::network::{Answer, Order, OrderKind, Outcome, Said};
use super::snapshot::Taking;
use super::{Planted, planted};
use crate::cache::{Applied, Step};
use crate::connection::{Fault, Loss};
use crate::error::Result;
use crate::facts::{self, ItemId, Mark, Settled};
use crate::follow::{Do, Follower, Message, Source, change};
use crate::hub::{Heard, Trouble};
use crate::known::wall_ms;
use crate::outbox::{Input, Outbox};
use crate::shell::courier::{accepted, answered};
use crate::view::LinkState;

type Came = Result<(Applied, Vec<Step>, Option<Cursor>)>;

/// The follower and the outbox, with what waits for each.
pub(super) struct Outward {
    follower: Follower,
    pub(super) outbox: Outbox,
    orders: VecDeque<Order>,
    /// What the follower is still to be told.
    inbox: VecDeque<Told>,
    /// What the follower decided and was not done yet.
    todo: VecDeque<Do>,
    /// Positions that the cache's thread is applying; nothing is told before it has.
    applying: Option<(Source, tokio::sync::oneshot::Receiver<Came>)>,
    /// What the link has for the outbox, and what the hub answered it: each keeps its own order, and no other.
    pub(super) notes: VecDeque<Input>,
    pub(super) answers: VecDeque<Input>,
    /// What the hub answered, to be kept before anything else is posted.
    pub(super) settles: VecDeque<Vec<Mark>>,
    pub(super) snapshot: Option<Taking>,
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
            Do::KeepIdentity(device, role, name) => {
                if let Err(error) = self.desk.keep_identity(device, role, name) {
                    tracing::warn!(%error, "the hub's name for this device cannot be kept");
                }
            }
            Do::HubReachable => self.outward.notes.push_back(Input::Reachable),
        }
    }

    pub(super) fn order(&mut self, kind: OrderKind, asked_at: Option<Instant>) {
        let sent = wall_ms();
        self.outward.orders.push_back(Order {
            kind,
            sent,
            asked_at: asked_at.unwrap_or(Instant::from_ms(sent)),
            met: self.known.met(),
        });
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

    pub(super) fn tell(&mut self, message: Message) {
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

/// What `hub/http` makes of an answer.
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
