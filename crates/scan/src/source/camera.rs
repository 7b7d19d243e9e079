//! A camera on a thread of its own.
//!
//! One thread opens, owns and drops the driver's handle, tries again after each fault, and lays every frame
//! down as the latest. A driver may hang in any call, and such a thread cannot be ended: it is watched from
//! here, and left behind when nothing came for too long. It ends by itself should the driver ever answer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
    mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError},
};
use std::thread;
use std::time::{Duration, Instant};

use super::{FrameSource, Next, Panel};
use crate::frame::Latest;
use crate::luma::Luma;
use crate::view::{CameraFault, CameraStatus, Dial, Turn};

/// What a camera sent.
pub(super) enum Shot {
    Frame(Luma),
    /// A frame that nobody wanted to see: it was not unpacked.
    Unseen,
    /// The cable cut it short; the next one is due in a moment.
    Damaged,
}

/// An opened camera's frames; stays on its thread.
pub(super) trait Capture {
    /// The next frame, waiting for it; unpacking takes most of the time, and is left out where it is not `wanted`.
    fn frame(&mut self, wanted: bool) -> Result<Shot, Fault>;
    /// What it has to be turned; asking may take a while.
    fn dials(&mut self) -> Vec<Dial>;
    /// Turns a dial. One that the camera refuses stays as it was.
    fn turn(&mut self, turn: &Turn);
}

/// What opening gave.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) fps: u32,
    pub(super) format: &'static str,
    pub(super) capture: Box<dyn Capture>,
}

/// Opens the camera.
pub(super) type Opener = Arc<dyn Fn() -> Result<Opened, Fault> + Send + Sync>;

/// Why there is no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: CameraFault,
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn new(reason: CameraFault, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

/// Times of the watch; tests have shorter ones.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// For opening: slow USB cameras take two to three seconds.
    open: Duration,
    /// Between frames.
    frame: Duration,
    /// Between tries.
    retry: Duration,
}

const PATIENCE: Patience = Patience {
    open: Duration::from_secs(8),
    frame: Duration::from_secs(3),
    retry: Duration::from_secs(1),
};
/// Frames a second that are looked at while nothing moves.
const CALM_FPS: u32 = 10;
/// Threads left behind in a hanging driver, at most.
const LEFT_BEHIND: usize = 3;

/// What the camera's thread tells, besides frames.
enum News {
    Status(CameraStatus),
    /// It asks the driver for the camera.
    Opening,
    /// A frame was laid down, or it rests between two tries.
    Alive,
}

struct Worker {
    news: Receiver<News>,
    stop: Arc<AtomicBool>,
}

/// The source; see the module.
pub(super) struct Camera {
    open: Opener,
    asked_for: String,
    latest: Arc<Latest>,
    panel: Arc<Panel>,
    patience: Patience,
    worker: Option<Worker>,
    left_behind: Vec<Receiver<News>>,
    /// When the thread has to have given a sign of life.
    deadline: Instant,
    seen: u32,
}

impl Camera {
    pub(super) fn new(open: Opener, asked_for: String, latest: Arc<Latest>, panel: Arc<Panel>) -> Self {
        Self::with_patience(open, asked_for, latest, panel, PATIENCE)
    }

    fn with_patience(
        open: Opener,
        asked_for: String,
        latest: Arc<Latest>,
        panel: Arc<Panel>,
        patience: Patience,
    ) -> Self {
        let seen = latest.get().map_or(0, |f| f.number);
        let deadline = Instant::now();
        Self {
            open,
            asked_for,
            latest,
            panel,
            patience,
            worker: None,
            left_behind: Vec::new(),
            deadline,
            seen,
        }
    }

    /// Starts a thread, unless too many already hang.
    fn start(&mut self) {
        self.left_behind.retain_mut(|news| {
            loop {
                match news.try_recv() {
                    Ok(_) => {}
                    Err(e) => break e == TryRecvError::Empty,
                }
            }
        });
        if self.left_behind.len() >= LEFT_BEHIND {
            return;
        }
        let (tell, news) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let run = Run {
            open: Arc::clone(&self.open),
            asked_for: self.asked_for.clone(),
            latest: Arc::clone(&self.latest),
            panel: Arc::clone(&self.panel),
            stop: Arc::clone(&stop),
            tell,
            retry: self.patience.retry,
        };
        match thread::Builder::new()
            .name("camera".into())
            .spawn(move || run.run())
        {
            Ok(_) => self.worker = Some(Worker { news, stop }),
            Err(error) => tracing::warn!(%error, "no thread for the camera"),
        }
    }

    fn unavailable(&self, detail: &str) -> Next {
        self.latest.clear();
        self.panel.show(Vec::new());
        Next::Status(CameraStatus::Unavailable {
            name: self.asked_for.clone(),
            reason: CameraFault::NoFrames,
            detail: detail.to_owned(),
        })
    }
}

