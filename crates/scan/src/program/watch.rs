//! `watch --camera …`

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use portero_scan::view::CameraStatus;
use portero_scan::{ScanEvent, ScanSettings, Scanner, SeenCode, SourceSpec};
use serde_json::{Value, json};

use super::{Failure, content, line, rounded};

#[derive(clap::Args)]
pub(super) struct Args {
    /// A camera's number, `name:NAME`, `sim`, `sim:FPS`, or `file:GLOB`.
    #[arg(long)]
    camera: SourceSpec,
    /// End at the first code. With file:, end after one pass, exit status 1 if nothing was read.
    #[arg(long)]
    once: bool,
    /// End after so many seconds.
    #[arg(long)]
    seconds: Option<f64>,
}

enum Event {
    Scan(ScanEvent),
    Signal,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut spec = args.camera.clone();
    match &mut spec {
        SourceSpec::None => {
            return Err(Failure::new(
                "no_camera",
                "there is nothing to watch with --camera none",
            ));
        }
        SourceSpec::Files { once, .. } => *once = args.once,
        SourceSpec::Index(_) | SourceSpec::Name(_) | SourceSpec::Sim { .. } => {}
    }
    let end = match args.seconds {
        Some(s) if s.is_finite() && (0.0..=1e9).contains(&s) => {
            Some(Instant::now() + Duration::from_secs_f64(s))
        }
        Some(s) => {
            return Err(Failure::new(
                "bad_seconds",
                format!("--seconds {s} is no number of seconds"),
            ));
        }
        None => None,
    };
    let (events, inbox) = mpsc::channel();
    let signal = events.clone();
    ctrlc::set_handler(move || {
        let _ = signal.send(Event::Signal);
    })
    .map_err(|e| Failure::new("signals", format!("the end by signal cannot be arranged: {e}")))?;
    let settings = ScanSettings {
        every_code: true,
        ..ScanSettings::default()
    };
    let _scanner = Scanner::start(spec, settings, move |event| {
        let _ = events.send(Event::Scan(event));
    });
    let mut trouble = None;
    loop {
        let wait = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        match inbox.recv_timeout(wait.min(Duration::from_secs(3600))) {
            Ok(Event::Scan(ScanEvent::Code(code))) => {
                line(&seen(&code))?;
                if args.once {
                    return Ok(());
                }
            }
            Ok(Event::Scan(ScanEvent::Camera(status))) => trouble = trouble_of(&status),
            Ok(Event::Scan(ScanEvent::Ended)) => return nothing_read(trouble),
            Ok(Event::Signal) | Err(RecvTimeoutError::Disconnected) => return finished(args.once, trouble),
            Err(RecvTimeoutError::Timeout) if end.is_some_and(|end| Instant::now() >= end) => {
                return finished(args.once, trouble);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn seen(code: &SeenCode) -> Value {
    let mut map = content(&code.bytes, &code.text);
    map.insert("decoder".into(), json!(code.decoder.name()));
    map.insert("frame".into(), json!(code.frame));
    map.insert("ms".into(), json!(rounded(code.ms)));
    Value::Object(map)
}

/// What is wrong with the camera now, if anything.
fn trouble_of(status: &CameraStatus) -> Option<String> {
    match status {
        CameraStatus::Off | CameraStatus::Opening { .. } | CameraStatus::Running { .. } => None,
        CameraStatus::Unavailable { name, detail, .. } => Some(format!("{name} gives no frames: {detail}")),
    }
}

/// The time is over, or a signal came: that is what was asked for, unless a code was to be read or there
/// were no frames.
fn finished(once: bool, trouble: Option<String>) -> Result<(), Failure> {
    if once || trouble.is_some() {
        nothing_read(trouble)
    } else {
        Ok(())
    }
}

fn nothing_read(trouble: Option<String>) -> Result<(), Failure> {
    Err(match trouble {
        Some(detail) => Failure::new("camera_unavailable", detail),
        None => Failure::new("nothing_read", "no code was read"),
    })
}
