//! A laptop with its clock, its link to the hub, and its crashes.

use std::path::{Path, PathBuf};

use portero_door::Settings;
use portero_door::sim::{Laptop, set_wall};
use portero_hub::sim::Events;

use crate::network::Wire;
use crate::oracle::Looked;

/// What the way between a laptop and the hub is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Milliseconds there, milliseconds back.
    Fine,
    /// Seconds.
    Slow,
    /// Some connections break, before the hub has the request or after it answered.
    Lossy,
    /// Nothing can be reached, and that is known at once.
    Down,
    /// Packets vanish: nobody is told anything.
    Dead,
    /// Half open: what the laptop says arrives and is done, and nothing comes back.
    HalfOpen,
    /// A login page answers everything.
    Portal,
    /// Something in front of the hub answers errors, before or after the hub worked.
    Storm,
}

/// The laptop's end of a stream.
pub(crate) struct Ear {
    /// Which stream of the seat.
    pub(crate) number: u64,
    /// The replica that it comes from.
    pub(crate) replica: usize,
    pub(crate) events: Events,
    /// Bytes of an event that has not come whole.
    pub(crate) rest: Vec<u8>,
    pub(crate) last_id: String,
    /// When the last of what is on its way arrives: a stream keeps its order.
    pub(crate) busy_until: i64,
}

/// A place at which a laptop works.
pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
    pub(crate) token: String,
    /// `None`: it is off.
    pub(crate) laptop: Option<Laptop>,
    /// Counts starts: what is on its way to an earlier one is lost.
    pub(crate) start: u64,
    /// Its own clock less the true one, in ms.
    pub(crate) skew: i64,
    /// True time at which its forward clock would have been 0.
    pub(crate) zero: i64,
    /// Until when it sleeps.
    pub(crate) asleep: Option<i64>,
    pub(crate) weather: Weather,
    /// What is read of the stream stays unread for now: a slow reader.
    pub(crate) stalled: bool,
    pub(crate) streams: u64,
    pub(crate) ear: Option<Ear>,
    /// What the oracle has looked at.
    pub(crate) looked: Looked,
    /// The replica that its requests go to.
    pub(crate) via: usize,
    /// A replica that it cannot reach, whatever the weather.
    pub(crate) cut_from: Option<usize>,
    pub(crate) settings: Settings,
    /// What came while it slept, in order.
    pub(crate) letters: Vec<Wire>,
    /// When it fell asleep.
    pub(crate) fell_asleep: i64,
    /// The seat whose data folder it was copied from.
    pub(crate) twin_of: Option<usize>,
}

impl Seat {
    pub(crate) fn new(name: String, dir: PathBuf, token: String, settings: Settings) -> Self {
        Self {
            name,
            dir,
            token,
            laptop: None,
            start: 0,
            skew: 0,
            zero: 0,
            asleep: None,
            weather: Weather::Fine,
            stalled: false,
            streams: 0,
            ear: None,
            looked: Looked::default(),
            via: 0,
            cut_from: None,
            settings,
            letters: Vec::new(),
            fell_asleep: 0,
            twin_of: None,
        }
    }

    /// Its forward clock.
    pub(crate) fn ticks(&self, now: i64) -> u64 {
        u64::try_from(now - self.zero).unwrap_or(0)
    }

    /// Sets the clock of this thread to this laptop's.
    pub(crate) fn look_at_clock(&self, now: i64) {
        set_wall(Some(now + self.skew));
    }

    /// Starts the program.
    pub(crate) fn open(&mut self, now: i64, seed: u64) -> Result<(), String> {
        std::fs::create_dir_all(&self.dir).unwrap();
        self.look_at_clock(now);
        self.start += 1;
        self.zero = now;
        self.asleep = None;
        self.letters.clear();
        self.looked = Looked::default();
        let laptop = Laptop::open(&self.dir, &self.name, self.settings.clone(), seed, 0)
            .map_err(|error| format!("{} cannot be opened: {error}", self.name))?;
        self.laptop = Some(laptop);
        Ok(())
    }

    /// The program ends as if it had been killed, or the battery taken out.
    pub(crate) fn crash(&mut self) {
        self.ear = None;
        self.laptop = None;
    }

    /// Awake, and running.
    pub(crate) fn works(&self) -> bool {
        self.laptop.is_some() && self.asleep.is_none()
    }
}

/// Copies a data folder of a laptop that is off.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}
