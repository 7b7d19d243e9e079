//! The camera at the door: what it reads goes to the door in order, and the answer to the window.

use std::sync::{Arc, Mutex, PoisonError};

use portero_door::{Door, Way};
use portero_protocol::device::CameraHealth;
use portero_protocol::problem::Code;
use portero_scan::view::{CameraStatus, Dial, FrameView, Turn};
use portero_scan::{ScanEvent, ScanSettings, Scanner, SourceSpec};
use tauri::AppHandle;
use tokio::sync::mpsc;

use crate::desk::Desk;
use crate::error::{ErrorView, Result};
use crate::events;
use crate::sound::{Meaning, Speaker};
use crate::view::{CameraAnswer, CameraChoice};

/// Codes that wait for the door. A scanner makes a few a second at most, so a full queue means that the door hangs.
pub(crate) const QUEUE: usize = 32;

/// The tickets that the simulated camera shows.
pub(crate) type DemoCodes = Arc<Mutex<Vec<String>>>;

/// Where the answers to what was read go, besides the desk.
#[derive(Clone)]
pub(crate) struct Front {
    /// Tells the hub how the camera is.
    pub(crate) door: Door,
    /// Shows.
    pub(crate) window: AppHandle,
    /// Sounds.
    pub(crate) speaker: Speaker,
}

/// The camera that is in use.
pub(crate) struct Camera {
    scanner: Scanner,
    status: Arc<Mutex<CameraStatus>>,
}

impl Camera {
    /// Opens a camera, and gives what it reads to the door.
    pub(crate) fn start(spec: SourceSpec, pause_ms: u64, desk: Desk, front: Front, demo: DemoCodes) -> Self {
        let (codes, received) = mpsc::channel::<Vec<u8>>(QUEUE);
        let status = Arc::new(Mutex::new(CameraStatus::Off));
        let known = Arc::clone(&status);
        let window = front.window.clone();
        let door = front.door.clone();
        let on_event = move |event: ScanEvent| match event {
            ScanEvent::Code(seen) => {
                if codes.try_send(seen.bytes).is_err() {
                    tracing::error!(
                        "a code was read while the door does not answer; it has to be shown again"
                    );
                }
            }
            ScanEvent::Camera(status) => {
                *known.lock().unwrap_or_else(PoisonError::into_inner) = status.clone();
                if let Some(health) = health(&status) {
                    door.camera_is(health);
                }
                events::tell(&window, events::CAMERA, &status);
            }
            // A source that ends is one of `portero-scan watch --once` alone.
            ScanEvent::Ended => {}
        };
        let known_here = desk.clone();
        let settings = ScanSettings {
            same_code_pause_ms: pause_ms,
            every_code: false,
            is_ticket: Arc::new(move |code: &[u8]| known_here.is_ticket(code)),
            sim_codes: Arc::new(move || demo.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        };
        let scanner = Scanner::start(spec, settings, on_event);
        tauri::async_runtime::spawn(decide(desk, front, received, Way::Camera));
        Self { scanner, status }
    }

    /// Goes to another camera.
    pub(crate) fn select(&self, id: &str) -> Result<()> {
        self.scanner.switch(parse(id)?);
        Ok(())
    }

    /// A person asks: codes in front of the camera count again.
    pub(crate) fn again(&self) {
        self.scanner.again();
    }

    /// What can be turned at it.
    pub(crate) fn dials(&self) -> Vec<Dial> {
        self.scanner.dials()
    }

    /// Turns one.
    pub(crate) fn turn(&self, turn: Turn) {
        self.scanner.turn(turn);
    }

    /// Its state.
    pub(crate) fn status(&self) -> CameraStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What to draw over the preview.
    pub(crate) fn frame_view(&self) -> FrameView {
        self.scanner.overlay()
    }

    /// The latest frame as JPEG; empty where there is none.
    pub(crate) fn preview(&self) -> Vec<u8> {
        self.scanner
            .preview()
            .map(|preview| preview.jpeg.to_vec())
            .unwrap_or_default()
    }
}

/// The cameras that can be chosen.
pub(crate) fn choices() -> Vec<CameraChoice> {
    portero_scan::list_cameras()
        .unwrap_or_default()
        .into_iter()
        .map(|camera| CameraChoice {
            id: camera.index.to_string(),
            name: camera.name,
        })
        .chain([
            CameraChoice {
                id: "sim".to_owned(),
                name: "sim".to_owned(),
            },
            CameraChoice {
                id: "none".to_owned(),
                name: "none".to_owned(),
            },
        ])
        .collect()
}

/// What managers are told of a camera; `None`: it is not known yet.
fn health(status: &CameraStatus) -> Option<CameraHealth> {
    match status {
        CameraStatus::Off => Some(CameraHealth::Off),
        CameraStatus::Running { .. } => Some(CameraHealth::Good),
        CameraStatus::Unavailable { .. } => Some(CameraHealth::Broken),
        CameraStatus::Opening { .. } => None,
    }
}

/// Reads a camera's choice.
pub(crate) fn parse(id: &str) -> Result<SourceSpec> {
    id.parse().map_err(|error| {
        ErrorView::new(
            Code::InvalidField,
            format!("a camera is none, a number, sim or file:GLOB, and not {id:?}: {error}"),
        )
    })
}

/// Gives codes to the desk, one after the other. `way`: a camera, or a hand scanner that is no keyboard.
pub(crate) async fn decide(desk: Desk, front: Front, mut received: mpsc::Receiver<Vec<u8>>, way: Way) {
    let source = if way == Way::Scanner { "scanner" } else { "camera" };
    while let Some(code) = received.recv().await {
        match desk.scan(&code, 1, way).await {
            Ok(answer) => {
                let answer = CameraAnswer {
                    answer,
                    source: source.to_owned(),
                };
                events::tell(&front.window, events::ANSWER, &answer);
            }
            // Nothing was admitted: the window shows why instead of a verdict.
            Err(error) => {
                tracing::error!(
                    code = error.code.as_str(),
                    "a scan could not be recorded: {}",
                    error.message
                );
                front.speaker.play(Meaning::Refused);
                events::tell(&front.window, events::FAULT, &error);
            }
        }
    }
}
