//! The handle that the app holds: a source, a decoder and the debounce on one thread.

use std::sync::{
    Arc, Mutex, PoisonError,
    mpsc::{self, Receiver, Sender, TryRecvError},
};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::decode::{Corners, DecoderKind};
use crate::frame::{Frame, Latest};
use crate::pipeline::Pipeline;
use crate::preview::Preview;
use crate::source::{self, Next, Panel, SourceSpec};
use crate::view::{CameraStatus, Dial, FrameView, Turn};

/// Longest wait for a frame before commands are looked at.
const PATIENCE: Duration = Duration::from_millis(100);
/// The preview shows the frame that was decoded last, so that outlines lie where the codes are; unless decoding
/// is more frames behind than this.
const BEHIND: u32 = 5;
/// Outlines belong to the preview that was given last, if that was so recently.
const PREVIEWED: Duration = Duration::from_millis(500);

/// Tells whether a code's bytes are a ticket (or an accepted legacy form).
pub type IsTicket = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;
/// Gives the codes that guests of the `sim` camera show; asked again for each guest.
pub type CodesOf = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// What a scan is.
#[derive(Clone)]
pub struct ScanSettings {
    /// A code that was not seen for so long counts again (`scan.same_code_pause_ms`).
    pub same_code_pause_ms: u64,
    /// Every code in the picture counts, not only the one in the middle.
    pub every_code: bool,
    /// A ticket counts on the first frame; anything else has to be read twice.
    pub is_ticket: IsTicket,
    /// Codes for the `sim` camera.
    pub sim_codes: CodesOf,
}

impl std::fmt::Debug for ScanSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScanSettings")
            .field("same_code_pause_ms", &self.same_code_pause_ms)
            .field("every_code", &self.every_code)
            .finish_non_exhaustive()
    }
}

impl Default for ScanSettings {
    /// 1.5 s, one code at a time, everything is a ticket, made-up guests.
    fn default() -> Self {
        Self {
            same_code_pause_ms: 1500,
            every_code: false,
            is_ticket: Arc::new(|_| true),
            sim_codes: Arc::new(crate::demo_codes),
        }
    }
}

/// A code that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenCode {
    /// Exactly what it holds.
    pub bytes: Vec<u8>,
    /// The bytes as text; where they are not UTF-8, a guess for people to look at.
    pub text: String,
    /// Who read it.
    pub decoder: DecoderKind,
    /// Where, in pixels of the frame (not mirrored).
    pub corners: Corners,
    /// Number of the frame.
    pub frame: u32,
    /// Milliseconds computed for decoding that frame.
    pub ms: f64,
}

/// What the scanner tells.
#[derive(Clone, Debug, PartialEq)]
pub enum ScanEvent {
    /// A code counts.
    Code(SeenCode),
    /// The camera's state changed.
    Camera(CameraStatus),
    /// The source has no more frames (`file:` with `once`).
    Ended,
}

pub(crate) enum Command {
    Switch(SourceSpec),
    Again,
}

/// What the thread shows to the handle.
#[derive(Debug)]
struct Shown {
    latest: Arc<Latest>,
    panel: Arc<Panel>,
    /// The frame decoded last, and what was seen in it.
    looked: Mutex<(Option<Frame>, FrameView)>,
    /// What was seen in the frame of the last preview, and when that was given.
    previewed: Mutex<Option<(Instant, FrameView)>>,
    status: Mutex<CameraStatus>,
    preview: Mutex<Option<Preview>>,
}

/// A running scanner. Dropping it ends its threads and lets the camera go.
#[derive(Debug)]
pub struct Scanner {
    commands: Option<Sender<Command>>,
    shown: Arc<Shown>,
    thread: Option<JoinHandle<()>>,
}

impl Scanner {
    /// Starts to look at the source. `on_event` is called on the scanner's thread: while it runs, nothing is
    /// decoded.
    pub fn start(
        spec: SourceSpec,
        settings: ScanSettings,
        on_event: impl Fn(ScanEvent) + Send + 'static,
    ) -> Self {
        let shown = Arc::new(Shown {
            latest: Arc::default(),
            panel: Arc::default(),
            looked: Mutex::default(),
            previewed: Mutex::default(),
            status: Mutex::new(CameraStatus::Off),
            preview: Mutex::default(),
        });
        let (commands, inbox) = mpsc::channel();
        let on = Arc::clone(&shown);
        let run = move || run(spec, &settings, &inbox, &on, &on_event);
        let thread = thread::Builder::new()
            .name("scan".into())
            .spawn(run)
            .inspect_err(|error| tracing::error!(%error, "no thread for the scanner"))
            .ok();
        Self {
            commands: Some(commands),
            shown,
            thread,
        }
    }

