//! One brightness plane, and how it is made smaller.

/// The most that is ever decoded: larger frames are shrunk to fit (`fit`), lying or standing.
pub const MAX_LONG: usize = 1280;
/// See [`MAX_LONG`].
pub const MAX_SHORT: usize = 720;

/// Brightness of a picture, 0 black to 255 white, rows without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

impl Luma {
    /// `None` if `data` is not `width` × `height` bytes, or a side is zero.
    pub fn new(width: usize, height: usize, data: Vec<u8>) -> Option<Self> {
        (width > 0 && height > 0 && width.checked_mul(height) == Some(data.len())).then_some(Self {
            width,
            height,
            data,
        })
    }

    /// A plane of one brightness; a side of zero becomes one.
    pub fn filled(width: usize, height: usize, value: u8) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self {
            width,
            height,
            data: vec![value; width * height],
        }
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row after row.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// All pixels, to be painted on.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// Row `y`; empty below the picture.
    pub fn row(&self, y: usize) -> &[u8] {
        self.data
            .get(y * self.width..(y + 1) * self.width)
            .unwrap_or_default()
    }

    /// A rectangle of it, cut off at the borders; at least one pixel.
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let (width, height) = (
            width.clamp(1, self.width - left),
            height.clamp(1, self.height - top),
        );
        let data = (top..top + height)
            .flat_map(|y| &self.row(y)[left..left + width])
            .copied()
            .collect();
        Self { width, height, data }
    }

    /// The same picture within 1280×720 (or 720×1280 for a standing one), by averaging areas. A picture
    /// that fits is handed back as it is.
    pub fn fit(self) -> Self {
        let (long, short) = (self.width.max(self.height), self.width.min(self.height));
        let scale = (MAX_LONG as f64 / long as f64).min(MAX_SHORT as f64 / short as f64);
        if scale >= 1.0 {
            return self;
        }
        let side = |n: usize| ((n as f64 * scale).round() as usize).max(1);
        self.shrink(side(self.width), side(self.height))
    }

    /// Averages areas down to `width` × `height`. Sides that would grow stay as they are.
    pub fn shrink(&self, width: usize, height: usize) -> Self {
        let (width, height) = (width.clamp(1, self.width), height.clamp(1, self.height));
        let columns = spans(self.width, width);
        let mut data = Vec::with_capacity(width * height);
        let mut sums = vec![0u32; width];
        // Weights are 1/256 of a pixel, so that a pixel on the border counts for both sides.
        for (top, bottom) in spans(self.height, height) {
            let mut acc = vec![0u64; width];
            for (y, wy) in weights(top, bottom) {
                let row = self.row(y.min(self.height - 1));
                for (sum, &(left, right)) in sums.iter_mut().zip(&columns) {
                    *sum = weights(left, right)
                        .map(|(x, wx)| u32::from(row[x.min(row.len() - 1)]) * wx)
                        .sum();
                }
                for (a, &s) in acc.iter_mut().zip(&sums) {
                    *a += u64::from(s) * u64::from(wy);
                }
            }
            for (a, &(left, right)) in acc.iter().zip(&columns) {
                let area = u64::from(right - left) * u64::from(bottom - top);
                data.push(((a + area / 2) / area.max(1)).min(255) as u8);
            }
        }
        Self { width, height, data }
    }
}

/// Borders of `to` equal parts of `from` pixels, in 1/256 pixel.
fn spans(from: usize, to: usize) -> Vec<(u32, u32)> {
    let at = |i: usize| (i as u64 * from as u64 * 256 / to as u64) as u32;
    (0..to).map(|i| (at(i), at(i + 1).max(at(i) + 1))).collect()
}

/// Pixels between two borders, each with its share in 1/256.
fn weights(start: u32, end: u32) -> impl Iterator<Item = (usize, u32)> {
    (start / 256..end.div_ceil(256)).map(move |p| {
        let (from, to) = (start.max(p * 256), end.min((p + 1) * 256));
        (p as usize, to - from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wrong_length_is_refused() {
        assert!(Luma::new(3, 2, vec![0; 5]).is_none());
        assert!(Luma::new(0, 2, vec![]).is_none());
        assert!(Luma::new(usize::MAX, 2, vec![0; 4]).is_none());
    }

    #[test]
    fn halving_averages_four() {
        let small = Luma::new(4, 2, vec![0, 100, 10, 10, 100, 0, 10, 10])
            .unwrap()
            .shrink(2, 1);
        assert_eq!(small.data(), [50, 10]);
    }

    #[test]
    fn fits_lying_and_standing() {
        let lying = Luma::filled(4000, 3000, 9).fit();
        assert_eq!((lying.width(), lying.height()), (960, 720));
        let standing = Luma::filled(1000, 3000, 9).fit();
        assert_eq!((standing.width(), standing.height()), (427, 1280));
        assert!(standing.data().iter().all(|&p| p == 9));
    }

    proptest! {
        #[test]
        fn shrinking_keeps_within_the_values(w in 1usize..60, h in 1usize..60, tw in 1usize..60, th in 1usize..60, seed: u64) {
            let mut rng = fastrand::Rng::with_seed(seed);
            let (lo, hi) = (40u8, 90u8);
            let plane = Luma::new(w, h, (0..w * h).map(|_| rng.u8(lo..=hi)).collect()).unwrap();
            let small = plane.shrink(tw, th);
            prop_assert_eq!(small.data().len(), small.width() * small.height());
            prop_assert!(small.data().iter().all(|p| (lo..=hi).contains(p)));
        }
    }
}
