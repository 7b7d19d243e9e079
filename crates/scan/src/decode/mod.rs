//! From a brightness plane to the bytes of the codes in it.
//!
//! - [`zxing`]: zxing-cpp, the reader that reads most and stops in time
//! - [`fence`]: rqrr on a thread of its own, since it can panic and stall
//! - [`grid`]: a reader of our own for what the others miss
//! - [`filters`] and [`pass`]: what the plane goes through for a second look
//! - [`baseline`]: each reader alone, for comparison
//! - [`still`]: every pass on one picture; [`live`]: passes in turn on a stream of frames

pub mod baseline;
mod fence;
mod filters;
mod finders;
mod grid;
mod live;
mod pass;
mod still;
mod zxing;

pub use fence::{Fence, FenceState};
pub use live::LiveDecoder;
pub use still::StillDecoder;

use std::fmt;

/// Which reader read a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecoderKind {
    /// The `rqrr` crate.
    Rqrr,
    /// The `zxing-cpp` crate.
    ZxingCpp,
}

impl DecoderKind {
    /// Name as the program prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rqrr => "rqrr",
            Self::ZxingCpp => "zxing-cpp",
        }
    }
}

impl fmt::Display for DecoderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Corners of a code in pixels of the decoded plane: top left, top right, bottom right, bottom left of the
/// code itself, however it lies in the picture.
pub type Corners = [[f32; 2]; 4];

/// A code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Exactly what the code holds, never text made pretty.
    pub bytes: Vec<u8>,
    /// The bytes as text. Where they are not UTF-8, it is the reader's guess at their character set, for people
    /// to look at.
    pub text: String,
    /// Who read it.
    pub decoder: DecoderKind,
    /// Where.
    pub corners: Corners,
}

/// What one look at a plane gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Codes read; no two with the same bytes at the same place.
    pub codes: Vec<Found>,
    /// Codes that are there but could not be read.
    pub located: Vec<Corners>,
    /// Milliseconds computed for it, on all threads together.
    pub ms: f64,
}

impl Reading {
    /// Takes over what `other` saw and this did not.
    fn merge(&mut self, other: Self) {
        for code in other.codes {
            let known = |have: &Found| have.bytes == code.bytes && near(&have.corners, &code.corners);
            if !self.codes.iter().any(known) {
                self.codes.push(code);
            }
        }
        self.located.extend(other.located);
        let codes = &self.codes;
        self.located
            .retain(|place| !codes.iter().any(|c| near(&c.corners, place)));
        self.ms += other.ms;
    }
}

/// Middle of four corners.
pub fn centre(corners: &Corners) -> [f32; 2] {
    let sum = corners
        .iter()
        .fold([0.0, 0.0], |acc, c| [acc[0] + c[0], acc[1] + c[1]]);
    [sum[0] / 4.0, sum[1] / 4.0]
}

/// Mean length of the four sides, in pixels.
pub fn side(corners: &Corners) -> f32 {
    let length = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    (0..4)
        .map(|i| length(corners[i], corners[(i + 1) % 4]))
        .sum::<f32>()
        / 4.0
}

/// Whether two outlines are of one code: their middles are closer than half a side.
pub(crate) fn near(a: &Corners, b: &Corners) -> bool {
    let (ca, cb) = (centre(a), centre(b));
    (ca[0] - cb[0]).hypot(ca[1] - cb[1]) < side(a).max(side(b)) / 2.0
}