impl FrameSource for Camera {
    fn next(&mut self, patience: Duration) -> Next {
        let now = Instant::now();
        let Some(worker) = &self.worker else {
            if now < self.deadline {
                thread::sleep(patience.min(self.deadline - now));
            } else {
                self.start();
                self.deadline = Instant::now() + self.patience.open;
            }
            return Next::Nothing;
        };
        loop {
            match worker.news.try_recv() {
                Ok(News::Status(status)) => {
                    self.deadline = self.deadline.max(now + self.patience.frame);
                    return Next::Status(status);
                }
                Ok(News::Opening) => self.deadline = now + self.patience.open,
                Ok(News::Alive) => self.deadline = now + self.patience.frame,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // Only a panic in the driver's crate ends the thread by itself.
                    self.worker = None;
                    self.deadline = now + self.patience.retry;
                    return self.unavailable("the camera's driver failed");
                }
            }
        }
        if now >= self.deadline {
            if let Some(Worker { news, stop }) = self.worker.take() {
                stop.store(true, Ordering::Relaxed);
                self.left_behind.push(news);
            }
            self.deadline = now + self.patience.retry;
            return self.unavailable("the camera does not answer; unplug it and plug it in again");
        }
        match self
            .latest
            .newer_than(self.seen, patience.min(self.deadline - now))
        {
            Some(frame) => {
                self.seen = frame.number;
                Next::Frame(frame)
            }
            None => Next::Nothing,
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let Some(worker) = self.worker.take() else { return };
        worker.stop.store(true, Ordering::Relaxed);
        // The next source may want the same camera: give this one a moment to let it go.
        let end = Instant::now() + Duration::from_secs(1);
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Err(RecvTimeoutError::Disconnected) = worker.news.recv_timeout(left) {
                break;
            }
        }
    }
}

/// The camera's thread.
struct Run {
    open: Opener,
    asked_for: String,
    latest: Arc<Latest>,
    panel: Arc<Panel>,
    stop: Arc<AtomicBool>,
    tell: Sender<News>,
    retry: Duration,
}

impl Run {
    fn run(self) {
        let mut last = None;
        while !self.stopped() {
            if last.is_none() {
                self.say(CameraStatus::Opening {
                    name: self.asked_for.clone(),
                });
            }
            let _ = self.tell.send(News::Opening);
            let (name, fault) = match (self.open)() {
                Ok(opened) => {
                    last = None;
                    self.stream(opened)
                }
                Err(fault) => (self.asked_for.clone(), fault),
            };
            if self.stopped() {
                break;
            }
            if last.as_ref() != Some(&fault) {
                let Fault { reason, detail } = fault.clone();
                self.say(CameraStatus::Unavailable { name, reason, detail });
                last = Some(fault);
            }
            self.rest();
        }
    }

    /// Lays frames down until one does not come.
    fn stream(&self, mut opened: Opened) -> (String, Fault) {
        let name = opened.name.clone();
        let mut told = false;
        let one_in = (opened.fps / CALM_FPS).max(1);
        let mut number = 0u32;
        loop {
            number = number.wrapping_add(1);
            let wanted = number.is_multiple_of(one_in) || !self.latest.is_calm();
            let frame = opened.capture.frame(wanted);
            if self.stopped() {
                return (name, Fault::new(CameraFault::Failed, "left behind"));
            }
            match frame {
                Ok(Shot::Damaged) => {}
                Ok(Shot::Unseen) => {
                    let _ = self.tell.send(News::Alive);
                }
                Ok(Shot::Frame(plane)) => {
                    self.latest.put(Arc::new(plane.fit()));
                    // The state follows the first frame: a camera that opens and sends nothing does not run.
                    if !std::mem::replace(&mut told, true) {
                        self.say(CameraStatus::Running {
                            name: name.clone(),
                            width: opened.width,
                            height: opened.height,
                            fps: opened.fps,
                            format: opened.format.into(),
                        });
                        self.turn(&mut opened, &self.panel.turned());
                    } else if let Some(turns) = self.panel.news() {
                        self.turn(&mut opened, &turns);
                    }
                    let _ = self.tell.send(News::Alive);
                }
                Err(fault) => {
                    self.latest.clear();
                    self.panel.show(Vec::new());
                    return (name, fault);
                }
            }
        }
    }

    fn turn(&self, opened: &mut Opened, turns: &[Turn]) {
        turns.iter().for_each(|turn| opened.capture.turn(turn));
        self.panel.show(opened.capture.dials());
    }

    fn rest(&self) {
        let end = Instant::now() + self.retry;
        while !self.stopped() && Instant::now() < end {
            let _ = self.tell.send(News::Alive);
            thread::sleep(Duration::from_millis(50).min(self.retry));
        }
    }

    fn say(&self, status: CameraStatus) {
        let _ = self.tell.send(News::Status(status));
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
