//! The modules that every code of a size has: finder and alignment patterns, timing.

/// A module that is known before the code is read: its middle, and −1 if dark, 1 if light.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) shade: f32,
}

/// Modules close together, compared with each other alone: light differs across a code.
pub(super) type Group = Vec<Known>;

/// The known modules of a size.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Modules on a side.
    pub(super) size: usize,
    /// Finder patterns (three) and timing (two).
    pub(super) frame: Vec<Group>,
    /// Alignment patterns; the one at the bottom right last. None in the smallest size.
    pub(super) alignment: Vec<Group>,
    /// Every module, row after row: −1 dark, 1 light, 0 not known.
    pub(super) shades: Vec<f32>,
}

impl Pattern {
    /// The pattern of a size of 21, 25, … modules.
    pub(super) fn of(size: usize) -> Self {
        let mut pattern = Self {
            size,
            frame: Vec::new(),
            alignment: Vec::new(),
            shades: vec![0.0; size * size],
        };
        let far = size - 7;
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            let group = pattern.square(left, top, 7, 8);
            pattern.frame.push(group);
        }
        let line: Vec<_> = (8..size - 8).collect();
        for down in [false, true] {
            let at = |&i: &usize| if down { (6, i) } else { (i, 6) };
            let group = line
                .iter()
                .map(|i| {
                    let (x, y) = at(i);
                    pattern.set(x, y, i % 2 == 0)
                })
                .collect();
            pattern.frame.push(group);
        }
        let places = alignment_places(size);
        for (i, &y) in places.iter().enumerate() {
            for (j, &x) in places.iter().enumerate() {
                let last = places.len() - 1;
                let at_finder = (i == 0 && (j == 0 || j == last)) || (i == last && j == 0);
                if !at_finder {
                    let group = pattern.square(x - 2, y - 2, 5, 5);
                    pattern.alignment.push(group);
                }
            }
        }
        // The one module that is dark in every code.
        pattern.set(8, size - 8, true);
        pattern
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) -> Known {
        let shade = if dark { -1.0 } else { 1.0 };
        self.shades[y * self.size + x] = shade;
        Known {
            x: x as f32 + 0.5,
            y: y as f32 + 0.5,
            shade,
        }
    }

    /// A square of rings `side` wide with the light line around a finder pattern, if `reach` is one more.
    fn square(&mut self, left: usize, top: usize, side: usize, reach: usize) -> Group {
        let grow = reach - side;
        let mut group = Vec::new();
        for y in top.saturating_sub(grow)..(top + side + grow).min(self.size) {
            for x in left.saturating_sub(grow)..(left + side + grow).min(self.size) {
                let ring = |i: usize, from: usize| {
                    (2 * (i as isize - from as isize) - (side as isize - 1)).unsigned_abs() / 2
                };
                let r = ring(x, left).max(ring(y, top));
                // From the middle: a finder pattern is dark to 1, light at 2, dark at 3, and light around; an
                // alignment pattern dark, light, dark.
                let dark = if side == 7 { r != 2 && r < 4 } else { r != 1 };
                group.push(self.set(x, y, dark));
            }
        }
        group
    }
}

/// Middles of the alignment patterns on each axis (ISO/IEC 18004, annex E).
fn alignment_places(size: usize) -> Vec<usize> {
    let version = (size - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = if version == 32 {
        26
    } else {
        (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
    };
    let mut places: Vec<_> = (0..count - 1).map(|i| size - 7 - i * step).collect();
    places.push(6);
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::Modules;

    #[test]
    fn every_code_of_a_size_has_it() {
        let mut sizes = std::collections::BTreeSet::new();
        for length in (1..1300).step_by(23) {
            let modules = Modules::new(&vec![b'x'; length]).unwrap();
            let n = modules.size();
            let pattern = Pattern::of(n);
            for y in 0..n {
                for x in 0..n {
                    let shade = pattern.shades[y * n + x];
                    assert!(
                        shade == 0.0 || (shade < 0.0) == modules.dark(x, y),
                        "size {n}: {x}, {y}"
                    );
                }
            }
            sizes.insert(n);
        }
        assert!(sizes.len() > 20 && sizes.contains(&21), "{sizes:?}");
    }
}
