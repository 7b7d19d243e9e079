//! What a camera has to be turned, and what people turned: between the camera's thread and everybody else.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::view::{Dial, Turn};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Panel(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    dials: Vec<Dial>,
    /// The last turn of each dial: a camera that was unplugged has forgotten them.
    turned: Vec<Turn>,
    /// Turned since the camera's thread looked.
    fresh: bool,
}

impl Panel {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Each part is replaced whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The dials of the camera that runs.
    pub(crate) fn dials(&self) -> Vec<Dial> {
        self.lock().dials.clone()
    }

    /// A person turns one; the camera's thread does it after its next frame.
    pub(crate) fn turn(&self, turn: Turn) {
        let mut state = self.lock();
        state.turned.retain(|t| t.what != turn.what);
        state.turned.push(turn);
        state.fresh = true;
    }

    /// Another camera comes: nothing of the old one holds.
    pub(crate) fn clear(&self) {
        *self.lock() = State::default();
    }

    /// Everything that was turned, for a camera that was just opened.
    pub(super) fn turned(&self) -> Vec<Turn> {
        let mut state = self.lock();
        state.fresh = false;
        state.turned.clone()
    }

    /// What was turned, if anything was since this was asked.
    pub(super) fn news(&self) -> Option<Vec<Turn>> {
        let mut state = self.lock();
        std::mem::take(&mut state.fresh).then(|| state.turned.clone())
    }

    /// What the camera has now; nothing, when it is gone.
    pub(super) fn show(&self, dials: Vec<Dial>) {
        self.lock().dials = dials;
    }
}
