//! What the window is told by itself. Data never travels here: the window asks for the page that it shows.

use std::time::Duration;

use portero_door::Door;
use portero_door::view::DoorEvent;
use tauri::{AppHandle, Emitter};
use tokio::sync::broadcast::error::RecvError;

/// Something happened at the door: [`DoorEvent`].
pub(crate) const DOOR: &str = "door://event";
/// The badge's figures: `DoorStatus`.
pub(crate) const STATUS: &str = "door://status";
/// What a camera, or a scanner on a serial port, read was decided: `CameraAnswer`.
pub(crate) const ANSWER: &str = "door://answer";
/// Such a scan could not be recorded: `ErrorView`. Nobody was admitted.
pub(crate) const FAULT: &str = "door://fault";
/// The camera's state: `CameraStatus`.
pub(crate) const CAMERA: &str = "camera://status";
/// The state of the scanner on a serial port: `SerialStatus`.
pub(crate) const SCANNER: &str = "scanner://status";
/// The camera of a device that is nothing yet saw a code: the invitation in it, or `null` where it is none.
pub(crate) const INVITATION: &str = "start://invitation";
/// The app's stage changed: `Startup`.
pub(crate) const STARTUP: &str = "startup://changed";

/// How often the badge's figures are looked at while nothing says that they changed.
const STATUS_TICK: Duration = Duration::from_secs(1);

/// Tells the window what the door says, until the door is closed.
pub(crate) async fn forward(door: Door, window: AppHandle) {
    let mut events = door.events();
    let mut tick = tokio::time::interval(STATUS_TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut shown = None;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => {
                    let moves_the_badge = !matches!(event, DoorEvent::Changed { .. });
                    tell(&window, DOOR, &event);
                    if moves_the_badge {
                        shown = tell_status(&door, &window, shown).await;
                    }
                }
                // The window asks for everything again, as after a new snapshot.
                Err(RecvError::Lagged(_)) => tell(&window, DOOR, &DoorEvent::Changed { reservations: Vec::new() }),
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => shown = tell_status(&door, &window, shown).await,
        }
    }
}

/// Tells the figures where they differ from those that are shown; ages alone do not count, since the window counts them on.
async fn tell_status(
    door: &Door,
    window: &AppHandle,
    shown: Option<portero_door::view::DoorStatus>,
) -> Option<portero_door::view::DoorStatus> {
    let Ok(status) = door.status().await else {
        return shown;
    };
    let mut without_ages = status.clone();
    without_ages.data_age_ms = None;
    without_ages.outbox.oldest_ms = None;
    if shown.as_ref() != Some(&without_ages) {
        tell(window, STATUS, &status);
    }
    Some(without_ages)
}

/// Emits; a window that is gone is no error.
pub(crate) fn tell<T: serde::Serialize + Clone>(window: &AppHandle, event: &str, payload: &T) {
    if let Err(error) = window.emit(event, payload) {
        tracing::debug!("{event} was not delivered to the window: {error}");
    }
}
