//! The handle: everything that a window or a program can ask of a door. Cheap to clone; every method may be called from anywhere.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use serde_json::Value;
use tokio::sync::broadcast;
use tokio::time::Duration;

use crate::error::{DoorError, Result};
use crate::facts;
use crate::follow::Message;
use crate::known::wall_ms;
use crate::open::Parts;
use crate::settings::Settings;
use crate::view::DoorEvent;

mod entries;
mod fleet;
mod many;
mod nights;
mod outbox;
mod questions;
mod status;
mod writes;

pub use fleet::Invited;

/// How long a door that closes waits for the hub to hear it.
const GOODBYE: Duration = Duration::from_secs(1);

/// Where the hub is, and the token that it gave this device.
#[derive(Clone)]
pub struct HubAddress {
    /// As `http://192.168.1.10:7070`.
    pub url: String,
    /// The token. Never written to a log.
    pub token: String,
}

impl std::fmt::Debug for HubAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubAddress")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What a door is opened with.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// The folder that holds this door's facts. One process at a time.
    pub data_dir: PathBuf,
    /// The hub; `None`: the door works from what it has.
    pub hub: Option<HubAddress>,
    /// The door's name, as "Puerta 1"; `None`: the one that it had.
    pub name: Option<String>,
    /// Settings of the connection.
    pub settings: Settings,
}

/// A door.
#[derive(Debug, Clone)]
pub struct Door {
    pub(crate) parts: Arc<Parts>,
}

impl Door {
    /// Opens a door. It does not wait for the hub. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// `data_dir_in_use`, `newer_database`, `storage`, `disk_full`, `invalid_config` (the hub's address).
    pub async fn open(options: DoorOptions) -> Result<Self> {
        let parts = tokio::task::spawn_blocking({
            let runtime = tokio::runtime::Handle::current();
            move || {
                // Opening reads files; the tasks that it starts belong to the runtime.
                let _inside = runtime.enter();
                Parts::open(options)
            }
        })
        .await
        .map_err(|_| DoorError::closed())??;
        parts.say_ready();
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// What the door says by itself: for the first who asks from the opening on, for others from now on. A reader that falls behind misses the oldest and should ask for everything again.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<DoorEvent> {
        self.parts.announcer.listen()
    }

    /// The window was focused: stale data is fetched again.
    pub fn focus(&self) {
        self.tell_link(Message::Focused);
    }

    /// Changes a setting for this run.
    ///
    /// # Errors
    /// `invalid_config`: no such key, or a value that does not fit.
    pub fn set(&self, key: &str, value: &Value) -> Result<()> {
        let settings = {
            let mut settings = self.parts.settings.lock().unwrap_or_else(PoisonError::into_inner);
            settings.set(key, value)?;
            settings.clone()
        };
        self.tell_link(Message::Settings(Box::new(settings)));
        Ok(())
    }

    /// Ends the door's tasks and closes its files, and comes back when the folder is free. Dropping the last handle does the same without waiting. Facts stay on disk. Other clones answer with errors afterwards.
    pub async fn close(&self) {
        self.say_goodbye().await;
        self.parts.close().await;
    }

    /// So that no manager looks for a laptop that somebody closed. Where the hub is not there it finds out by itself.
    async fn say_goodbye(&self) {
        let Some(hub) = &self.parts.hub else { return };
        if self.parts.closed.is_cancelled() || !self.parts.view.get().state.reaches() {
            return;
        }
        let wall = wall_ms();
        let Ok(left) = self.read(move |reads| facts::counts(reads.facts(), wall)).await else {
            return;
        };
        if let Some(report) = hub.reporter().goodbye(left.pending) {
            let told = tokio::time::timeout(GOODBYE, hub.report(&report)).await;
            tracing::debug!(told = matches!(told, Ok(Ok(()))), "said goodbye to the hub");
        }
    }

    fn tell_link(&self, message: Message) {
        if let Some(link) = &self.parts.link {
            // The link ends only when the door is closed.
            let _ = link.send(message);
        }
    }
}
