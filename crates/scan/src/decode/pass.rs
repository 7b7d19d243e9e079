//! One more look at a plane that gave nothing: through a filter, or by our own reader.

use super::{Corners, Reading, filters, grid, zxing::Zxing};
use crate::cputime::thread_ms;
use crate::luma::Luma;

/// What the plane goes through before zxing-cpp reads it, or who reads it instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// Our own reader, which stops by itself when its time is over.
    Grid,
    /// Twice the size.
    Doubled,
    /// The middle two thirds, twice the size: where the target box is, for less than half the time.
    DoubledMiddle,
    /// A 3×3 mean.
    Blurred,
    /// The mean, edges drawn out.
    Sharpened,
    /// The mean, black and white by the local mean.
    Binarised,
}

/// Milliseconds that all looks at one frame may take together: a pass that would not fit is left out. Some
/// pictures, such as a wallpaper of finder patterns, take a reader fifty times its usual time.
const BUDGET_MS: f64 = 200.0;
/// Of these, our own reader's.
const GRID_MS: f64 = 90.0;

impl Pass {
    /// Whether it fits, where the plain look took `plain_ms` and all so far `spent_ms`.
    pub(super) fn fits(self, plain_ms: f64, spent_ms: f64) -> bool {
        // In plain looks, as measured, and a bit more.
        let looks = match self {
            // It takes no longer than is left.
            Self::Grid => 0.0,
            Self::Doubled => 6.0,
            Self::DoubledMiddle => 3.0,
            Self::Blurred | Self::Sharpened | Self::Binarised => 2.0,
        };
        spent_ms + looks * plain_ms <= BUDGET_MS
    }

    /// Reads the plane so. `blurred` is kept from pass to pass over the same plane.
    pub(super) fn read(self, zxing: &Zxing, plane: &Luma, blurred: &mut Option<Luma>) -> Reading {
        let start = thread_ms();
        let (filtered, left, top) = match self {
            Self::Grid => {
                let reading = grid::read(plane, soft(plane, blurred), GRID_MS);
                return Reading {
                    ms: thread_ms() - start,
                    ..reading
                };
            }
            Self::Doubled => (filters::doubled(plane), 0, 0),
            Self::DoubledMiddle => {
                let (left, top) = (plane.width() / 6, plane.height() / 6);
                let middle = plane.part(left, top, plane.width() - 2 * left, plane.height() - 2 * top);
                (filters::doubled(&middle), left, top)
            }
            Self::Blurred => {
                // Read as it is kept.
                let spent = |reading: Reading| Reading {
                    ms: thread_ms() - start,
                    ..reading
                };
                return spent(zxing.read(soft(plane, blurred)));
            }
            Self::Sharpened => (filters::sharpened(soft(plane, blurred)), 0, 0),
            Self::Binarised => (filters::binarised(soft(plane, blurred)), 0, 0),
        };
        let mut reading = zxing.read(&filtered);
        if matches!(self, Self::Doubled | Self::DoubledMiddle) {
            let back = |c: &mut Corners| {
                for p in c {
                    *p = [p[0] / 2.0 + left as f32, p[1] / 2.0 + top as f32];
                }
            };
            reading.codes.iter_mut().for_each(|c| back(&mut c.corners));
            reading.located.iter_mut().for_each(back);
        }
        reading.ms = thread_ms() - start;
        reading
    }
}

fn soft<'a>(plane: &Luma, blurred: &'a mut Option<Luma>) -> &'a Luma {
    blurred.get_or_insert_with(|| filters::blur3(plane))
}
