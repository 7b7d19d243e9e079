//! The night: its seats, its hub, its time, and how one schedule goes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use portero_door::Settings;
use portero_door::sim::Planted as AtTheDoor;
use portero_hub::Options;
use portero_hub::sim::Planted as AtTheHub;
use tempfile::TempDir;

use crate::network::Due;
use crate::office::Office;
use crate::oracle::Oracle;
use crate::place::{DOORS, NOON, Party, folder, template};
use crate::seat::Seat;

const HOUR: i64 = 3_600_000;

/// A bug that a night is played with, to see that it is caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bugs {
    pub(crate) door: Option<AtTheDoor>,
    pub(crate) hub: Option<AtTheHub>,
}

/// What a night is rich in, in 256ths where it is a number. Each night has a taste of its own, so that some faults come often and others not at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taste {
    /// A whole night of 40 to 200 steps, as every fourth is; the others are an hour of it, of 10 to 60.
    pub(crate) whole: bool,
    /// Of requests that something on the way sends once more, later.
    pub(crate) repeats: u8,
    /// Of snapshot pieces that are the last to arrive.
    pub(crate) breaks: u8,
    /// Of a laptop's steps that are its last, in 65,536ths; half of them end between two of its commits.
    pub(crate) crashes: u16,
    /// Of writes after whose commit the replica that did it dies.
    pub(crate) last_words: u8,
    /// Of requests that go to another replica than the one before.
    pub(crate) roams: u8,
    /// Of steps at which something goes wrong.
    pub(crate) troubles: u8,
    /// Clocks jump.
    pub(crate) clocks: bool,
    /// Laptops are revoked.
    pub(crate) revokes: bool,
    /// The hub is restored from a backup.
    pub(crate) restores: bool,
    /// A data folder is copied and runs twice.
    pub(crate) twins: bool,
    /// The way to the hub is bad.
    pub(crate) weather: bool,
    /// The manager edits.
    pub(crate) edits: bool,
}

/// What happened, for people and for comparing two runs.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// `None`: nobody reads it.
    pub(crate) lines: Option<Vec<String>>,
    hash: DefaultHasher,
}

impl Trace {
    /// Writes a line, if somebody reads.
    pub(crate) fn note(&mut self, now: i64, line: impl FnOnce() -> String) {
        now.hash(&mut self.hash);
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>10.3} {}", (now - NOON) as f64 / 1_000.0, line()));
        }
    }

    /// Marks what has to be the same in another run with the same seed.
    pub(crate) fn mark(&mut self, what: impl Hash) {
        what.hash(&mut self.hash);
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash.finish()
    }
}

/// One night.
pub(crate) struct World {
    pub(crate) rng: Rng,
    /// True time, in Unix ms.
    pub(crate) now: i64,
    pub(crate) seats: Vec<Seat>,
    pub(crate) office: Office,
    pub(crate) wires: BinaryHeap<Reverse<Due>>,
    pub(crate) numbers: u64,
    pub(crate) oracle: Oracle,
    pub(crate) parties: Vec<Party>,
    pub(crate) taste: Taste,
    pub(crate) trace: Trace,
    /// Last, so that its files are closed before it goes.
    _folder: Rc<TempDir>,
}

impl World {
    /// Sets a night up.
    pub(crate) fn new(seed: u64, bugs: Bugs, told: bool) -> Result<Self, String> {
        let template = template();
        let mut rng = Rng::with_seed(seed);
        portero_protocol::sim::seed(Some(rng.u64(..)));
        portero_hub::sim::seed(Some(rng.u64(..)));
        portero_door::sim::plant(bugs.door);
        portero_hub::sim::plant(bugs.hub);
        let folder = Rc::new(folder());
        let path = folder.path().join("hub.db");
        template.put(&path);
        let now = NOON + rng.i64(7 * HOUR..14 * HOUR);
        let options = Options {
            heartbeat: Duration::from_secs(30),
            queue_events: *rng.choice(&[4, 16, 64]).unwrap_or(&64),
            ..Options::default()
        };
        let doors = rng.usize(1..=DOORS.min(4));
        let mut tokens: Vec<(String, String)> = (0..doors)
            .map(|door| (format!("Puerta {}", door + 1), template.doors[door].clone()))
            .collect();
        if rng.bool() {
            tokens.push(("Gerencia".to_owned(), template.manager.clone()));
        }
        let seats = tokens
            .into_iter()
            .enumerate()
            .map(|(number, (name, token))| {
                let dir = folder.path().join(format!("seat-{number}"));
                template.put_laptop(&dir);
                let settings = Settings {
                    sse_enabled: rng.u8(..) < 230,
                    ..Settings::default()
                };
                Seat::new(name, dir, token, settings)
            })
            .collect();
        let replicas = match rng.u8(..) {
            0..140 => 1,
            140..210 => 2,
            _ => 3,
        };
        let mut world = Self {
            taste: taste(&mut rng),
            office: Office::new(path, options, template.manager.clone(), replicas, now),
            rng,
            now,
            seats,
            wires: BinaryHeap::new(),
            numbers: 0,
            oracle: Oracle::default(),
            parties: template.parties.clone(),
            trace: Trace {
                lines: told.then(Vec::new),
                ..Trace::default()
            },
            _folder: folder,
        };
        for replica in 0..replicas {
            world.office.start(replica, now)?;
        }
        for seat in &mut world.seats {
            seat.via = world.rng.usize(..replicas);
        }
        if world.rng.bool() {
            world.strict_venue()?;
        }
        for seat in 0..world.seats.len() {
            world.switch_on(seat)?;
        }
        Ok(world)
    }

