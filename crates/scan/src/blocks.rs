//! A coarse look at a frame, cheap enough for every one: means and spreads of blocks.

use crate::luma::Luma;

/// Pixels on a block's side.
const BLOCK: usize = 16;
/// Every so many pixels, one is looked at.
const STEP: usize = 4;

/// Means and spreads of 16×16 blocks, from one pixel in sixteen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Mean brightness, row after row.
    pub(crate) means: Vec<u8>,
    /// Brightest less darkest.
    pub(crate) spreads: Vec<u8>,
}

impl Blocks {
    pub(crate) fn of(plane: &Luma) -> Self {
        let (columns, rows) = ((plane.width() / BLOCK).max(1), (plane.height() / BLOCK).max(1));
        let mut means = Vec::with_capacity(columns * rows);
        let mut spreads = Vec::with_capacity(columns * rows);
        // The last block of a row or column takes what is left over.
        let range =
            |i: usize, n: usize, end: usize| i * BLOCK..if i + 1 == n { end } else { (i + 1) * BLOCK };
        for j in 0..rows {
            for i in 0..columns {
                let (mut sum, mut count, mut low, mut high) = (0u32, 0u32, 255u8, 0u8);
                for y in range(j, rows, plane.height()).step_by(STEP) {
                    for &p in plane.row(y)[range(i, columns, plane.width())]
                        .iter()
                        .step_by(STEP)
                    {
                        sum += u32::from(p);
                        count += 1;
                        low = low.min(p);
                        high = high.max(p);
                    }
                }
                means.push((sum / count.max(1)) as u8);
                spreads.push(high.saturating_sub(low));
            }
        }
        Self {
            columns,
            rows,
            means,
            spreads,
        }
    }

    /// Whether nothing moved since `before`: the blocks' means changed by no more than sensor noise does.
    pub(crate) fn same_as(&self, before: &Self) -> bool {
        /// The mean of 16 pixels with a noise of 6 wanders by 1.5; a moving edge changes it by tens.
        const NOISE: u8 = 7;
        /// Where most blocks are full of print, their spread is no noise.
        const MOST: u8 = 24;
        // With more noise, as the spread of most blocks shows it, means wander further: half of that spread is
        // five times what two of them differ by.
        let mut spreads = self.spreads.clone();
        let middle = spreads.len() / 2;
        let noise = (*spreads.select_nth_unstable(middle).1 / 2).clamp(NOISE, MOST);
        if (self.columns, self.rows) != (before.columns, before.rows) {
            return false;
        }
        // Among thousands of blocks one wanders further now and then; whatever moves covers several.
        let mut wandered = self
            .means
            .iter()
            .zip(&before.means)
            .map(|(a, b)| a.abs_diff(*b))
            .filter(|by| *by > noise);
        match wandered.next() {
            None => true,
            Some(by) => by <= noise * 2 && wandered.next().is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_no_movement_and_a_finger_is() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut noisy = || Luma::new(200, 100, (0..20_000).map(|_| rng.u8(90..110)).collect()).unwrap();
        let (a, mut b) = (noisy(), noisy());
        assert!(Blocks::of(&b).same_as(&Blocks::of(&a)));
        let mut dark = || Luma::new(200, 100, (0..20_000).map(|_| rng.u8(60..110)).collect()).unwrap();
        assert!(Blocks::of(&dark()).same_as(&Blocks::of(&dark())));
        for y in 40..60 {
            b.data_mut()[y * 200 + 90..y * 200 + 110].fill(160);
        }
        assert!(!Blocks::of(&b).same_as(&Blocks::of(&a)));
        assert!(!Blocks::of(&Luma::filled(100, 100, 100)).same_as(&Blocks::of(&a)));
    }
}
