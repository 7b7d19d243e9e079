//! Frames, and the one place where the latest of them lies: no queue, the newest wins.

use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use crate::luma::Luma;

/// A picture from a source, at most 1280×720.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Counts from 1 over the life of the scanner, frames that nobody looked at included.
    pub(crate) number: u32,
    /// The picture.
    pub(crate) luma: Arc<Luma>,
}

/// Where a source lays its newest frame and everyone else picks it up.
#[derive(Debug, Default)]
pub(crate) struct Latest {
    slot: Mutex<(u32, Option<Frame>)>,
    arrived: Condvar,
    /// Nothing moves: a camera need not unpack every frame that it sends.
    calm: AtomicBool,
}

impl Latest {
    fn lock(&self) -> MutexGuard<'_, (u32, Option<Frame>)> {
        // A frame is whole or not there; a panic elsewhere leaves nothing half done.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays down a frame and numbers it.
    pub(crate) fn put(&self, luma: Arc<Luma>) -> Frame {
        let mut slot = self.lock();
        slot.0 = slot.0.wrapping_add(1);
        let frame = Frame { number: slot.0, luma };
        slot.1 = Some(frame.clone());
        drop(slot);
        self.arrived.notify_all();
        frame
    }

    /// Takes the frame away: the camera is gone and its last picture would be a lie.
    pub(crate) fn clear(&self) {
        self.lock().1 = None;
        self.be_calm(false);
    }

    /// Says whether anything moves in the frames, to whoever makes them.
    pub(crate) fn be_calm(&self, calm: bool) {
        self.calm.store(calm, Ordering::Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// The newest frame.
    pub(crate) fn get(&self) -> Option<Frame> {
        self.lock().1.clone()
    }

    /// The newest frame with another number than `seen`, waiting for it at most `patience`.
    pub(crate) fn newer_than(&self, seen: u32, patience: Duration) -> Option<Frame> {
        let fresh = |slot: &(u32, Option<Frame>)| slot.1.as_ref().is_some_and(|f| f.number != seen);
        let (slot, _) = self
            .arrived
            .wait_timeout_while(self.lock(), patience, |slot| !fresh(slot))
            .unwrap_or_else(PoisonError::into_inner);
        fresh(&slot).then(|| slot.1.clone()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_and_numbers_go_on() {
        let latest = Latest::default();
        for value in 0..3 {
            latest.put(Arc::new(Luma::filled(2, 2, value)));
        }
        let frame = latest.newer_than(1, Duration::ZERO).unwrap();
        assert_eq!((frame.number, frame.luma.data()[0]), (3, 2));
        assert!(latest.newer_than(3, Duration::ZERO).is_none());
        latest.clear();
        assert!(latest.get().is_none());
        assert_eq!(latest.put(Arc::new(Luma::filled(1, 1, 0))).number, 4);
    }
}
