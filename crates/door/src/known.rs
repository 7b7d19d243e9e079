//! What every part of the door has to know at once: the venue, the hub's time, and up to when the door's knowledge is proven complete.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use portero_protocol::instant::Instant;

use crate::clock::Clock;
use crate::verdict::House;

/// Shared by the desk, the cache and the connection. Nothing here waits.
#[derive(Debug, Default)]
pub(crate) struct Known {
    house: RwLock<Option<Arc<House>>>,
    clock: Mutex<Clock>,
    proven_ms: AtomicI64,
    /// The number of the last entry that was made here.
    issued: AtomicU64,
    lives: Mutex<Lives>,
    name: RwLock<Name>,
}

/// What this door is called.
#[derive(Debug, Default)]
struct Name {
    is: Option<String>,
    /// Whether a person here chose it; otherwise it is called as the hub calls it.
    chosen: bool,
}

/// The lives of the hub's log, as this device knows them.
#[derive(Debug, Default)]
struct Lives {
    /// The one that everything here belongs to; `None`: none was met yet.
    met: Option<String>,
    /// The one that the last answer named.
    heard: Option<String>,
}

/// This device's clock, in Unix ms.
pub(crate) fn wall_ms() -> i64 {
    #[cfg(feature = "sim")]
    if let Some(wall) = crate::sim::wall() {
        return wall;
    }
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Known {
    /// The venue; `None` before the first snapshot.
    pub(crate) fn house(&self) -> Option<Arc<House>> {
        self.house.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The venue is this, or is so now.
    pub(crate) fn set_house(&self, house: Option<Arc<House>>) {
        *self.house.write().unwrap_or_else(PoisonError::into_inner) = house;
    }

    /// The life of the hub's log that this device has met.
    pub(crate) fn met(&self) -> Option<String> {
        self.lives().met.clone()
    }

    /// It has met this one.
    pub(crate) fn set_met(&self, life: Option<String>) {
        self.lives().met = life;
    }

    /// An answer named the life of the hub's log.
    pub(crate) fn hear_life(&self, life: Option<&str>) {
        if let Some(life) = life {
            self.lives().heard = Some(life.to_owned());
        }
    }

    /// The life that the last answer named, where it is another one than the one that was met.
    pub(crate) fn another_life(&self) -> Option<String> {
        let lives = self.lives();
        lives
            .heard
            .clone()
            .filter(|heard| lives.met.as_ref() != Some(heard))
    }

    fn lives(&self) -> std::sync::MutexGuard<'_, Lives> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this door is called; entries carry it.
    pub(crate) fn door(&self) -> Option<String> {
        self.name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is
            .clone()
    }

    /// It is called this from now on. `chosen`: by a person here, whatever the hub calls it.
    pub(crate) fn set_door(&self, name: Option<String>, chosen: bool) {
        *self.name.write().unwrap_or_else(PoisonError::into_inner) = Name { is: name, chosen };
    }

    /// The hub calls this device so. Gives the name where it is a new one for this door.
    pub(crate) fn hub_calls_it(&self, name: &str) -> Option<String> {
        let mut now = self.name.write().unwrap_or_else(PoisonError::into_inner);
        if now.chosen || now.is.as_deref() == Some(name) {
            return None;
        }
        now.is = Some(name.to_owned());
        now.is.clone()
    }

    /// Does something with the clock.
    pub(crate) fn clock<R>(&self, work: impl FnOnce(&mut Clock) -> R) -> R {
        work(&mut self.clock.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The hub's time now, as known here.
    pub(crate) fn hub_now(&self) -> Instant {
        self.clock(|clock| clock.hub(wall_ms()))
    }

    /// The hub's time when this device's clock said `wall`, or before: what an answer to a request of then knows at least.
    pub(crate) fn asked_at(&self, wall: i64) -> Instant {
        self.clock(|clock| clock.hub(wall).plus_ms(-clock.error_ms(wall).unwrap_or(0)))
    }

    /// The number of the last entry that was made here: requests say it, so that the hub knows what it lacks.
    pub(crate) fn issued(&self) -> u64 {
        self.issued.load(Ordering::Relaxed)
    }

    /// An entry with that number was made here.
    pub(crate) fn set_issued(&self, number: u64) {
        self.issued.store(number, Ordering::Relaxed);
    }

    /// Up to when what is known here is proven to be all, in the hub's time.
    pub(crate) fn proven(&self) -> Option<Instant> {
        match self.proven_ms.load(Ordering::Relaxed) {
            0 => None,
            ms => Some(Instant::from_ms(ms)),
        }
    }

    /// What is known here was all there was at `hub_time`. Never goes back while the log's life is the same.
    pub(crate) fn prove(&self, hub_time: Instant) {
        self.proven_ms.fetch_max(hub_time.ms(), Ordering::Relaxed);
    }

    /// Another log's life, or a cache that was rebuilt: nothing is proven any more but this.
    pub(crate) fn prove_anew(&self, hub_time: Option<Instant>) {
        self.proven_ms
            .store(hub_time.map_or(0, Instant::ms), Ordering::Relaxed);
    }
}
