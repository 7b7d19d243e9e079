//! rqrr behind a fence.
//!
//! rqrr 0.11 asserts on some photographs and can compute for a minute on a picture that any guest can show.
//! So it works on a thread of its own; nobody waits for it longer than they say; a worker past its deadline
//! is left behind and another one started; and after repeated faults it stays off.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{
    Arc, Once,
    atomic::{AtomicUsize, Ordering},
    mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError},
};
use std::thread;
use std::time::{Duration, Instant};

use super::{DecoderKind, Found, Reading, finders};
use crate::cputime::thread_ms;
use crate::luma::Luma;

/// A worker that computes longer than this is left behind. The worst real photograph within 1280×720
/// took a second, the worst frame of a real video 53 ms.
const DEADLINE: Duration = Duration::from_millis(200);
/// Workers left behind that may still be computing; beyond, rqrr pauses until one ends.
const STUCK_AT_ONCE: usize = 2;
/// Panics and stalls after which rqrr stays off.
const FAULTS: usize = 6;
/// Name of the worker threads; their panics are expected and not printed.
const THREAD: &str = "rqrr";

/// How rqrr is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FenceState {
    /// Ready for a frame.
    Idle,
    /// Computing.
    Busy,
    /// Workers are stuck; it starts again when they end.
    Paused,
    /// Off after repeated faults.
    Off,
}

type Job = Box<dyn FnOnce() -> Reading + Send>;

struct Worker {
    jobs: Sender<Job>,
    results: Receiver<Option<Reading>>,
    busy_since: Option<Instant>,
}

/// rqrr, or whatever job it is given, at arm's length.
pub struct Fence {
    worker: Option<Worker>,
    stuck: Arc<AtomicUsize>,
    faults: usize,
}

impl std::fmt::Debug for Fence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fence")
            .field("faults", &self.faults)
            .field("stuck", &self.stuck)
            .finish_non_exhaustive()
    }
}

impl Default for Fence {
    fn default() -> Self {
        Self::new()
    }
}

impl Fence {
    /// Nothing runs until the first frame.
    pub fn new() -> Self {
        quiet_panics();
        Self {
            worker: None,
            stuck: Arc::default(),
            faults: 0,
        }
    }

    /// How it is doing; a worker past its deadline is let go here.
    pub fn state(&mut self) -> FenceState {
        self.let_go_if_late();
        if self.faults >= FAULTS {
            FenceState::Off
        } else if self.worker.as_ref().is_some_and(|w| w.busy_since.is_some()) {
            FenceState::Busy
        } else if self.worker.is_none() && self.stuck.load(Ordering::Relaxed) >= STUCK_AT_ONCE {
            FenceState::Paused
        } else {
            FenceState::Idle
        }
    }

    /// Gives the plane to rqrr if it is idle and the plane is no wallpaper of finder patterns.
    pub fn submit(&mut self, plane: &Arc<Luma>) {
        if self.state() != FenceState::Idle || finders::count(plane) > finders::TOO_MANY {
            return;
        }
        let plane = Arc::clone(plane);
        self.run(Box::new(move || read(&plane)));
    }

    /// What has been read since; never waits.
    pub fn poll(&mut self) -> Option<Reading> {
        self.collect(Duration::ZERO)
    }

    /// Waits for what was submitted, at most until its deadline.
    pub fn wait(&mut self) -> Option<Reading> {
        self.collect(DEADLINE)
    }

    fn run(&mut self, job: Job) {
        if self.worker.is_none() {
            self.worker = spawn();
        }
        let Some(worker) = &mut self.worker else { return };
        if worker.jobs.send(job).is_ok() {
            worker.busy_since = Some(Instant::now());
        } else {
            self.worker = None;
        }
    }

    fn collect(&mut self, patience: Duration) -> Option<Reading> {
        let worker = self.worker.as_mut()?;
        let since = worker.busy_since?;
        let left = patience.min(DEADLINE.saturating_sub(since.elapsed()));
        let result = if left.is_zero() {
            worker
                .results
                .try_recv()
                .map_err(|e| e == TryRecvError::Disconnected)
        } else {
            worker
                .results
                .recv_timeout(left)
                .map_err(|e| e == RecvTimeoutError::Disconnected)
        };
        match result {
            Ok(Some(reading)) => {
                worker.busy_since = None;
                Some(reading)
            }
            Ok(None) => {
                worker.busy_since = None;
                self.fault("panicked");
                None
            }
            Err(true) => {
                self.worker = None;
                None
            }
            Err(false) => {
                self.let_go_if_late();
                None
            }
        }
    }

