//! Filters for a second look at a frame that gave nothing.
//!
//! A 3×3 mean takes noise and moiré out; a threshold at the local mean brings out a bright phone in a dark
//! room, shadows and low contrast, where the readers' own thresholds fail.

use crate::luma::Luma;

/// Mean of each pixel and its eight neighbours; borders repeat.
pub(super) fn blur3(plane: &Luma) -> Luma {
    let (w, h) = (plane.width(), plane.height());
    let mut out = Luma::filled(w, h, 0);
    let mut sums = vec![0u16; w];
    for y in 0..h {
        let rows = [
            plane.row(y.saturating_sub(1)),
            plane.row(y),
            plane.row((y + 1).min(h - 1)),
        ];
        for (((sum, &a), &b), &c) in sums.iter_mut().zip(rows[0]).zip(rows[1]).zip(rows[2]) {
            *sum = u16::from(a) + u16::from(b) + u16::from(c);
        }
        let line = &mut out.data_mut()[y * w..(y + 1) * w];
        for x in 0..w {
            let total = u32::from(sums[x.saturating_sub(1)])
                + u32::from(sums[x])
                + u32::from(sums[(x + 1).min(w - 1)]);
            // 7282 / 65536 is 1/9 to the last digit of a byte.
            line[x] = ((total * 7282 + 32768) >> 16) as u8;
        }
    }
    out
}

/// Hands `then` each pixel's place, and the sum and count of the square of `radius` around it.
fn around(plane: &Luma, radius: usize, mut then: impl FnMut(usize, usize, u32, u32)) {
    let (w, h) = (plane.width(), plane.height());
    // Sums of each column over the rows within the radius, moved down row by row.
    let mut columns = vec![0u32; w];
    let add =
        |columns: &mut [u32], row: &[u8]| columns.iter_mut().zip(row).for_each(|(c, &p)| *c += u32::from(p));
    for y in 0..radius.min(h) {
        add(&mut columns, plane.row(y));
    }
    let mut prefix = vec![0u32; w + 1];
    for y in 0..h {
        if y + radius < h {
            add(&mut columns, plane.row(y + radius));
        }
        if y > radius {
            columns
                .iter_mut()
                .zip(plane.row(y - radius - 1))
                .for_each(|(c, &p)| *c -= u32::from(p));
        }
        let rows = (y + radius).min(h - 1) - y.saturating_sub(radius) + 1;
        let mut sum = 0;
        for (total, column) in prefix[1..].iter_mut().zip(&columns) {
            sum += column;
            *total = sum;
        }
        for x in 0..w {
            let (left, right) = (x.saturating_sub(radius), (x + radius).min(w - 1) + 1);
            then(x, y, prefix[right] - prefix[left], (rows * (right - left)) as u32);
        }
    }
}

/// Black where a pixel is more than `bias` darker than the mean of the square of `radius` around it.
pub(super) fn local_mean(plane: &Luma, radius: usize, bias: u8) -> Luma {
    let (w, h) = (plane.width(), plane.height());
    let mut out = Luma::filled(w, h, 255);
    let data = out.data_mut();
    around(plane, radius, |x, y, sum, count| {
        if (u32::from(plane.data()[y * w + x]) + u32::from(bias)) * count < sum {
            data[y * w + x] = 0;
        }
    });
    out
}

/// The binarisation that measured best: a 3×3 mean, then the local mean within 1/64 of the width, minus 3.
pub(super) fn binarised(blurred: &Luma) -> Luma {
    local_mean(blurred, (blurred.width() / 64).max(4), 3)
}

/// Edges drawn out again: what a pixel differs from its surroundings, three times. For codes out of focus.
pub(super) fn sharpened(blurred: &Luma) -> Luma {
    let smooth = mean(&mean(blurred, 3), 3);
    let mut out = blurred.clone();
    for (p, &m) in out.data_mut().iter_mut().zip(smooth.data()) {
        *p = (3 * i16::from(*p) - 2 * i16::from(m)).clamp(0, 255) as u8;
    }
    out
}

fn mean(plane: &Luma, radius: usize) -> Luma {
    let w = plane.width();
    let mut out = Luma::filled(w, plane.height(), 0);
    let data = out.data_mut();
    around(plane, radius, |x, y, sum, count| {
        data[y * w + x] = ((sum + count / 2) / count) as u8
    });
    out
}

