//! Streams on their way: opened, filled by the hub, and cut.

use portero_door::sim::{Order, Said};
use portero_hub::sim::Asked;

use crate::network::{ANSWER, Wire, plain};
use crate::seat::{Ear, Weather};
use crate::world::World;

impl World {
    pub(crate) fn open_stream(&mut self, at: usize, order: Order, asked: &Asked) {
        let weather = self.seats[at].weather;
        let delay = self.delay(weather);
        let Some(replica) = self.route(at) else {
            return self.put(at, delay, Wire::Back { order, outcome: None });
        };
        if weather == Weather::HalfOpen {
            // The hub holds a stream that nobody hears.
            drop(self.office.listen(replica, asked, self.now));
            return self.put(at, ANSWER, Wire::Back { order, outcome: None });
        }
        match self.office.listen(replica, asked, self.now) {
            None => self.put(at, delay, Wire::Back { order, outcome: None }),
            Some(Err(answer)) => {
                let outcome = Some(plain(answer));
                self.put(at, delay, Wire::Back { order, outcome });
            }
            Some(Ok(events)) => {
                let seat = &mut self.seats[at];
                let number = seat.streams;
                seat.ear = Some(Ear {
                    number,
                    replica,
                    events,
                    rest: Vec::new(),
                    last_id: String::new(),
                    busy_until: self.now + delay,
                });
                self.put(
                    at,
                    delay,
                    Wire::Said {
                        stream: number,
                        said: Said::Opened,
                    },
                );
            }
        }
    }

    /// Sends what the hub has written on each stream that is being read.
    pub(crate) fn pump(&mut self) {
        if !std::mem::take(&mut self.office.moved) {
            return;
        }
        for at in 0..self.seats.len() {
            let seat = &mut self.seats[at];
            let (weather, stalled) = (seat.weather, seat.stalled || seat.asleep.is_some());
            if stalled || matches!(weather, Weather::Dead | Weather::HalfOpen) {
                continue;
            }
            let cut_from = seat.cut_from;
            let Some(mut ear) = seat.ear.take_if(|ear| Some(ear.replica) != cut_from) else {
                continue;
            };
            self.office.look_at_clock(self.now);
            let came = ear.events.ready();
            let breaks = match weather {
                Weather::Down | Weather::Portal => true,
                Weather::Lossy => self.rng.u8(..) < 8,
                _ => false,
            };
            if breaks {
                self.put(
                    at,
                    1,
                    Wire::Said {
                        stream: ear.number,
                        said: Said::Ended,
                    },
                );
                continue;
            }
            let ended = came.is_none();
            for said in blocks(&mut ear, &came.unwrap_or_default()) {
                let after = self.delay(weather);
                ear.busy_until = ear.busy_until.max(self.now + after);
                self.put(
                    at,
                    ear.busy_until - self.now,
                    Wire::Said {
                        stream: ear.number,
                        said,
                    },
                );
            }
            if ended {
                let after = ear.busy_until.max(self.now) - self.now + 1;
                self.put(
                    at,
                    after,
                    Wire::Said {
                        stream: ear.number,
                        said: Said::Ended,
                    },
                );
            } else {
                self.seats[at].ear = Some(ear);
            }
        }
    }
}

/// The events that have come whole.
fn blocks(ear: &mut Ear, bytes: &[u8]) -> Vec<Said> {
    ear.rest.extend_from_slice(bytes);
    let mut said = Vec::new();
    while let Some(end) = ear.rest.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = ear.rest.drain(..end + 2).collect();
        let (mut name, mut data) = (String::new(), String::new());
        for line in String::from_utf8(block).unwrap().lines() {
            match line.split_once(": ") {
                Some(("event", value)) => value.clone_into(&mut name),
                Some(("data", value)) => value.clone_into(&mut data),
                Some(("id", value)) => value.clone_into(&mut ear.last_id),
                _ => {}
            }
        }
        said.push(Said::Event {
            name,
            id: ear.last_id.clone(),
            data,
        });
    }
    said
}
