//! The outbox: what is delivered next, and when. No clock, no disk, no network. Times are ms of a clock that only goes forward.
//!
//! Rules: what happened to one reservation is delivered in that order; nothing that the hub cannot take stops anything else; nothing is
//! given up; with nothing to deliver nothing is asked.

use std::collections::{HashSet, VecDeque};

use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::limits::ENTRIES_PER_DELIVERY;
use portero_protocol::problem::Code;

use crate::backoff::Backoff;
use crate::facts::{Item, ItemId, Mark, Settled};

/// The bounds of the waits after failures, in ms: first and longest.
const UNREACHABLE: (u64, u64) = (500, 10_000);
const BUSY: (u64, u64) = (1_000, 30_000);
const UNAUTHORIZED: (u64, u64) = (10_000, 300_000);

/// What happened.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// The disk says that these wait, in order. What was added meanwhile waits as well.
    Waiting(Vec<Item>),
    /// This happened at the door.
    Added(Item),
    /// The hub answered a delivery, entry by entry. Those that it did not name stay.
    Delivered(Vec<Mark>),
    /// The hub did not take the delivery.
    NotDelivered(Failure),
    /// The hub answered a write.
    Written(Mark),
    /// The hub did not take the write.
    NotWritten(Failure),
    /// The hub can be reached again.
    Reachable,
    /// Time has passed.
    Tick,
}

/// Why a request as a whole failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No answer.
    Unreachable,
    /// The hub says later.
    Later {
        /// Not sooner than in that many ms.
        retry_after_ms: Option<u64>,
    },
    /// The hub does not accept the token. Delivery goes on trying: the entries are facts.
    Unauthorized {
        /// Not sooner than in that many ms.
        retry_after_ms: Option<u64>,
    },
    /// The hub cannot take this request, whenever it comes.
    Refused {
        /// Why, for programs.
        code: Code,
        /// Why, for people.
        reason: String,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Deliver these entries, in this order.
    Deliver(Vec<EntryId>),
    /// Send this write.
    Send(OpId),
    /// Keep what became of these.
    Settle(Vec<Mark>),
}

/// One kind of request under way at a time, and when the next may leave.
#[derive(Debug)]
struct Way<T> {
    under_way: Option<T>,
    backoff: Backoff,
    not_before: u64,
    /// The hub named the time itself: that it can be reached does not change it.
    asked_to_wait: bool,
}

impl<T> Default for Way<T> {
    fn default() -> Self {
        Self {
            under_way: None,
            backoff: Backoff::default(),
            not_before: 0,
            asked_to_wait: false,
        }
    }
}

impl<T> Way<T> {
    fn open(&self, now: u64) -> bool {
        self.under_way.is_none() && now >= self.not_before
    }

    /// A time that has come wakes nobody any more.
    fn wait_is_over(&mut self, now: u64) {
        if now >= self.not_before {
            self.not_before = 0;
        }
    }

    fn failed(&mut self, rng: &mut fastrand::Rng, now: u64, bounds: (u64, u64), retry_after_ms: Option<u64>) {
        let wait = self.backoff.failed(rng, bounds.0, bounds.1, retry_after_ms);
        self.not_before = now + wait;
        self.asked_to_wait = retry_after_ms.is_some();
    }

    fn succeeded(&mut self) {
        self.backoff.succeeded();
        self.not_before = 0;
        self.asked_to_wait = false;
    }
}

/// What waits, in the order in which it happened.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Item>,
    deliveries: Way<Vec<EntryId>>,
    writes: Way<OpId>,
    /// How many entries the next delivery holds at most: halved when the hub refuses one whole, so that the bad entry is found.
    batch: usize,
    rng: fastrand::Rng,
}

impl Outbox {
    /// An empty one.
    pub(crate) fn new(rng: fastrand::Rng) -> Self {
        Self {
            queue: VecDeque::new(),
            deliveries: Way::default(),
            writes: Way::default(),
            batch: ENTRIES_PER_DELIVERY,
            rng,
        }
    }