/// Twice the size, between pixels: readers sample whole pixels, and modules of two or three pixels need
/// more of them.
pub(super) fn doubled(plane: &Luma) -> Luma {
    let (w, h) = (plane.width(), plane.height());
    let mut out = Luma::filled(w * 2, h * 2, 0);
    // A new pixel lies a quarter into the old one: three parts of it and one of its neighbour.
    let wide = |row: &[u8], to: &mut [u16]| {
        for (x, pair) in to.chunks_exact_mut(2).enumerate() {
            let here = 3 * u16::from(row[x]);
            pair[0] = here + u16::from(row[x.saturating_sub(1)]);
            pair[1] = here + u16::from(row[(x + 1).min(w - 1)]);
        }
    };
    let mut lines = [vec![0u16; w * 2], vec![0u16; w * 2], vec![0u16; w * 2]];
    wide(plane.row(0), &mut lines[0]);
    wide(plane.row(0), &mut lines[1]);
    for (y, pair) in out.data_mut().chunks_exact_mut(w * 4).enumerate() {
        wide(plane.row((y + 1).min(h - 1)), &mut lines[2]);
        let (upper, lower) = pair.split_at_mut(w * 2);
        for x in 0..w * 2 {
            let here = 3 * lines[1][x];
            upper[x] = ((here + lines[0][x] + 8) >> 4) as u8;
            lower[x] = ((here + lines[2][x] + 8) >> 4) as u8;
        }
        lines.rotate_left(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noise(w: usize, h: usize, seed: u64) -> Luma {
        let mut rng = fastrand::Rng::with_seed(seed);
        Luma::new(w, h, (0..w * h).map(|_| rng.u8(..)).collect()).unwrap()
    }

    #[test]
    fn doubling_keeps_flats_and_ramps() {
        assert!(doubled(&Luma::filled(5, 3, 77)).data().iter().all(|&p| p == 77));
        let ramp = Luma::new(4, 1, vec![0, 40, 80, 120]).unwrap();
        assert_eq!(doubled(&ramp).data()[..8], [0, 10, 30, 50, 70, 90, 110, 120]);
        let column = Luma::new(1, 3, vec![0, 40, 80]).unwrap();
        let tall = doubled(&column);
        assert_eq!(
            (0..6).map(|y| tall.row(y)[0]).collect::<Vec<_>>(),
            [0, 10, 30, 50, 70, 80]
        );
    }

    #[test]
    fn sharpening_draws_an_edge_out_and_leaves_flats() {
        assert!(
            sharpened(&Luma::filled(20, 20, 90))
                .data()
                .iter()
                .all(|&p| p == 90)
        );
        let edge = Luma::new(20, 1, [vec![80; 10], vec![120; 10]].concat()).unwrap();
        let out = sharpened(&edge);
        assert!(out.data()[9] < 60 && out.data()[10] > 140, "{:?}", out.data());
    }

    proptest! {
        #[test]
        fn blur_is_the_mean_of_nine(w in 1usize..20, h in 1usize..20, seed: u64) {
            let plane = noise(w, h, seed);
            let blurred = blur3(&plane);
            for y in 0..h as isize {
                for x in 0..w as isize {
                    let at = |dx: isize, dy: isize| {
                        let row = plane.row((y + dy).clamp(0, h as isize - 1) as usize);
                        f64::from(row[(x + dx).clamp(0, w as isize - 1) as usize])
                    };
                    let mean = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))).map(|(dx, dy)| at(dx, dy)).sum::<f64>() / 9.0;
                    prop_assert!((f64::from(blurred.row(y as usize)[x as usize]) - mean).abs() <= 0.51);
                }
            }
        }

        #[test]
        fn local_mean_agrees_with_counting(w in 1usize..20, h in 1usize..20, radius in 1usize..8, bias in 0u8..20, seed: u64) {
            let plane = noise(w, h, seed);
            let out = local_mean(&plane, radius, bias);
            for y in 0..h {
                for x in 0..w {
                    let (mut sum, mut count) = (0u32, 0u32);
                    for row in y.saturating_sub(radius)..=(y + radius).min(h - 1) {
                        for column in x.saturating_sub(radius)..=(x + radius).min(w - 1) {
                            sum += u32::from(plane.row(row)[column]);
                            count += 1;
                        }
                    }
                    let black = (u32::from(plane.row(y)[x]) + u32::from(bias)) * count < sum;
                    prop_assert_eq!(out.row(y)[x] == 0, black);
                }
            }
        }
    }
}
