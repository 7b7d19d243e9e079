//! What would help the guest, from one frame.
//!
//! - [`texture`]: patches that look like a code, whether a reader finds a pattern in them or not
//! - [`edges`]: how light, burnt out and sharp such a patch is
//! - [`steady`]: from what each frame says to what is shown

mod edges;
mod steady;
#[cfg(test)]
mod tests;
mod texture;

pub(crate) use steady::Steady;

use crate::blocks::Blocks;
use crate::decode::{Corners, Reading, side};
use crate::luma::Luma;
use crate::view::Hint;
use edges::Edges;
use texture::Texture;

/// Brightness: a picture that is hardly anywhere lighter is too dark.
const DARK: u8 = 55;
/// And this is next to nothing.
const BLACK: u8 = 24;
/// Below this, edges are too soft for any reader.
const SHARP: f32 = 0.42;
/// Pixels of a run: below this, modules have less than two, and no reader gets far.
const FINE: f32 = 6.0;
/// What is washed out is lighter than this,
const LIGHT: u8 = 170;
/// and lighter than the code's own light by no less than this below.
const LIGHT_WANDERS: u8 = 30;

/// A hint for a frame in which nothing was read, or none: most of the time nobody is there. It takes about a
/// millisecond, once something is there.
pub(crate) fn of(plane: &Luma, blocks: &Blocks, reading: &Reading) -> Option<Hint> {
    let light = Light::of(blocks);
    if light.covered() {
        return Some(Hint::Covered);
    }
    if light.high < DARK {
        return Some(Hint::TooDark);
    }
    let texture = Texture::of(plane, texture::above_noise)?;
    if filled_by_one_code(&texture) {
        return Some(Hint::TooNear);
    }
    if let Some(patch) = texture.patches().iter().find(|p| p.compact()) {
        let edges = Edges::of(plane, patch.area());
        let light = edges.light.saturating_sub(LIGHT_WANDERS).max(LIGHT);
        let washed_out = texture.washed_out(patch, light);
        if edges.sharp >= SHARP && edges.run >= FINE && washed_out >= 3 && washed_out * 16 >= patch.count {
            return Some(Hint::Glare);
        }
        return unread(&edges);
    }
    let place = reading
        .located
        .iter()
        .max_by(|a, b| side(a).total_cmp(&side(b)))?;
    unread(&Edges::of(plane, around(place)))
}

/// A code is there and cannot be read: why?
fn unread(edges: &Edges) -> Option<Hint> {
    if edges.contrast() < 20 {
        None
    } else if edges.sharp < SHARP {
        Some(Hint::Blurred)
    } else if edges.run < FINE {
        Some(Hint::TooFar)
    } else {
        None
    }
}

/// Whether there are modules, as large as others' codes, over most of the picture.
fn filled_by_one_code(texture: &Texture) -> bool {
    let contrast = contrast(texture.small());
    let coarse = Texture::of(texture.small(), |_| i32::from(contrast / 4));
    contrast > 100 && coarse.is_some_and(|c| c.share() > 0.2)
}

/// Between the darkest and the lightest tenth.
fn contrast(plane: &Luma) -> u8 {
    let mut values: Vec<u8> = plane.data().iter().step_by(7).copied().collect();
    values.sort_unstable();
    let at = |part: usize| values.get(values.len() * part / 10).copied().unwrap_or(0);
    at(9).saturating_sub(at(1))
}

/// The box around corners, in pixels.
fn around(place: &Corners) -> [usize; 4] {
    let least = |axis: usize| place.iter().map(|c| c[axis]).fold(f32::MAX, f32::min).max(0.0) as usize;
    let most = |axis: usize| place.iter().map(|c| c[axis]).fold(0.0, f32::max) as usize;
    [least(0), least(1), most(0), most(1)]
}

/// How the whole frame is lit.
struct Light {
    /// Brightness that one block in fifty is below, and above.
    low: u8,
    high: u8,
    /// Between neighbouring blocks, one pair in a hundred differs by more.
    borders: u8,
    /// Of the blocks, half have a smaller spread: noise, where nothing else is.
    noise: u8,
    /// One block in a hundred has a larger one.
    detail: u8,
}

impl Light {
    fn of(blocks: &Blocks) -> Self {
        let at = |mut values: Vec<u8>, part: f32| {
            values.sort_unstable();
            let last = values.len().saturating_sub(1);
            values.get((last as f32 * part) as usize).copied().unwrap_or(0)
        };
        let rows = blocks.means.chunks_exact(blocks.columns);
        let across = rows
            .clone()
            .flat_map(|row| row.windows(2).map(|w| w[0].abs_diff(w[1])));
        let down = rows
            .clone()
            .zip(rows.skip(1))
            .flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)));
        Self {
            low: at(blocks.means.clone(), 0.02),
            high: at(blocks.means.clone(), 0.98),
            borders: at(across.chain(down).collect(), 0.99),
            noise: at(blocks.spreads.clone(), 0.5),
            detail: at(blocks.spreads.clone(), 0.99),
        }
    }

    /// Black, or nothing but slow changes: a finger, a lid.
    fn covered(&self) -> bool {
        // Means of sixteen pixels differ by less than a third of the spread of these pixels.
        let grain = (u16::from(self.noise) * 3 / 10) as u8;
        if self.high < BLACK {
            // What little there is to see in a dark room differs from place to place.
            return self.high - self.low <= 2 + grain;
        }
        let slow = if self.high < DARK { 1 } else { 6 };
        self.borders <= slow + grain && self.detail <= 24 + self.noise.saturating_mul(2)
    }
}
