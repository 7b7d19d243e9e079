//! A hand scanner on a serial port: what it reads goes to the door as what the camera reads does. Scanners that
//! type like a keyboard are the window's.

use std::sync::{Arc, Mutex, PoisonError};

use portero_door::{Settings, Way};
use portero_scan::serial::{SerialEvent, SerialScanner, SerialSettings, SerialStatus};
use tauri::AppHandle;
use tokio::sync::mpsc;

use crate::camera::{Front, QUEUE, decide};
use crate::desk::Desk;
use crate::events;

/// The scanner that is listened to, if the settings name one.
pub(crate) struct HandScanner {
    codes: mpsc::Sender<Vec<u8>>,
    window: AppHandle,
    status: Arc<Mutex<SerialStatus>>,
    listening: Mutex<Option<SerialScanner>>,
}

impl HandScanner {
    /// Listens to the port of the settings, and gives what it reads to the door.
    pub(crate) fn start(settings: &Settings, desk: Desk, front: Front) -> Self {
        let (codes, received) = mpsc::channel(QUEUE);
        let window = front.window.clone();
        tauri::async_runtime::spawn(decide(desk, front, received, Way::Scanner));
        let scanner = Self {
            codes,
            window,
            status: Arc::new(Mutex::new(SerialStatus::Off)),
            listening: Mutex::new(None),
        };
        scanner.listen(settings);
        scanner
    }

    /// Listens as the settings say from now on. It may wait a second for the port that was open.
    pub(crate) fn listen(&self, settings: &Settings) {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        // Let go first: it may be the same port at another speed.
        *listening = None;
        let Some(port) = settings.serial_port.clone() else {
            self.is(SerialStatus::Off);
            return;
        };
        let wanted = SerialSettings {
            port,
            baud: settings.serial_baud,
            prefix: settings.serial_prefix.clone().unwrap_or_default(),
            suffix: settings.serial_suffix.clone().unwrap_or_default(),
        };
        let (codes, window, known) = (self.codes.clone(), self.window.clone(), Arc::clone(&self.status));
        *listening = Some(SerialScanner::start(wanted, move |event| match event {
            SerialEvent::Code(code) => {
                if codes.try_send(code).is_err() {
                    tracing::error!(
                        "a code was read while the door does not answer; it has to be read again"
                    );
                }
            }
            SerialEvent::Status(status) => {
                *known.lock().unwrap_or_else(PoisonError::into_inner) = status.clone();
                events::tell(&window, events::SCANNER, &status);
            }
        }));
    }

    /// How it is.
    pub(crate) fn status(&self) -> SerialStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is(&self, status: SerialStatus) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status.clone();
        events::tell(&self.window, events::SCANNER, &status);
    }
}