    /// Takes what happened and says what is to be done.
    pub(crate) fn on(&mut self, input: Input, now: u64) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::Waiting(items) => self.take_over(items),
            Input::Added(item) => {
                // It may be in what was read from the disk a moment ago.
                if !self
                    .queue
                    .iter()
                    .rev()
                    .take(1_000)
                    .any(|waiting| waiting.id == item.id)
                {
                    self.queue.push_back(item);
                }
            }
            Input::Delivered(marks) => {
                self.deliveries.under_way = None;
                self.deliveries.succeeded();
                self.batch = (self.batch * 2).min(ENTRIES_PER_DELIVERY);
                if marks.is_empty() {
                    // An answer that names nothing would be asked for again at once, and again.
                    self.deliveries.failed(&mut self.rng, now, BUSY, None);
                }
                self.settle(marks, &mut actions);
            }
            Input::NotDelivered(failure) => self.not_delivered(failure, now, &mut actions),
            Input::Written(mark) => {
                self.writes.under_way = None;
                self.writes.succeeded();
                self.settle(vec![mark], &mut actions);
            }
            Input::NotWritten(failure) => self.not_written(failure, now, &mut actions),
            Input::Reachable => {
                if !self.deliveries.asked_to_wait {
                    self.deliveries.not_before = 0;
                }
                if !self.writes.asked_to_wait {
                    self.writes.not_before = 0;
                }
            }
            Input::Tick => {}
        }
        self.next(now, &mut actions);
        actions
    }

    /// When it has to be asked again, if nothing happens before.
    pub(crate) fn wake_at(&self) -> Option<u64> {
        if self.queue.is_empty() {
            return None;
        }
        let deliveries = self
            .deliveries
            .under_way
            .is_none()
            .then_some(self.deliveries.not_before);
        let writes = self.writes.under_way.is_none().then_some(self.writes.not_before);
        [deliveries, writes]
            .into_iter()
            .flatten()
            .filter(|at| *at > 0)
            .min()
    }

    /// What the disk held a moment ago. What happened since may be here already, and comes after it.
    fn take_over(&mut self, items: Vec<Item>) {
        let listed: HashSet<ItemId> = items.iter().map(|item| item.id).collect();
        let newer = std::mem::replace(&mut self.queue, items.into());
        self.queue
            .extend(newer.into_iter().filter(|item| !listed.contains(&item.id)));
    }

    fn not_delivered(&mut self, failure: Failure, now: u64, actions: &mut Vec<Action>) {
        let batch = self.deliveries.under_way.take().unwrap_or_default();
        match failure {
            Failure::Unreachable => self.deliveries.failed(&mut self.rng, now, UNREACHABLE, None),
            Failure::Later { retry_after_ms } => {
                self.deliveries.failed(&mut self.rng, now, BUSY, retry_after_ms);
            }
            Failure::Unauthorized { retry_after_ms } => {
                self.deliveries
                    .failed(&mut self.rng, now, UNAUTHORIZED, retry_after_ms);
            }
            Failure::Refused { code, reason } => match batch.as_slice() {
                [] => {}
                [entry] => {
                    let mark = Mark {
                        id: ItemId::Entry(*entry),
                        life: None,
                        settled: Settled::Quarantined { code, reason },
                    };
                    self.settle(vec![mark], actions);
                }
                // One of them is bad: halves find it.
                many => self.batch = many.len() / 2,
            },
        }
    }

    fn not_written(&mut self, failure: Failure, now: u64, actions: &mut Vec<Action>) {
        let op = self.writes.under_way.take();
        match failure {
            Failure::Unreachable => self.writes.failed(&mut self.rng, now, UNREACHABLE, None),
            Failure::Later { retry_after_ms } => self.writes.failed(&mut self.rng, now, BUSY, retry_after_ms),
            Failure::Unauthorized { retry_after_ms } => {
                self.writes
                    .failed(&mut self.rng, now, UNAUTHORIZED, retry_after_ms);
            }
            Failure::Refused { code, reason } => {
                if let Some(op) = op {
                    let mark = Mark {
                        id: ItemId::Write(op),
                        life: None,
                        settled: Settled::Quarantined { code, reason },
                    };
                    self.settle(vec![mark], actions);
                }
            }
        }
    }

    fn settle(&mut self, marks: Vec<Mark>, actions: &mut Vec<Action>) {
        let settled: HashSet<ItemId> = marks.iter().map(|mark| mark.id).collect();
        self.queue.retain(|item| !settled.contains(&item.id));
        if !marks.is_empty() {
            actions.push(Action::Settle(marks));
        }
    }

    /// Starts what may leave now.
    fn next(&mut self, now: u64, actions: &mut Vec<Action>) {
        self.deliveries.wait_is_over(now);
        self.writes.wait_is_over(now);
        let deliveries_open = self.deliveries.open(now);
        let writes_open = self.writes.open(now);
        if !deliveries_open && !writes_open {
            return;
        }
        let mut batch = Vec::new();
        let mut write = None;
        // Reservations with an earlier entry, or an earlier write, that the hub has not answered.
        let mut after_entry: HashSet<&ReservationId> = HashSet::new();
        let mut after_write: HashSet<&ReservationId> = HashSet::new();
        for item in &self.queue {
            match item.id {
                ItemId::Entry(id) => {
                    if deliveries_open && batch.len() < self.batch && !after_write.contains(&item.reservation)
                    {
                        batch.push(id);
                    }
                    after_entry.insert(&item.reservation);
                }
                ItemId::Write(id) => {
                    let first =
                        !after_entry.contains(&item.reservation) && !after_write.contains(&item.reservation);
                    if writes_open && first && write.is_none() {
                        write = Some(id);
                    }
                    after_write.insert(&item.reservation);
                }
            }
            let enough = !deliveries_open || batch.len() == self.batch;
            if enough && (!writes_open || write.is_some()) {
                break;
            }
        }
        if !batch.is_empty() {
            self.deliveries.under_way = Some(batch.clone());
            actions.push(Action::Deliver(batch));
        }
        if let Some(op) = write {
            self.writes.under_way = Some(op);
            actions.push(Action::Send(op));
        }
    }
}

#[cfg(test)]
mod tests;
