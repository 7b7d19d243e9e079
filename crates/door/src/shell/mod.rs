//! The async shells around the state machines: they bring what happened, and do what is to be done.
//!
//! [`link`] feeds the connection, [`courier`] the outbox, [`fetch`] takes changes and snapshots, [`herald`] says how this
//! laptop is, [`keyring`] publishes its key.

pub(crate) mod courier;
pub(crate) mod fetch;
pub(crate) mod herald;
pub(crate) mod keyring;
pub(crate) mod link;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::ids::DeviceId;
use portero_protocol::problem::Code;

use crate::facts::ItemId;
use crate::view::LinkState;

/// A clock that only goes forward, in ms since the door was opened: what the state machines count in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks(Instant);

impl Ticks {
    /// Starts at 0.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Now.
    pub(crate) fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// What has left for the hub and is not answered yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashSet<ItemId>>>);

impl UnderWay {
    /// Whether it is one of them.
    pub(crate) fn holds(&self, id: ItemId) -> bool {
        self.items().contains(&id)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.items().len()).unwrap_or(u32::MAX)
    }

    /// These leave.
    pub(crate) fn left(&self, ids: impl IntoIterator<Item = ItemId>) {
        self.items().extend(ids);
    }

    /// These were answered, or got no answer.
    pub(crate) fn back<'i>(&self, ids: impl IntoIterator<Item = &'i ItemId>) {
        let mut items = self.items();
        for id in ids {
            items.remove(id);
        }
    }

    fn items(&self) -> MutexGuard<'_, HashSet<ItemId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the badge shows of the connection, and what the outbox has to know about it.
#[derive(Debug, Clone)]
pub(crate) struct LinkView {
    pub(crate) state: LinkState,
    /// Unix ms of this device's clock.
    pub(crate) since_ms: i64,
    pub(crate) problem: Option<Code>,
    /// The last try to record or store something found no room. Ends with the next that does.
    pub(crate) disk_full: bool,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) head: u64,
    /// In [`Ticks`].
    pub(crate) proven: Option<u64>,
    /// A delivery should bring the changes after this back.
    pub(crate) since_wanted: Option<Cursor>,
    /// The device and role that the hub named.
    pub(crate) device: Option<DeviceId>,
    pub(crate) role: Option<Role>,
}

/// The [`LinkView`], shared.
#[derive(Debug, Clone)]
pub(crate) struct SharedView(Arc<Mutex<LinkView>>);

impl SharedView {
    /// One that says so much.
    pub(crate) fn new(view: LinkView) -> Self {
        Self(Arc::new(Mutex::new(view)))
    }

    /// As it is now.
    pub(crate) fn get(&self) -> LinkView {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut LinkView)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
