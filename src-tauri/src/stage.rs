//! Where the app stands: starting, waiting for a first choice, running, or failed. Commands wait for the end of the start.

use std::sync::Arc;

use portero_protocol::problem::Code;
use tokio::sync::watch;

use crate::error::{ErrorView, Result};
use crate::session::Session;

/// Where the app stands.
#[derive(Clone)]
pub(crate) enum Stage {
    /// Databases and the embedded hub are being opened.
    Starting,
    /// Nobody has chosen what this device is.
    FirstStart,
    /// The door works.
    Running(Arc<Session>),
    /// It could not start; nothing was overwritten.
    Failed(ErrorView),
}

/// The app's place for its stage.
#[derive(Clone)]
pub(crate) struct Stages(watch::Sender<Stage>);

impl Stages {
    /// Starting.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Stage::Starting))
    }

    /// Goes to another stage.
    pub(crate) fn set(&self, stage: Stage) {
        self.0.send_replace(stage);
    }

    /// The stage now.
    #[must_use]
    pub(crate) fn now(&self) -> Stage {
        self.0.borrow().clone()
    }

    /// The stage after the start has ended.
    pub(crate) async fn settled(&self) -> Stage {
        let mut watcher = self.0.subscribe();
        // The sender lives as long as `self`, so the wait ends with a value.
        match watcher.wait_for(|stage| !matches!(stage, Stage::Starting)).await {
            Ok(stage) => stage.clone(),
            Err(_) => self.now(),
        }
    }

    /// The running door.
    ///
    /// # Errors
    /// This device was not set up, or could not start.
    pub(crate) async fn session(&self) -> Result<Arc<Session>> {
        match self.settled().await {
            Stage::Running(session) => Ok(session),
            Stage::Failed(error) => Err(error),
            Stage::Starting | Stage::FirstStart => Err(ErrorView::new(
                Code::NotSetUp,
                "this device has not been set up: choose a demo, a hub here, or a hub to join",
            )),
        }
    }
}

impl Default for Stages {
    fn default() -> Self {
        Self::new()
    }
}
