//! One picture, every pass.

use std::sync::Arc;

use super::{Fence, Reading, pass::Pass, zxing::Zxing};
use crate::luma::Luma;

/// In the order of what each reads that the ones before did not.
const PASSES: [Pass; 5] = [
    Pass::Grid,
    Pass::Doubled,
    Pass::Sharpened,
    Pass::Blurred,
    Pass::Binarised,
];

/// Reads single pictures: one pass after the other until something is read.
pub struct StillDecoder {
    zxing: Zxing,
    fence: Fence,
}

impl std::fmt::Debug for StillDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StillDecoder")
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}

impl Default for StillDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl StillDecoder {
    /// A decoder for the thread that makes it.
    pub fn new() -> Self {
        Self {
            zxing: Zxing::new(),
            fence: Fence::new(),
        }
    }

    /// Every code in the picture. A picture larger than 1280×720 has to be fitted before ([`Luma::fit`]);
    /// corners are in pixels of `plane`.
    pub fn decode(&mut self, plane: &Arc<Luma>) -> Reading {
        let mut reading = self.zxing.read(plane);
        let plain_ms = reading.ms;
        let mut blurred = None;
        for pass in PASSES {
            if !reading.codes.is_empty() {
                return reading;
            }
            if pass.fits(plain_ms, reading.ms) {
                reading.merge(pass.read(&self.zxing, plane, &mut blurred));
            }
        }
        if reading.codes.is_empty() {
            self.fence.submit(plane);
            if let Some(last) = self.fence.wait() {
                reading.merge(last);
            }
        }
        reading
    }
}
