//! How light, burnt out and sharp a part of a frame is.

use crate::luma::Luma;

/// What is measured in a rectangle of the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edges {
    /// Brightness that a twentieth of the pixels is below, and above.
    pub(super) dark: u8,
    pub(super) light: u8,
    /// The steepest step over two pixels, in the direction in which it is smallest, as a part of the contrast:
    /// about 1 for a sharp edge, and less than a half where it takes five pixels.
    pub(super) sharp: f32,
    /// Pixels from one change between dark and light to the next: in a code, about two modules.
    pub(super) run: f32,
}

/// Rows, and columns, in which changes are looked for.
const LINES: usize = 40;

impl Edges {
    /// `area`: left, top, right, bottom in pixels, the last two beyond it.
    pub(super) fn of(plane: &Luma, area: [usize; 4]) -> Self {
        let (left, top) = (area[0].max(2), area[1].max(2));
        let (right, bottom) = (
            area[2].min(plane.width().saturating_sub(3)),
            area[3].min(plane.height().saturating_sub(3)),
        );
        if right <= left + 4 || bottom <= top + 4 {
            return Self::default();
        }
        // Some thousand pixels are enough, whatever the size.
        let stride = ((right - left) * (bottom - top) / 4000).isqrt().max(1);
        let mut shades = [0u32; 256];
        let mut steps = [[0u32; 256]; 4];
        let mut total = 0u32;
        for y in (top..bottom).step_by(stride) {
            let rows = [-2isize, -1, 0, 1, 2].map(|d| plane.row(y.saturating_add_signed(d)));
            for x in (left..right).step_by(stride) {
                let at = |dx: isize, dy: isize| -> i32 {
                    let row = rows[(dy + 2) as usize];
                    i32::from(row[x.saturating_add_signed(dx)])
                };
                shades[at(0, 0) as usize] += 1;
                total += 1;
                for (counts, (dx, dy)) in steps.iter_mut().zip([(1, 0), (0, 1), (1, 1), (1, -1)]) {
                    // Three beside each other, against noise.
                    let line = |n: isize| {
                        let (x, y) = (n * dx, n * dy);
                        at(x, y) * 2 + at(x - dy, y + dx) + at(x + dy, y - dx)
                    };
                    let step = if dx * dy == 0 {
                        line(1).abs_diff(line(-1)) / 4
                    } else {
                        at(dx, dy).abs_diff(at(-dx, -dy))
                    };
                    counts[step.min(255) as usize] += 1;
                }
            }
        }
        let (dark, light) = (below(&shades, total, 0.05), below(&shades, total, 0.95));
        let steepest = steps
            .iter()
            .map(|counts| below(counts, total, 0.97))
            .min()
            .unwrap_or(0);
        Self {
            dark,
            light,
            sharp: f32::from(steepest) / f32::from(light.saturating_sub(dark).max(1)),
            run: run(plane, [left, top, right, bottom], dark, light),
        }
    }

    pub(super) fn contrast(&self) -> u8 {
        self.light.saturating_sub(self.dark)
    }
}

/// The value that this part of them is not above.
fn below(counts: &[u32; 256], total: u32, part: f32) -> u8 {
    let mut left = (total as f32 * part) as u32;
    for (value, &n) in counts.iter().enumerate() {
        if n > left {
            return value as u8;
        }
        left -= n;
    }
    255
}

/// The mean run in the area's rows and columns, without those that are much longer than most: they lie beyond
/// the code.
fn run(plane: &Luma, [left, top, right, bottom]: [usize; 4], dark: u8, light: u8) -> f32 {
    let (third, two_thirds) = (
        dark + (light - dark) / 5 * 2,
        light - (light.saturating_sub(dark)) / 5 * 2,
    );
    let mut lengths = [0usize; 256];
    let mut line = |pixels: &mut dyn Iterator<Item = u8>| {
        let (mut is_light, mut start) = (None, 0);
        for (i, p) in pixels.enumerate() {
            let now = if p >= two_thirds {
                Some(true)
            } else if p <= third {
                Some(false)
            } else {
                is_light
            };
            if now != is_light {
                if is_light.is_some() {
                    lengths[(i - start).min(255)] += 1;
                }
                (is_light, start) = (now, i);
            }
        }
    };
    for y in (top..bottom).step_by(((bottom - top) / LINES).max(1)) {
        line(&mut plane.row(y)[left..right].iter().copied());
    }
    for x in (left..right).step_by(((right - left) / LINES).max(1)) {
        line(&mut (top..bottom).map(|y| plane.row(y)[x]));
    }
    let half = lengths.iter().sum::<usize>() / 2;
    let mut below = 0;
    let median = lengths
        .iter()
        .position(|&n| {
            below += n;
            below > half
        })
        .unwrap_or(0);
    let usual = &lengths[..(4 * median + 1).min(255)];
    let count: usize = usual.iter().sum();
    let sum: usize = usual.iter().enumerate().map(|(length, n)| length * n).sum();
    sum as f32 / count.max(1) as f32
}
