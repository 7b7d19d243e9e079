//! A reader of our own for what the others locate or miss: out of focus, moved, cracked, without quiet zone.
//!
//! - [`marks`]: where finder patterns may be, and which three belong together
//! - [`pattern`] and [`fit`]: the lattice under which the known modules show best
//! - [`equalise`]: the blur taken out of the modules
//!
//! The modules then go to rqrr's error correction: nothing is computed here that could take long or guess a text.

mod equalise;
mod fit;
mod lattice;
mod marks;
mod pattern;

use equalise::Field;
use lattice::Lattice;
use pattern::{Group, Known, Pattern};

use super::{Corners, DecoderKind, Found, Reading, filters, near};
use crate::cputime::thread_ms;
use crate::luma::Luma;

/// Known modules agree at least so well where there is a code; below, a reading would be by luck.
const AGREES: f32 = 0.65;
/// Triples of marks that are looked at.
const TRIPLES: usize = 10;

/// Where marks are looked for, one after the other while nothing is read.
#[derive(Clone, Copy, Debug)]
enum Step {
    Plain,
    Sharpened,
    /// At half the size, where the same filter sharpens twice as wide a blur.
    Halved,
}

impl Step {
    const ALL: [Self; 3] = [Self::Plain, Self::Sharpened, Self::Halved];

    fn marks(self, soft: &Luma) -> Vec<marks::Mark> {
        // Sharpening draws noise out as well.
        let contrast = match self {
            Self::Plain => 8,
            Self::Sharpened => 24,
            Self::Halved => 16,
        };
        let grey = match self {
            Self::Plain => soft,
            Self::Sharpened => &filters::sharpened(soft),
            Self::Halved => &filters::sharpened(&soft.shrink(soft.width() / 2, soft.height() / 2)),
        };
        let mut marks = marks::marks(
            &filters::local_mean(grey, (soft.width() / 64).max(4), 3),
            grey,
            contrast,
        );
        if matches!(self, Self::Halved) {
            marks.iter_mut().for_each(marks::Mark::double);
        }
        marks
    }
}

/// Reads codes around the marks of the plane.
pub(super) fn read(plane: &Luma, soft: &Luma, budget_ms: f64) -> Reading {
    let start = thread_ms();
    let mut reading = Reading::default();
    let left = || budget_ms - (thread_ms() - start);
    let mut seen: Vec<[f32; 2]> = Vec::new();
    for step in Step::ALL {
        let marks = step.marks(soft);
        for triple in marks::triples(&marks).into_iter().take(TRIPLES) {
            if left() < 0.0 {
                break;
            }
            let middle = [
                (triple.middles[1][0] + triple.middles[2][0]) / 2.0,
                (triple.middles[1][1] + triple.middles[2][1]) / 2.0,
            ];
            let known = |s: &[f32; 2]| (s[0] - middle[0]).hypot(s[1] - middle[1]) < 2.0 * triple.unit;
            if seen.iter().any(known) {
                continue;
            }
            let from = if triple.unit >= 2.5 { soft } else { plane };
            let Some((lattice, pattern, score)) = fit::fit(from, triple.middles, triple.unit) else {
                continue;
            };
            if score.abs() < AGREES {
                continue;
            }
            match decode(from, lattice, &pattern, score.signum()) {
                Ok(found) => {
                    seen.push(middle);
                    reading.codes.push(found);
                }
                Err(corners) => reading.located.push(corners),
            }
        }
        if !reading.codes.is_empty() {
            break;
        }
    }
    let codes = &reading.codes;
    reading
        .located
        .retain(|l| !codes.iter().any(|c| near(&c.corners, l)));
    reading.ms = thread_ms() - start;
    reading
}

/// The code under a lattice, or where it is.
fn decode(plane: &Luma, mut lattice: Lattice, pattern: &Pattern, sign: f32) -> Result<Found, Corners> {
    let known: Vec<f32> = pattern.shades.iter().map(|s| s * sign).collect();
    let mut shades = known.clone();
    if let Some(bytes) = modules(plane, &lattice, &known, &mut shades, sign) {
        return Ok(found(bytes, &lattice));
    }
    // What came out tells where every module is, not the known ones alone.
    let groups = quarters(&shades, pattern.size);
    fit::refine(&mut lattice, &[2, 0, 1, 3], &[0.25, 0.12], |l| {
        fit::agreement(plane, l, &groups)
    });
    shades.clone_from(&known);
    match modules(plane, &lattice, &known, &mut shades, sign) {
        Some(bytes) => Ok(found(bytes, &lattice)),
        None => Err(lattice.outline()),
    }
}

/// Reads the modules as they are, and then with the blur taken out further and further; `shades` are the last.
fn modules(plane: &Luma, lattice: &Lattice, known: &[f32], shades: &mut [f32], sign: f32) -> Option<Vec<u8>> {
    let field = Field::of(plane, lattice);
    if let Some(bytes) = bits(&field.plain(), sign, lattice.size) {
        return Some(bytes);
    }
    for stiffness in [0.02, 0.01, 0.005] {
        let out = field.equalised(shades, stiffness)?;
        if let Some(bytes) = bits(&out, sign, lattice.size) {
            return Some(bytes);
        }
        for ((shade, out), known) in shades.iter_mut().zip(&out).zip(known) {
            *shade = if *known == 0.0 { *out } else { *known };
        }
    }
    None
}

/// The modules in four parts, since light differs across a code.
fn quarters(shades: &[f32], size: usize) -> Vec<Group> {
    let half = size as f32 / 2.0;
    let mut parts = vec![Vec::new(); 4];
    for (i, shade) in shades.iter().enumerate() {
        let (x, y) = ((i % size) as f32 + 0.5, (i / size) as f32 + 0.5);
        parts[usize::from(x > half) + 2 * usize::from(y > half)].push(Known {
            x,
            y,
            shade: shade.signum(),
        });
    }
    parts
}

fn found(bytes: Vec<u8>, lattice: &Lattice) -> Found {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Found {
        bytes,
        text,
        decoder: DecoderKind::Rqrr,
        corners: lattice.outline(),
    }
}

/// What the modules say, if their error correction agrees.
fn bits(shades: &[f32], sign: f32, size: usize) -> Option<Vec<u8>> {
    let dark = |x: usize, y: usize| shades[y * size + x] * sign < 0.0;
    let grid = rqrr::Grid::new(rqrr::SimpleGrid::from_func(size, dark));
    let mut bytes = Vec::new();
    (grid.decode_to(&mut bytes).is_ok() && !bytes.is_empty()).then_some(bytes)
}
