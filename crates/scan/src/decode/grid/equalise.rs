//! Takes the blur out of the modules.
//!
//! Out of focus or moved, each module is a mixture of itself and its neighbours. What the mixture is, the known
//! modules tell: the weights are sought with which the brightness around a module gives its shade, by least
//! squares over the modules whose shade is known (a linear equaliser trained on pilots, as radios have it).
//! What comes out for the others is mostly right, so all of them are then taken for known, and the weights
//! sought again.

use super::lattice::{Lattice, sample};
use crate::luma::Luma;

/// Modules around the code that are sampled too.
const MARGIN: usize = 2;
/// Half modules on each side of a module's middle that its shade is made of.
const REACH: isize = 3;
const TAPS: usize = ((2 * REACH + 1) * (2 * REACH + 1)) as usize + 1;

/// Brightness at every half module, each freed of the light around it.
pub(super) struct Field {
    size: usize,
    width: usize,
    values: Vec<f32>,
}

impl Field {
    pub(super) fn of(plane: &Luma, lattice: &Lattice) -> Self {
        let size = lattice.size;
        let width = 2 * (size + 2 * MARGIN) + 1;
        let place = |i: usize| i as f32 / 2.0 - MARGIN as f32;
        let values = (0..width * width)
            .map(|i| sample(plane, lattice.at(place(i % width), place(i / width))))
            .collect();
        let mut field = Self { size, width, values };
        field.flatten();
        field
    }

    /// Subtracts the mean of the modules within four, and divides by their spread: shadows and reflections are
    /// wider than that. What is beyond the code's border does not count.
    fn flatten(&mut self) {
        const RADIUS: usize = 9;
        let w = self.width;
        let (first, last) = (2 * MARGIN, w - 1 - 2 * MARGIN);
        let mut sums = vec![(0.0f64, 0.0f64); (w + 1) * (w + 1)];
        for y in 0..w {
            let mut row = (0.0, 0.0);
            for x in 0..w {
                if (first..=last).contains(&x) && (first..=last).contains(&y) {
                    let v = f64::from(self.values[y * w + x]);
                    row = (row.0 + v, row.1 + v * v);
                }
                let above = sums[y * (w + 1) + x + 1];
                sums[(y + 1) * (w + 1) + x + 1] = (above.0 + row.0, above.1 + row.1);
            }
        }
        let mut flat = Vec::with_capacity(w * w);
        for y in 0..w {
            for x in 0..w {
                let range = |i: usize| {
                    let i = i.clamp(first, last);
                    (i.saturating_sub(RADIUS).max(first), (i + RADIUS).min(last) + 1)
                };
                let ((left, right), (top, bottom)) = (range(x), range(y));
                let at = |x: usize, y: usize| sums[y * (w + 1) + x];
                let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
                let n = ((right - left) * (bottom - top)) as f64;
                let mean = (d.0 - b.0 - c.0 + a.0) / n;
                let spread = ((d.1 - b.1 - c.1 + a.1) / n - mean * mean).max(0.0).sqrt();
                flat.push(((f64::from(self.values[y * w + x]) - mean) / (spread + 1.5)) as f32);
            }
        }
        self.values = flat;
    }

    /// What a module's shade is made of.
    fn around(&self, x: usize, y: usize) -> [f32; TAPS] {
        let middle = |i: usize| (2 * (i + MARGIN) + 1) as isize;
        let (cx, cy) = (middle(x), middle(y));
        let mut taps = [1.0; TAPS];
        let row = (2 * REACH + 1) as usize;
        for (dy, line) in (-REACH..=REACH).zip(taps[..TAPS - 1].chunks_exact_mut(row)) {
            let start = (cy + dy) as usize * self.width + (cx - REACH) as usize;
            line.copy_from_slice(&self.values[start..start + row]);
        }
        taps
    }

    /// Each module's brightness as it is.
    pub(super) fn plain(&self) -> Vec<f32> {
        let middle = |i: usize| 2 * (i + MARGIN) + 1;
        let n = self.size;
        (0..n * n)
            .map(|i| self.values[middle(i / n) * self.width + middle(i % n)])
            .collect()
    }

    /// Each module's shade by weights that give `shades` (zero: not known) best.
    pub(super) fn equalised(&self, shades: &[f32], stiffness: f32) -> Option<Vec<f32>> {
        let n = self.size;
        let taps: Vec<_> = (0..n * n).map(|i| self.around(i % n, i / n)).collect();
        let mut normal = Normal::new();
        for (taps, &shade) in taps.iter().zip(shades) {
            if shade != 0.0 {
                normal.add(taps, shade);
            }
        }
        let weights = normal.solve(stiffness)?;
        let dot = |taps: &[f32; TAPS]| taps.iter().zip(&weights).map(|(a, b)| a * b).sum();
        Some(taps.iter().map(dot).collect())
    }
}

/// The normal equations of a least squares problem.
struct Normal {
    matrix: Vec<[f32; TAPS]>,
    right: [f32; TAPS],
    count: f32,
}

impl Normal {
    fn new() -> Self {
        Self {
            matrix: vec![[0.0; TAPS]; TAPS],
            right: [0.0; TAPS],
            count: 0.0,
        }
    }

    fn add(&mut self, taps: &[f32; TAPS], value: f32) {
        // A shade that is half known counts half.
        let weight = value.abs().min(1.0);
        let value = value.signum();
        for (i, row) in self.matrix.iter_mut().enumerate() {
            let t = taps[i] * weight;
            for (cell, other) in row[..=i].iter_mut().zip(taps) {
                *cell += t * other;
            }
            self.right[i] += t * value;
        }
        self.count += weight;
    }

    /// Cholesky's way, the weights held towards zero by `stiffness`.
    fn solve(&self, stiffness: f32) -> Option<[f32; TAPS]> {
        let hold = f64::from(stiffness * self.count);
        let mut l = vec![[0.0f64; TAPS]; TAPS];
        for i in 0..TAPS {
            for j in 0..=i {
                let mut sum = f64::from(self.matrix[i][j]);
                if i == j {
                    sum += hold;
                }
                for (of_i, of_j) in l[i].iter().zip(&l[j]).take(j) {
                    sum -= of_i * of_j;
                }
                if i == j {
                    if sum <= 1e-9 {
                        return None;
                    }
                    l[i][i] = sum.sqrt();
                } else {
                    l[i][j] = sum / l[j][j];
                }
            }
        }
        let mut x = self.right.map(f64::from);
        for i in 0..TAPS {
            for k in 0..i {
                x[i] -= l[i][k] * x[k];
            }
            x[i] /= l[i][i];
        }
        for i in (0..TAPS).rev() {
            for k in i + 1..TAPS {
                x[i] -= l[k][i] * x[k];
            }
            x[i] /= l[i][i];
        }
        Some(x.map(|v| v as f32))
    }
}
