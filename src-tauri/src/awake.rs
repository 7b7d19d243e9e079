//! The screen stays on while the door is open: nobody wants to wake a computer with a guest waiting.

use std::sync::{Arc, Mutex, PoisonError};

use keepawake::KeepAwake;

use crate::error::{ErrorView, Result};

/// Whether this app keeps the screen on.
#[derive(Clone, Default)]
pub(crate) struct Awake(Arc<Mutex<Option<KeepAwake>>>);

impl Awake {
    /// Keeps the screen on, or lets the system do as it likes again. Asks the system, which may take a moment: not for an async thread.
    ///
    /// # Errors
    /// `internal`: this system has nobody to ask (no session bus, say).
    pub(crate) fn keep(&self, on: bool) -> Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if on && kept.is_none() {
            let awake = keepawake::Builder::default()
                .display(true)
                .idle(true)
                .reason("The door is open")
                .app_name("Portero")
                .app_reverse_domain("app.portero.door")
                .create();
            *kept = Some(awake.map_err(|error| {
                ErrorView::new(
                    portero_protocol::problem::Code::Internal,
                    format!("the screen cannot be kept on: {error}"),
                )
            })?);
        } else if !on {
            *kept = None;
        }
        Ok(())
    }
}
