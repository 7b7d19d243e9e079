//! One seed is one night, and plays the same each time; many are played on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::world::{Bugs, World};

/// A night that did not end well.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) seed: u64,
    pub(crate) why: String,
}

/// Which nights are played.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The first seed; the others follow it.
    pub(crate) first: u64,
    /// How many.
    pub(crate) most: u64,
    /// No new one begins after this.
    pub(crate) until: Option<Instant>,
    /// After so many failures no new one begins.
    pub(crate) failures: usize,
    pub(crate) bugs: Bugs,
}

/// What came of a [`Plan`].
#[derive(Debug)]
pub(crate) struct Played {
    /// How many nights were begun, and ended.
    pub(crate) nights: u64,
    /// By seed.
    pub(crate) failures: Vec<Failure>,
}

/// Plays one night; gives what has to be the same when it is played again.
pub(crate) fn play(seed: u64, bugs: Bugs, told: bool) -> (u64, Result<(), String>, Vec<String>) {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut world = match World::new(seed, bugs, told) {
            Ok(world) => world,
            Err(why) => return (0, Err(why), Vec::new()),
        };
        let result = world.play();
        (
            world.trace.hash(),
            result,
            world.trace.lines.take().unwrap_or_default(),
        )
    }));
    played.unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default();
        (0, Err(format!("a panic: {why}")), Vec::new())
    })
}

/// Plays nights on all cores; each failure is printed as it comes.
pub(crate) fn nights(plan: Plan) -> Played {
    let begun = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let failures: Mutex<Vec<Failure>> = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) && plan.until.is_none_or(|until| Instant::now() < until) {
                    let number = begun.fetch_add(1, Ordering::Relaxed);
                    if number >= plan.most {
                        return;
                    }
                    let seed = plan.first + number;
                    if let (_, Err(why), _) = play(seed, plan.bugs, false) {
                        let mut failures = failures.lock().unwrap();
                        failures.push(Failure { seed, why });
                        over.store(failures.len() >= plan.failures, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by_key(|failure| failure.seed);
    Played {
        nights: begun.into_inner().min(plan.most),
        failures,
    }
}
