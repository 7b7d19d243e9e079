//! Orders on their way out, answers on their way back. Each takes its own time, so that connections overtake one another; a stream keeps its order.

use std::cmp::{Ordering, Reverse};

use portero_door::sim::{Answer, Order, OrderKind, Outcome, Said};
use portero_hub::sim::{Answered, Asked};

use crate::seat::Weather;
use crate::world::World;

/// For a whole answer, in ms; what takes longer is no answer.
pub(crate) const ANSWER: i64 = 15_000;
/// For a connection, in ms.
const CONNECT: i64 = 2_000;

/// Something on its way.
#[derive(Debug)]
pub(crate) enum Wire {
    /// To the hub. `again`: something on the way sent it once more, and nobody waits for its answer.
    Arrive { order: Order, again: bool },
    /// To the laptop.
    Back { order: Order, outcome: Outcome },
    /// To the laptop, on a stream.
    Said { stream: u64, said: Said },
    /// The headers of a snapshot.
    Begins { order: Order, time: Option<i64> },
    /// Lines of a snapshot, as [`portero_door::sim::Laptop::snapshot_piece`] takes them.
    Piece(Option<Vec<u8>>),
}

/// A [`Wire`] with when it arrives, and at which start of which seat.
#[derive(Debug)]
pub(crate) struct Due {
    at: i64,
    number: u64,
    seat: usize,
    start: u64,
    wire: Wire,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl World {
    pub(crate) fn put(&mut self, seat: usize, after: i64, wire: Wire) {
        self.numbers += 1;
        let due = Due {
            at: self.now + after,
            number: self.numbers,
            seat,
            start: self.seats[seat].start,
            wire,
        };
        self.wires.push(Reverse(due));
    }

    /// What came while a laptop slept is there when it wakes; or its connection was broken meanwhile.
    pub(crate) fn read_letters(&mut self, at: usize) {
        for wire in std::mem::take(&mut self.seats[at].letters) {
            let wire = match wire {
                Wire::Back { order, .. } if self.rng.bool() => Wire::Back { order, outcome: None },
                wire => wire,
            };
            // At once: what is still on the same connection's way comes after it.
            self.at_the_laptop(at, wire);
        }
    }

    /// A stream's connection breaks.
    pub(crate) fn say_ended(&mut self, at: usize, stream: u64) {
        let said = Said::Ended;
        self.put(at, 1, Wire::Said { stream, said });
    }

    /// The replica that a laptop's next request reaches. One that cannot be reached is given up for another now and then, as a name or a load balancer
    /// in front of them would do; sometimes it is changed for no reason.
    pub(crate) fn route(&mut self, at: usize) -> Option<usize> {
        let replicas = self.office.hubs.len();
        let seat = &mut self.seats[at];
        if replicas > 1 {
            let lost = self.office.hubs[seat.via].is_none() || seat.cut_from == Some(seat.via);
            let moves = if lost { 128 } else { self.taste.roams };
            if self.rng.u8(..) < moves {
                seat.via = self.rng.usize(..replicas);
            }
        }
        let reached = self.office.hubs[seat.via].is_some() && seat.cut_from != Some(seat.via);
        reached.then_some(seat.via)
    }

    /// When the next thing arrives.
    pub(crate) fn next_arrival(&self) -> Option<i64> {
        self.wires.peek().map(|Reverse(due)| due.at)
    }

    /// What is due arrives.
    pub(crate) fn arrivals(&mut self) -> Result<(), String> {
        while let Some(Reverse(due)) = self.wires.peek() {
            if due.at > self.now {
                return Ok(());
            }
            if let Some(Reverse(due)) = self.wires.pop() {
                self.arrive(due);
                self.check_hub()?;
            }
        }
        Ok(())
    }

    fn arrive(&mut self, due: Due) {
        let seat = &self.seats[due.seat];
        self.trace
            .note(self.now, || format!("{} {:?}", seat.name, due.wire));
        match due.wire {
            Wire::Arrive { order, again } => self.at_the_hub(due.seat, due.start, order, again),
            // The program that asked has ended.
            _ if seat.start != due.start || seat.laptop.is_none() => {}
            // It reads nothing while it sleeps.
            wire if seat.asleep.is_some() => self.seats[due.seat].letters.push(wire),
            wire => self.at_the_laptop(due.seat, wire),
        }
    }

    fn at_the_laptop(&mut self, at: usize, wire: Wire) {
        let now = self.now;
        let seat = &mut self.seats[at];
        seat.look_at_clock(now);
        let current = seat.streams;
        let Some(laptop) = &mut seat.laptop else { return };
        match wire {
            Wire::Back { order, outcome } => match (&order.kind, outcome) {
                (OrderKind::Stream(_), None) => laptop.said(Said::Unreachable),
                (OrderKind::Stream(_), Some(answer)) => laptop.said(Said::NoStream(answer, false)),
                (_, outcome) => laptop.answered(order, outcome),
            },
            Wire::Said { stream, said } if stream == current => laptop.said(said),
            Wire::Begins { order, time } => laptop.snapshot_begins(&order, time),
            Wire::Piece(piece) => laptop.snapshot_piece(piece.as_deref()),
            Wire::Arrive { .. } | Wire::Said { .. } => {}
        }
    }

    pub(crate) fn delay(&mut self, weather: Weather) -> i64 {
        match weather {
            Weather::Slow => self.rng.i64(200..4_000),
            Weather::Storm => self.rng.i64(5..500),
            _ => self.rng.i64(1..40),
        }
    }

    /// A laptop asks something of the network.
    pub(crate) fn leave(&mut self, at: usize, order: Order) {
        let weather = self.seats[at].weather;
        match order.kind {
            OrderKind::CloseStream => {
                self.seats[at].ear = None;
                self.seats[at].streams += 1;
                return;
            }
            OrderKind::Stream(_) => {
                self.seats[at].ear = None;
                self.seats[at].streams += 1;
            }
            _ => {}
        }
        let delay = self.delay(weather);
        match weather {
            Weather::Down => self.put(at, delay, Wire::Back { order, outcome: None }),
            Weather::Dead => {
                let wait = if self.rng.bool() { CONNECT } else { ANSWER };
                self.put(at, wait, Wire::Back { order, outcome: None });
            }
            Weather::Portal => {
                let answer = page(200);
                if matches!(order.kind, OrderKind::Snapshot) {
                    self.put(at, delay, Wire::Begins { order, time: None });
                    self.put(at, delay + 1, Wire::Piece(Some(answer.body)));
                    self.put(at, delay + 2, Wire::Piece(Some(Vec::new())));
                } else {
                    self.put(
                        at,
                        delay,
                        Wire::Back {
                            order,
                            outcome: Some(answer),
                        },
                    );
                }
            }
            Weather::Lossy if self.rng.u8(..) < 64 => {
                let wait = if self.rng.bool() { delay } else { ANSWER };
                self.put(at, wait, Wire::Back { order, outcome: None });
            }
            Weather::Storm if self.rng.u8(..) < 128 => {
                let outcome = Some(self.storm());
                self.put(at, delay, Wire::Back { order, outcome });
            }
            _ => self.put(at, delay, Wire::Arrive { order, again: false }),
        }
    }

    /// What something in front of the hub answers.
    fn storm(&mut self) -> Answer {
        let status = *self.pick(&[500, 502, 503, 504, 429, 408, 404]);
        let mut answer = page(status);
        if self.rng.bool() {
            answer.retry_after = Some(self.rng.u32(0..20).to_string());
        }
        answer
    }

    fn at_the_hub(&mut self, at: usize, start: u64, order: Order, again: bool) {
        let asked = asked(&order, &self.seats[at].token);
        if let OrderKind::Stream(_) = order.kind {
            if !again && self.seats[at].start == start {
                self.open_stream(at, order, &asked);
            }
            return;
        }
        let replica = self.route(at);
        let mut answer = replica.and_then(|replica| self.office.ask_at(replica, &asked, self.now));
        self.oracle.stale |= asked.method != "GET";
        self.trace
            .mark(answer.as_ref().map_or(0, |answer| u64::from(answer.status)));
        let repeatable = matches!(order.kind, OrderKind::Deliver { .. } | OrderKind::Write { .. });
        if repeatable && self.rng.u8(..) < self.taste.repeats {
            let late = self.rng.i64(1..120_000);
            self.put(
                at,
                late,
                Wire::Arrive {
                    order: order.again(),
                    again: true,
                },
            );
        }
        if let Some(replica) = replica
            && asked.method != "GET"
            && self.rng.u8(..) < self.taste.last_words
        {
            // Its commit stays, and nobody is told of it.
            self.stop_replica(replica, false);
            answer = None;
        }
        if again {
            return;
        }
        let weather = self.seats[at].weather;
        let delay = self.delay(weather);
        let lost = match weather {
            Weather::Down => Some(delay),
            Weather::Dead | Weather::HalfOpen => Some(ANSWER),
            Weather::Lossy if self.rng.u8(..) < 64 => Some(if self.rng.bool() { delay } else { ANSWER }),
            _ => None,
        };
        if let Some(wait) = lost {
            self.put(at, wait, Wire::Back { order, outcome: None });
            return;
        }
        let outcome = match answer {
            None => None,
            Some(_) if weather == Weather::Storm && self.rng.u8(..) < 64 => Some(self.storm()),
            Some(answer) => Some(plain(answer)),
        };
        match (&order.kind, outcome) {
            (OrderKind::Snapshot, Some(answer)) if answer.status == 200 => {
                self.send_snapshot(at, order, &answer, delay, weather);
            }
            (_, outcome) => self.put(at, delay, Wire::Back { order, outcome }),
        }
    }

    fn send_snapshot(&mut self, at: usize, order: Order, answer: &Answer, mut delay: i64, weather: Weather) {
        let time = answer.time;
        self.put(at, delay, Wire::Begins { order, time });
        let lines: Vec<&[u8]> = answer.body.split_inclusive(|byte| *byte == b'\n').collect();
        let mut left = lines.as_slice();
        while !left.is_empty() {
            delay += self.delay(weather);
            if weather == Weather::Lossy && self.rng.u8(..) < 40 || self.rng.u8(..) < self.taste.breaks {
                self.put(at, delay, Wire::Piece(None));
                return;
            }
            let most = left.len().min(12);
            let (piece, rest) = left.split_at(self.rng.usize(1..=most));
            self.put(at, delay, Wire::Piece(Some(piece.concat())));
            left = rest;
        }
        self.put(at, delay + 1, Wire::Piece(Some(Vec::new())));
    }
}

fn page(status: u16) -> Answer {
    Answer {
        status,
        time: None,
        epoch: None,
        retry_after: None,
        body: b"<html><body>Welcome to our network</body></html>".to_vec(),
    }
}

pub(crate) fn plain(answer: Answered) -> Answer {
    Answer {
        status: answer.status,
        time: answer.time,
        epoch: answer.epoch,
        retry_after: answer.retry_after,
        body: answer.body,
    }
}

/// The request that an order is on the wire.
fn asked(order: &Order, token: &str) -> Asked {
    let get = |path: String| Asked {
        method: "GET".to_owned(),
        path,
        token: token.to_owned(),
        ..Asked::default()
    };
    match &order.kind {
        OrderKind::Stream(since) => get(format!("api/reservas/events?since={since}")),
        OrderKind::Changes(since) => get(format!("api/reservas/changes?since={since}")),
        OrderKind::Snapshot => get("api/snapshot".to_owned()),
        OrderKind::One(id) => get(format!("api/reservas/{id}")),
        OrderKind::CloseStream => Asked::default(),
        OrderKind::Deliver { body, key, .. } => Asked {
            method: "POST".to_owned(),
            path: "api/asistencia".to_owned(),
            token: token.to_owned(),
            key: Some(key.to_string()),
            version: None,
            body: Some(body.clone()),
        },
        OrderKind::Write {
            op,
            method,
            path,
            body,
            version,
        } => Asked {
            method: method.clone(),
            path: path.clone(),
            token: token.to_owned(),
            key: Some(op.to_string()),
            version: *version,
            body: body.clone(),
        },
    }
}
