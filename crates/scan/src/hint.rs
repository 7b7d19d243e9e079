//! What would help the guest, from one frame.

use crate::blocks::Blocks;
use crate::decode::{Corners, Reading, side};
use crate::luma::Luma;
use crate::view::Hint;

/// A block with such a spread has something in it: print, an edge.
const DETAIL: u8 = 60;

/// A hint for a frame in which nothing was read, or none: most of the time nobody is there.
pub(crate) fn of(plane: &Luma, blocks: &Blocks, reading: &Reading) -> Option<Hint> {
    let mut means = blocks.means.clone();
    means.sort_unstable();
    let at = |part: f32| {
        means
            .get(((means.len() - 1) as f32 * part) as usize)
            .copied()
            .unwrap_or(0)
    };
    let (dark, light) = (at(0.02), at(0.98));
    let spread = blocks.spreads.iter().copied().max().unwrap_or(0);
    if light < 14 || (light - dark < 8 && spread < 24) {
        return Some(Hint::Covered);
    }
    if light < 55 {
        return Some(Hint::TooDark);
    }
    if let Some(place) = reading.located.iter().max_by(|a, b| side(a).total_cmp(&side(b))) {
        return located(plane, place);
    }
    let central = Middle::of(blocks);
    if central.white > 0.25 && central.detail > 0.05 {
        return Some(Hint::Glare);
    }
    if central.detail > 0.55 && central.white + central.black > 0.35 {
        // Modules larger than blocks, all over the picture.
        return Some(Hint::TooNear);
    }
    None
}

/// A code is there and cannot be read: why?
fn located(plane: &Luma, place: &Corners) -> Option<Hint> {
    let (w, h) = (plane.width() as f32, plane.height() as f32);
    let long = side(place);
    let outside = place
        .iter()
        .any(|&[x, y]| x < 2.0 || y < 2.0 || x > w - 3.0 || y > h - 3.0);
    if outside && long > h * 0.5 {
        return Some(Hint::TooNear);
    }
    let inside = pixels(plane, place);
    let white = inside.iter().filter(|&&p| p >= 250).count() as f32 / inside.len().max(1) as f32;
    // Half of a code is white; a reflection makes more of it so, and all of that burnt out.
    if white > 0.62 {
        return Some(Hint::Glare);
    }
    // A ticket has 41 modules a side: under two pixels each, no reader gets far.
    if long < 90.0 {
        return Some(Hint::TooFar);
    }
    Some(Hint::Blurred)
}

/// Pixels in the box around the corners, one in nine.
fn pixels(plane: &Luma, place: &Corners) -> Vec<u8> {
    let range = |axis: usize, end: usize| {
        let values = place.map(|c| c[axis].clamp(0.0, end as f32) as usize);
        values.iter().copied().min().unwrap_or(0)..values.iter().copied().max().unwrap_or(0)
    };
    let columns = range(0, plane.width());
    range(1, plane.height())
        .step_by(3)
        .flat_map(|y| {
            plane
                .row(y)
                .get(columns.clone())
                .unwrap_or_default()
                .iter()
                .step_by(3)
                .copied()
        })
        .collect()
}

/// Shares of the blocks in the middle half of the picture.
struct Middle {
    white: f32,
    black: f32,
    detail: f32,
}

impl Middle {
    fn of(blocks: &Blocks) -> Self {
        let (mut white, mut black, mut detail, mut count) = (0u32, 0u32, 0u32, 0u32);
        for y in blocks.rows / 4..(blocks.rows * 3).div_ceil(4) {
            for x in blocks.columns / 4..(blocks.columns * 3).div_ceil(4) {
                let i = y * blocks.columns + x;
                let (Some(&mean), Some(&spread)) = (blocks.means.get(i), blocks.spreads.get(i)) else {
                    continue;
                };
                count += 1;
                white += u32::from(mean >= 250);
                black += u32::from(mean <= 20);
                detail += u32::from(spread > DETAIL);
            }
        }
        let share = |n: u32| n as f32 / count.max(1) as f32;
        Self {
            white: share(white),
            black: share(black),
            detail: share(detail),
        }
    }
}
