//! A camera that looks for the manager's invitation, before this device is anything.

use std::sync::{Arc, Mutex, PoisonError};

use portero_protocol::device::InvitationLink;
use portero_scan::view::{CameraStatus, FrameView};
use portero_scan::{ScanEvent, ScanSettings, Scanner, SourceSpec};
use tauri::AppHandle;

use crate::events;

/// How long the same QR in front of the camera says nothing new, in ms.
const PAUSE_MS: u64 = 1_500;

/// The camera that looks; closed while nobody wants it.
#[derive(Clone, Default)]
pub(crate) struct Lookout(Arc<Mutex<Option<Scanner>>>);

impl Lookout {
    /// Opens a camera. What it sees comes to the window as an event.
    pub(crate) fn look(&self, spec: SourceSpec, window: AppHandle) {
        let mut scanner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scanner) = &*scanner {
            scanner.switch(spec);
            return;
        }
        let on_event = move |event: ScanEvent| match event {
            ScanEvent::Code(seen) => {
                let link = std::str::from_utf8(&seen.bytes)
                    .ok()
                    .and_then(InvitationLink::read);
                match link {
                    Some(link) => events::tell(&window, events::INVITATION, &Some(link)),
                    // A guest's ticket, an older code: the window says that it is none.
                    None => events::tell(&window, events::INVITATION, &None::<InvitationLink>),
                }
            }
            ScanEvent::Camera(status) => events::tell(&window, events::CAMERA, &status),
            ScanEvent::Ended => {}
        };
        let settings = ScanSettings {
            same_code_pause_ms: PAUSE_MS,
            every_code: false,
            is_ticket: Arc::new(|code: &[u8]| {
                std::str::from_utf8(code).is_ok_and(|text| InvitationLink::read(text).is_some())
            }),
            sim_codes: Arc::new(Vec::new),
        };
        *scanner = Some(Scanner::start(spec, settings, on_event));
    }

    /// Closes it, and gives the camera back.
    pub(crate) fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Asks it something, where it is open.
    fn ask<R>(&self, question: impl FnOnce(&Scanner) -> R) -> Option<R> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(question)
    }

    /// Its state.
    pub(crate) fn status(&self) -> Option<CameraStatus> {
        self.ask(Scanner::status)
    }

    /// What to draw over the preview.
    pub(crate) fn frame_view(&self) -> Option<FrameView> {
        self.ask(Scanner::overlay)
    }

    /// The latest frame as JPEG.
    pub(crate) fn preview(&self) -> Option<Vec<u8>> {
        self.ask(Scanner::preview)
            .map(|preview| preview.map(|preview| preview.jpeg.to_vec()).unwrap_or_default())
    }
}