    /// Plays the night, then lets everything come to rest, and judges.
    pub(crate) fn play(&mut self) -> Result<(), String> {
        let steps = if self.taste.whole {
            self.rng.usize(40..200)
        } else {
            self.rng.usize(10..60)
        };
        for _ in 0..steps {
            self.step()?;
        }
        self.trace.note(self.now, || "-- all is mended".to_owned());
        self.mend()?;
        self.rest()?;
        self.judge()
    }

    fn step(&mut self) -> Result<(), String> {
        match self.rng.u8(..) {
            0..100 => {
                let at = self.rng.usize(..self.seats.len());
                for _ in 0..self.rng.u8(1..4) {
                    self.inner_step(at)?;
                }
            }
            100..165 => {
                let ms = self.rng.i64(1..60);
                self.pass(ms)?;
            }
            165..185 => {
                let ms = self.rng.i64(500..12_000);
                self.pass(ms)?;
            }
            185..188 => {
                let ms = self.rng.i64(20_000..900_000);
                self.pass(ms)?;
            }
            _ if self.rng.u8(..) < self.taste.troubles => self.trouble()?,
            _ => self.people()?,
        }
        self.after()
    }

    /// What follows on every step: orders leave, the hub's events go out, and what must hold is looked at.
    fn after(&mut self) -> Result<(), String> {
        self.send();
        self.check_hub()?;
        self.check_seats()
    }

    /// Starts a laptop.
    pub(crate) fn switch_on(&mut self, at: usize) -> Result<(), String> {
        let seed = self.rng.u64(..);
        self.seats[at].open(self.now, seed)?;
        self.send();
        Ok(())
    }

    /// Does one thing inside a laptop: whichever of its threads comes first.
    fn inner_step(&mut self, at: usize) -> Result<bool, String> {
        let (thread, side) = (self.rng.u8(0..5), self.rng.u8(0..3));
        self.maybe_cut();
        let any = (thread..5)
            .chain(0..thread)
            .any(|thread| self.thread_step(at, thread, side));
        self.maybe_crash(at)?;
        Ok(any)
    }

    fn thread_step(&mut self, at: usize, thread: u8, side: u8) -> bool {
        let now = self.now;
        let seat = &mut self.seats[at];
        if !seat.works() {
            return false;
        }
        seat.look_at_clock(now);
        let ticks = seat.ticks(now);
        let Some(laptop) = &mut seat.laptop else {
            return false;
        };
        let did = match thread {
            0 => laptop.step_cache(),
            1 => laptop.step_reads(),
            2 => laptop.step_follower(ticks),
            3 => laptop.step_courier(ticks, side),
            _ => laptop.step_snapshot(),
        };
        if did {
            self.trace.mark((at, thread));
        }
        did
    }

    /// Orders that the laptops made leave, and the hub's events go out.
    pub(crate) fn send(&mut self) {
        for at in 0..self.seats.len() {
            self.seats[at].look_at_clock(self.now);
            let orders = self.seats[at]
                .laptop
                .as_mut()
                .map_or_else(Vec::new, |laptop| laptop.orders());
            for order in orders {
                self.trace
                    .note(self.now, || format!("seat {at} asks {:?}", order.kind));
                self.leave(at, order);
            }
        }
        self.pump();
    }

    /// Time passes, and everybody who is awake does what is due.
    pub(crate) fn pass(&mut self, ms: i64) -> Result<(), String> {
        let until = self.now + ms;
        loop {
            let wakes = self.seats.iter().filter(|seat| seat.works()).filter_map(|seat| {
                let wake = seat.laptop.as_ref()?.wake_at();
                Some(seat.zero.saturating_add(i64::try_from(wake).unwrap_or(i64::MAX)))
            });
            let rises = self.seats.iter().filter_map(|seat| seat.asleep);
            // The hub's beats come with time alone.
            let beat = self.now + 5_000;
            let next = wakes
                .chain(rises)
                .chain(self.next_arrival())
                .chain([beat, until])
                .min()
                .unwrap_or(until);
            self.now = next.clamp(self.now + 1, until.max(self.now + 1));
            self.office.pass(self.now)?;
            self.rise();
            self.pump();
            self.arrivals()?;
            self.settle()?;
            self.check_seats()?;
            if self.now >= until {
                return Ok(());
            }
        }
    }

    /// Everybody who is awake does what there is to do.
    fn settle(&mut self) -> Result<(), String> {
        for at in 0..self.seats.len() {
            for _ in 0..60 {
                if !self.inner_step(at)? {
                    break;
                }
                self.send();
            }
        }
        self.send();
        Ok(())
    }

    /// Draws one of several.
    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.rng.usize(..from.len())]
    }
}

fn taste(rng: &mut Rng) -> Taste {
    let some = |rng: &mut Rng, chance: u8| rng.u8(..) < chance;
    Taste {
        whole: some(rng, 64),
        repeats: if some(rng, 128) { rng.u8(0..100) } else { 0 },
        breaks: if some(rng, 128) { rng.u8(0..60) } else { 0 },
        crashes: if some(rng, 128) { rng.u16(0..1_500) } else { 0 },
        last_words: if some(rng, 60) { rng.u8(0..40) } else { 0 },
        roams: if some(rng, 128) { rng.u8(0..80) } else { 0 },
        troubles: rng.u8(0..128),
        clocks: some(rng, 90),
        revokes: some(rng, 60),
        restores: some(rng, 70),
        twins: some(rng, 40),
        weather: some(rng, 200),
        edits: some(rng, 170),
    }
}