    fn let_go_if_late(&mut self) {
        let late = |w: &mut Worker| w.busy_since.is_some_and(|since| since.elapsed() >= DEADLINE);
        let Some(worker) = self.worker.take_if(late) else {
            return;
        };
        // The thread cannot be ended; it ends by itself when its job does, since its job queue is gone.
        let stuck = Arc::clone(&self.stuck);
        stuck.fetch_add(1, Ordering::Relaxed);
        let Worker { jobs, results, .. } = worker;
        drop(jobs);
        let watcher = thread::Builder::new().name("rqrr-watch".into()).spawn(move || {
            // The last sender goes when the worker ends.
            while results.recv().is_ok() {}
            stuck.fetch_sub(1, Ordering::Relaxed);
        });
        if watcher.is_err() {
            tracing::warn!("no thread left to watch a stuck rqrr");
        }
        self.fault("stalled");
    }

    fn fault(&mut self, how: &str) {
        self.faults += 1;
        tracing::debug!(faults = self.faults, "rqrr {how}");
        if self.faults == FAULTS {
            tracing::warn!("rqrr is off after {FAULTS} faults; zxing-cpp goes on alone");
        }
    }
}

fn spawn() -> Option<Worker> {
    let (jobs, inbox) = mpsc::channel::<Job>();
    let (outbox, results) = mpsc::channel();
    let thread = thread::Builder::new().name(THREAD.into()).spawn(move || {
        for job in inbox {
            if outbox.send(catch_unwind(AssertUnwindSafe(job)).ok()).is_err() {
                break;
            }
        }
    });
    if let Err(error) = thread {
        tracing::warn!(%error, "no thread for rqrr");
        return None;
    }
    Some(Worker {
        jobs,
        results,
        busy_since: None,
    })
}

/// Panics of the worker are counted, not printed; all others go where they went before.
fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                before(info);
            }
        }));
    });
}

/// Everything that rqrr reads and locates.
pub(super) fn read(plane: &Luma) -> Reading {
    let start = thread_ms();
    let mut reading = Reading::default();
    let (w, h) = (plane.width(), plane.height());
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(w, h, |x, y| plane.row(y).get(x).copied().unwrap_or(255));
    for grid in image.detect_grids() {
        let corners = grid.bounds.map(|p| [p.x as f32, p.y as f32]);
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_ok() && !bytes.is_empty() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            reading.codes.push(Found {
                bytes,
                text,
                decoder: DecoderKind::Rqrr,
                corners,
            });
        } else {
            reading.located.push(corners);
        }
    }
    reading.ms = thread_ms() - start;
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_and_the_next_job_runs() {
        let mut fence = Fence::new();
        fence.run(Box::new(|| panic!("as rqrr does")));
        assert_eq!(fence.wait(), None);
        assert_eq!((fence.faults, fence.state()), (1, FenceState::Idle));
        fence.run(Box::new(|| Reading {
            ms: 7.0,
            ..Reading::default()
        }));
        assert_eq!(fence.wait().map(|r| r.ms), Some(7.0));
    }

    #[test]
    fn nobody_waits_beyond_the_deadline_and_stuck_workers_are_few() {
        let mut fence = Fence::new();
        let (release, hold) = mpsc::channel::<()>();
        let hold = Arc::new(std::sync::Mutex::new(hold));
        for _ in 0..STUCK_AT_ONCE {
            let hold = Arc::clone(&hold);
            assert_eq!(fence.state(), FenceState::Idle);
            fence.run(Box::new(move || {
                let _ = hold.lock().map(|h| h.recv());
                Reading::default()
            }));
            let start = Instant::now();
            assert_eq!(fence.wait(), None);
            assert!(start.elapsed() < DEADLINE * 2, "waited {:?}", start.elapsed());
        }
        assert_eq!(fence.state(), FenceState::Paused);
        drop(release);
        let patience = Instant::now();
        while fence.state() != FenceState::Idle {
            assert!(
                patience.elapsed() < Duration::from_secs(10),
                "workers that ended are not counted out"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn repeated_faults_switch_it_off() {
        let mut fence = Fence::new();
        for _ in 0..FAULTS {
            fence.run(Box::new(|| panic!("again")));
            fence.wait();
        }
        assert_eq!(fence.state(), FenceState::Off);
    }
}
