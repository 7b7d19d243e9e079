//! A quick count of finder patterns, so that rqrr is spared a wallpaper of them.

use crate::luma::Luma;

/// Above this, rqrr's grouping takes seconds: a guest can show a wallpaper of finder patterns on a phone.
pub(super) const TOO_MANY: usize = 30;

/// Roughly how many finder patterns there are, at most [`TOO_MANY`] + 1. Every third row is looked at, with
/// the row's own running mean as the threshold.
pub(super) fn count(plane: &Luma) -> usize {
    let mut seen: Vec<(usize, usize, usize)> = Vec::new();
    for y in (0..plane.height()).step_by(3) {
        for (x, size) in in_row(plane.row(y)) {
            let same = |&&mut (sx, sy, _): &&mut (usize, usize, usize)| {
                sx.abs_diff(x) * 2 <= size && y.saturating_sub(sy) <= size
            };
            match seen.iter_mut().find(same) {
                Some(known) => *known = (x, y, known.2 + 1),
                None => seen.push((x, y, 1)),
            }
        }
        if seen.len() > 40 * TOO_MANY {
            return TOO_MANY + 1;
        }
    }
    seen.iter()
        .filter(|&&(_, _, hits)| hits > 1)
        .take(TOO_MANY + 1)
        .count()
}

/// Middles and sizes of runs dark 1 : light 1 : dark 3 : light 1 : dark 1.
fn in_row(row: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut runs = [0usize; 5];
    let mut dark = false;
    // A mean that forgets within about 32 pixels, from both sides of a pixel: here from the left alone.
    let mut mean = row.first().map_or(0, |&p| i32::from(p)) << 5;
    for (x, &pixel) in row.iter().chain(std::iter::once(&255)).enumerate() {
        mean += i32::from(pixel) - (mean >> 5);
        let is_dark = (i32::from(pixel) + 4) << 5 < mean;
        if is_dark == dark {
            runs[4] += 1;
            continue;
        }
        if dark {
            let total: usize = runs.iter().sum();
            let unit = total as f32 / 7.0;
            let fits = |run: usize, n: f32| (run as f32 - n * unit).abs() <= unit * 0.6 * n.max(1.0).sqrt();
            if total >= 7
                && runs[0] > 0
                && [1.0, 1.0, 3.0, 1.0, 1.0]
                    .iter()
                    .zip(runs)
                    .all(|(&n, run)| fits(run, n))
            {
                found.push((x.saturating_sub(total / 2), total));
            }
        }
        runs.rotate_left(1);
        runs[4] = 1;
        dark = is_dark;
    }
    found
}