    /// Looks at another source from now on.
    pub fn switch(&self, spec: SourceSpec) {
        self.command(Command::Switch(spec));
    }

    /// A person asks: codes in front of the camera count again.
    pub fn again(&self) {
        self.command(Command::Again);
    }

    /// What can be turned at the camera that runs; nothing where it has nothing, or the system does not let it.
    pub fn dials(&self) -> Vec<Dial> {
        self.shown.panel.dials()
    }

    /// Turns a dial, now and whenever the camera comes back.
    pub fn turn(&self, turn: Turn) {
        self.shown.panel.turn(turn);
    }

    fn command(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The thread outlives the handle but for a panic, which was logged.
            let _ = commands.send(command);
        }
    }

    /// The frame decoded last as a picture for the window. It is made here, on the caller's thread, once a
    /// frame; decoding never waits for it.
    pub fn preview(&self) -> Option<Preview> {
        let frame = self.shown.frame_with_outlines()?;
        let mut kept = lock(&self.shown.preview);
        if kept.as_ref().is_none_or(|p| p.frame != frame.number) {
            *kept = Preview::of(&frame.luma, frame.number);
        }
        kept.clone()
    }

    /// What to draw over the preview that was given last.
    pub fn overlay(&self) -> FrameView {
        let now = lock(&self.shown.looked).1.clone();
        match &*lock(&self.shown.previewed) {
            Some((when, view)) if when.elapsed() < PREVIEWED => FrameView {
                calm: now.calm,
                ..view.clone()
            },
            _ => now,
        }
    }

    /// The camera's state.
    pub fn status(&self) -> CameraStatus {
        lock(&self.shown.status).clone()
    }
}

impl Shown {
    fn frame_with_outlines(&self) -> Option<Frame> {
        let latest = self.latest.get()?;
        let (looked, view) = lock(&self.looked).clone();
        *lock(&self.previewed) = Some((Instant::now(), view));
        let in_step = |frame: &Frame| latest.number.wrapping_sub(frame.number) <= BEHIND;
        Some(looked.filter(in_step).unwrap_or(latest))
    }

    /// Nothing was seen by the source that frames come from now.
    fn clear(&self) {
        *lock(&self.looked) = (None, FrameView::default());
        *lock(&self.previewed) = None;
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the scanner's thread had panicked");
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What lies in these is replaced whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(
    spec: SourceSpec,
    settings: &ScanSettings,
    inbox: &Receiver<Command>,
    shown: &Shown,
    on_event: &dyn Fn(ScanEvent),
) {
    let mut source = source::open(&spec, &settings.sim_codes, &shown.latest, &shown.panel);
    let mut pipeline = Pipeline::new(&spec, settings);
    loop {
        match inbox.try_recv() {
            Ok(Command::Switch(to)) => {
                // The old camera has to be let go before the new one is opened: it may be the same.
                drop(source);
                shown.latest.clear();
                shown.panel.clear();
                shown.clear();
                source = source::open(&to, &settings.sim_codes, &shown.latest, &shown.panel);
                pipeline = Pipeline::new(&to, settings);
                continue;
            }
            Ok(Command::Again) => {
                pipeline.again();
                continue;
            }
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {}
        }
        match source.next(PATIENCE) {
            Next::Frame(frame) => {
                let (codes, view) = pipeline.look(&frame);
                shown.latest.be_calm(view.calm);
                *lock(&shown.looked) = (Some(frame), view);
                codes.into_iter().for_each(|code| on_event(ScanEvent::Code(code)));
            }
            Next::Status(status) => {
                log(&status);
                *lock(&shown.status) = status.clone();
                if !matches!(status, CameraStatus::Running { .. }) {
                    shown.clear();
                }
                on_event(ScanEvent::Camera(status));
            }
            Next::Nothing => {}
            Next::Ended => {
                on_event(ScanEvent::Ended);
                source = source::open(
                    &SourceSpec::None,
                    &settings.sim_codes,
                    &shown.latest,
                    &shown.panel,
                );
            }
        }
    }
}

fn log(status: &CameraStatus) {
    match status {
        CameraStatus::Off => tracing::info!("no camera"),
        CameraStatus::Opening { name } => tracing::info!(name, "the camera is being opened"),
        CameraStatus::Running {
            name,
            width,
            height,
            fps,
            format,
        } => tracing::info!(name, width, height, fps, format, "frames arrive"),
        CameraStatus::Unavailable { name, reason, detail } => {
            tracing::warn!(name, ?reason, detail, "no frames")
        }
    }
}
