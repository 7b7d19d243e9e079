//! Each reader alone on the plain frame, for comparison. No part of scanning.

use super::{Reading, fence, zxing::Zxing};
use crate::luma::Luma;

/// zxing-cpp alone.
pub fn zxing(plane: &Luma) -> Reading {
    Zxing::new().read(plane)
}

/// rqrr alone, with neither fence nor deadline: it may take minutes. A panic reads nothing.
pub fn rqrr(plane: &Luma) -> Reading {
    std::panic::catch_unwind(|| fence::read(plane)).unwrap_or_default()
}
