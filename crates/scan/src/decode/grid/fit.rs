//! Lays a lattice over a picture so that the known modules fall where they show.

use super::lattice::{Lattice, sample};
use super::pattern::{Group, Pattern};
use crate::luma::Luma;

/// How well the known modules show: 1 if exactly, 0 if not at all, −1 if light and dark have changed places.
/// Each group is compared within itself, so that shadows and gradients do no harm.
pub(super) fn agreement<'a>(
    plane: &Luma,
    lattice: &Lattice,
    groups: impl IntoIterator<Item = &'a Group>,
) -> f32 {
    let (mut total, mut weight) = (0.0, 0.0);
    for group in groups {
        let (mut s, mut ss, mut st, mut t, mut tt) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for known in group {
            let v = sample(plane, lattice.at(known.x, known.y));
            s += v;
            ss += v * v;
            st += v * known.shade;
            t += known.shade;
            tt += known.shade * known.shade;
        }
        let n = group.len() as f32;
        // A group without contrast says nothing, and costs.
        let spread = ((ss - s * s / n) * (tt - t * t / n)).max(0.0).sqrt().max(n * 2.0);
        total += (st - s * t / n) / spread * n;
        weight += n;
    }
    total / f32::max(weight, 1.0)
}

/// Moves the anchors in turn, `steps` (in modules) at a time, as long as that helps.
pub(super) fn refine(
    lattice: &mut Lattice,
    free: &[usize],
    steps: &[f32],
    measure: impl Fn(&Lattice) -> f32,
) -> f32 {
    const ROUNDS: usize = 6;
    let mut best = measure(lattice);
    for step in steps {
        let step = step * lattice.module();
        for _ in 0..ROUNDS {
            let before = best;
            for &corner in free {
                for (axis, by) in [(0, step), (0, -step), (1, step), (1, -step)] {
                    let mut anchors = lattice.anchors;
                    anchors[corner][axis] += by;
                    let Some(moved) = Lattice::new(lattice.size, anchors) else {
                        continue;
                    };
                    let score = measure(&moved);
                    if score > best {
                        (*lattice, best) = (moved, score);
                    }
                }
            }
            if best - before < 1e-3 {
                break;
            }
        }
    }
    best
}

/// Looks for the fourth corner around where a parallelogram has it: by the alignment pattern next to it, and by
/// the timing, which a tilted code has closer at its far end. `step`: between two tries, in modules.
pub(super) fn find_fourth(
    plane: &Luma,
    lattice: &Lattice,
    pattern: &Pattern,
    sign: f32,
    step: f32,
) -> (Lattice, f32) {
    /// How far a tilted code's corner is from the parallelogram's, as a part of its side.
    const REACH: f32 = 0.18;
    let groups = || pattern.frame[3..].iter().chain(pattern.alignment.last());
    let unit = lattice.module();
    let reach = ((lattice.size as f32 * REACH).clamp(3.0, 9.0) / step) as i32;
    let (mut best, mut best_score) = (*lattice, f32::MIN);
    for j in -reach..=reach {
        for i in -reach..=reach {
            let mut anchors = lattice.anchors;
            anchors[2][0] += i as f32 * step * unit;
            anchors[2][1] += j as f32 * step * unit;
            let Some(moved) = Lattice::new(lattice.size, anchors) else {
                continue;
            };
            // Data can look like an alignment pattern; the nearer one is the likelier.
            let far = (i as f32).hypot(j as f32) / reach as f32;
            let score = agreement(plane, &moved, groups()) * sign - 0.1 * far;
            if score > best_score {
                (best, best_score) = (moved, score);
            }
        }
    }
    (best, best_score)
}

/// The lattice that the three finder patterns' middles (top left, top right, bottom left) and sizes suggest,
/// and how well it fits; the sign of that tells an inverted code.
pub(super) fn fit(plane: &Luma, middles: [[f32; 2]; 3], unit: f32) -> Option<(Lattice, Pattern, f32)> {
    let [tl, tr, bl] = middles;
    let length = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let guess = (length(tl, tr) + length(tl, bl)) / 2.0 / unit + 7.0;
    let mut tried: Vec<(f32, Lattice, Pattern)> = Vec::new();
    // The unit is read off a blurred pattern: it is a sixth wrong at times.
    let (low, high) = (
        (guess * 0.8).max(21.0) as usize,
        (guess * 1.22).min(121.0) as usize,
    );
    let first = low.saturating_sub(17).div_ceil(4).max(1);
    for version in first..=high.saturating_sub(15) / 4 {
        let size = version * 4 + 17;
        let pattern = Pattern::of(size);
        let Some(mut lattice) = Lattice::square(size, middles) else {
            continue;
        };
        let finders = |l: &Lattice| agreement(plane, l, &pattern.frame[..3]);
        let sign = finders(&lattice).signum();
        let score = refine(&mut lattice, &[0, 1, 3], &[0.5], |l| finders(l) * sign);
        if score < 0.3 {
            continue;
        }
        let (lattice, timing) = find_fourth(plane, &lattice, &pattern, sign, 1.0);
        tried.push(((score + 2.0 * timing) * sign, lattice, pattern));
    }
    let (score, mut lattice, pattern) = tried.into_iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
    let sign = score.signum();
    refine(&mut lattice, &[0, 1, 3], &[0.25], |l| {
        agreement(plane, l, &pattern.frame) * sign
    });
    (lattice, _) = find_fourth(plane, &lattice, &pattern, sign, 0.5);
    let score = settle(plane, &mut lattice, &pattern, sign);
    Some((lattice, pattern, score * sign))
}

/// All corners, by all known modules.
pub(super) fn settle(plane: &Luma, lattice: &mut Lattice, pattern: &Pattern, sign: f32) -> f32 {
    refine(lattice, &[2, 0, 1, 3], &[0.5, 0.25, 0.12], |l| {
        agreement(plane, l, pattern.frame.iter().chain(&pattern.alignment)) * sign
    })
}
