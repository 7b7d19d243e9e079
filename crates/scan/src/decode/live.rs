//! A stream of frames: the passes take turns, so that no frame waits for all of them.

use std::sync::Arc;

use super::{Fence, FenceState, Reading, pass::Pass, zxing::Zxing};
use crate::luma::Luma;

/// Second looks, one a frame that gave nothing.
const ROTA: [Pass; 6] = [
    Pass::Grid,
    Pass::DoubledMiddle,
    Pass::Blurred,
    Pass::Grid,
    Pass::Sharpened,
    Pass::Binarised,
];

/// Reads frames of a camera. Each frame gets zxing-cpp as it is and, if that reads nothing, one of the
/// filters in turn; rqrr looks at frames when it is free, and what it read comes with a later frame.
pub struct LiveDecoder {
    zxing: Zxing,
    fence: Fence,
    turn: usize,
}

impl std::fmt::Debug for LiveDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveDecoder")
            .field("fence", &self.fence)
            .field("turn", &self.turn)
            .finish_non_exhaustive()
    }
}

impl Default for LiveDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl LiveDecoder {
    /// A decoder for the thread that makes it.
    pub fn new() -> Self {
        Self {
            zxing: Zxing::new(),
            fence: Fence::new(),
            turn: 0,
        }
    }

    /// What this frame gives, and what rqrr read in an earlier one.
    pub fn decode(&mut self, plane: &Arc<Luma>) -> Reading {
        let mut reading = self.zxing.read(plane);
        if reading.codes.is_empty() {
            let pass = ROTA[self.turn % ROTA.len()];
            self.turn = self.turn.wrapping_add(1);
            if pass.fits(reading.ms, reading.ms) {
                reading.merge(pass.read(&self.zxing, plane, &mut None));
            }
        }
        if let Some(late) = self.fence.poll() {
            reading.merge(late);
        }
        if reading.codes.is_empty() && self.fence.state() == FenceState::Idle {
            self.fence.submit(plane);
        }
        reading
    }

    /// What rqrr read in an earlier frame, for a frame that is not decoded.
    pub fn late(&mut self) -> Option<Reading> {
        self.fence.poll()
    }
}
