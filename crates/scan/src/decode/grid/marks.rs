//! Where finder patterns may be, in a picture of black and white.
//!
//! Only the light ring and the dark square in it are looked for: the outer ring grows together with whatever is
//! beyond a narrow quiet zone, and a crack may cut it.

use crate::luma::Luma;

/// What may be a finder pattern's middle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) at: [f32; 2],
    /// Pixels a module.
    pub(super) unit: f32,
    /// Its square is dark; otherwise the code may be inverted.
    dark: bool,
    hits: u32,
    /// Brightness between the square and its ring.
    contrast: f32,
}

impl Mark {
    /// As it is in a picture of twice the size.
    pub(super) fn double(&mut self) {
        self.at = self.at.map(|v| v * 2.0);
        self.unit *= 2.0;
    }
}

/// Three marks as the finder patterns of a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    /// Top left, top right, bottom left.
    pub(super) middles: [[f32; 2]; 3],
    pub(super) unit: f32,
    /// How far from a camera's view of a square it is.
    odd: f32,
}

/// More are looked at no further: a wallpaper, or noise.
const MARKS: usize = 32;

/// Marks of both shades, those that were hit most often first.
pub(super) fn marks(binary: &Luma, grey: &Luma, contrast: i32) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for y in (0..binary.height()).step_by(2) {
        let row = binary.row(y);
        runs.clear();
        let mut start = 0;
        for x in 1..=row.len() {
            if x == row.len() || row[x] != row[start] {
                runs.push((start, x - start));
                start = x;
            }
        }
        for part in runs.windows(5) {
            let [_, a, b, c, _] = [part[0], part[1], part[2], part[3], part[4]];
            if unit_of([a.1, b.1, c.1]).is_none() {
                continue;
            }
            let x = b.0 + b.1 / 2;
            let Some(mark) = check(binary, grey, x, y).filter(|m| m.contrast >= contrast as f32) else {
                continue;
            };
            let same = |m: &&mut Mark| {
                m.dark == mark.dark
                    && (m.at[0] - mark.at[0]).abs() + (m.at[1] - mark.at[1]).abs() < 1.5 * mark.unit
            };
            match found.iter_mut().find(same) {
                Some(m) => {
                    let n = m.hits as f32;
                    let mean = |a: f32, b: f32| (a * n + b) / (n + 1.0);
                    *m = Mark {
                        at: [mean(m.at[0], mark.at[0]), mean(m.at[1], mark.at[1])],
                        unit: mean(m.unit, mark.unit),
                        hits: m.hits + 1,
                        contrast: m.contrast.max(mark.contrast),
                        ..*m
                    };
                }
                None => found.push(mark),
            }
        }
        if found.len() > 20 * MARKS {
            return Vec::new();
        }
    }
    // A large pattern is hit by more rows than a small one, with equal right.
    let right = |m: &Mark| (m.hits as f32 / m.unit).min(1.0) * m.contrast;
    found.retain(|m| m.hits > 1 || m.unit < 2.0);
    found.sort_by(|a, b| right(b).total_cmp(&right(a)));
    found.truncate(MARKS);
    found
}

/// Pixels a module of a light, dark and light run of 1 : 3 : 1 modules (or the other way).
fn unit_of([a, b, c]: [usize; 3]) -> Option<f32> {
    let unit = (a + b + c) as f32 / 5.0;
    let ring = |run: usize| (0.4 * unit..=1.75 * unit).contains(&(run as f32));
    (b >= 3 && (2.0 * unit..=4.1 * unit).contains(&(b as f32)) && ring(a) && ring(c)).then_some(unit)
}

/// Looks at a place along rows, columns and diagonals.
fn check(binary: &Luma, grey: &Luma, x: usize, y: usize) -> Option<Mark> {
    let (down, unit_y, _) = along(binary, x, y, (0, 1))?;
    let y = (y as f32 + down).round().max(0.0) as usize;
    let (right, unit_x, dark) = along(binary, x, y, (1, 0))?;
    if unit_x > 1.8 * unit_y || unit_y > 1.8 * unit_x {
        return None;
    }
    let cx = (x as f32 + right).round().max(0.0) as usize;
    let unit = (unit_x + unit_y) / 2.0;
    for step in [(1, 1), (1, -1)] {
        let [a, b, c] = runs(binary, cx, y, step)?.1;
        // A square's diagonal is longer than its side, and a ring is cut askew.
        let diagonal = b as f32 * std::f32::consts::SQRT_2;
        if !(1.7 * unit..=5.6 * unit).contains(&diagonal) || (a.min(c) as f32) < 0.25 * unit {
            return None;
        }
    }
    // In noise there are runs of any length.
    let centre = i32::from(grey.row(y)[cx.min(grey.width() - 1)]);
    let mut contrast = i32::MAX;
    for (dx, dy, unit) in [(1, 0, unit_x), (-1, 0, unit_x), (0, 1, unit_y), (0, -1, unit_y)] {
        let at =
            |from: usize, step: isize| (from as isize + (step as f32 * 2.0 * unit).round() as isize).max(0);
        let ring = *grey.row(at(y, dy) as usize).get(at(cx, dx) as usize)?;
        contrast = contrast.min((i32::from(ring) - centre) * if dark { 1 } else { -1 });
    }
    Some(Mark {
        at: [x as f32 + 0.5 + right, y as f32 + 0.5],
        unit,
        dark,
        hits: 1,
        contrast: contrast as f32,
    })
}

/// How far the middle of the run is from here, pixels a module, and the run's shade; where runs fit.
fn along(binary: &Luma, x: usize, y: usize, step: (isize, isize)) -> Option<(f32, f32, bool)> {
    let (shift, lengths) = runs(binary, x, y, step)?;
    Some((shift, unit_of(lengths)?, binary.row(y)[x] == 0))
}

/// The run that a pixel is in, with the runs before and after it, and how far its middle is ahead of the pixel.
fn runs(binary: &Luma, x: usize, y: usize, (dx, dy): (isize, isize)) -> Option<(f32, [usize; 3])> {
    let at = |i: isize| {
        let (x, y) = (x as isize + i * dx, y as isize + i * dy);
        (x >= 0 && y >= 0)
            .then(|| binary.row(y as usize).get(x as usize).copied())
            .flatten()
    };
    let own = at(0)?;
    let walk = |sign: isize| {
        let mut i = sign;
        while at(i)? == own {
            i += sign;
        }
        let end = i;
        // The ring beyond may end at the picture's border.
        while at(i).is_some_and(|p| p != own) {
            i += sign;
        }
        Some((end * sign - 1, (i - end) * sign))
    };
    let (ahead, after) = walk(1)?;
    let (behind, before) = walk(-1)?;
    let shift = (ahead - behind) as f32 / 2.0;
    Some((
        shift,
        [before as usize, (ahead + behind + 1) as usize, after as usize],
    ))
}

/// Marks that may be a code's three, the most regular first.
pub(super) fn triples(marks: &[Mark]) -> Vec<Triple> {
    let mut found = Vec::new();
    for a in marks {
        for (j, b) in marks.iter().enumerate() {
            for c in &marks[j + 1..] {
                if std::ptr::eq(a, b) || std::ptr::eq(a, c) || a.dark != b.dark || a.dark != c.dark {
                    continue;
                }
                found.extend(triple(a, b, c));
            }
        }
    }
    found.sort_by(|a, b| a.odd.total_cmp(&b.odd));
    found
}

/// `a` as the corner between the two others.
fn triple(a: &Mark, b: &Mark, c: &Mark) -> Option<Triple> {
    let (u, v) = (
        [b.at[0] - a.at[0], b.at[1] - a.at[1]],
        [c.at[0] - a.at[0], c.at[1] - a.at[1]],
    );
    let (lu, lv) = (u[0].hypot(u[1]), v[0].hypot(v[1]));
    let unit = (a.unit + b.unit + c.unit) / 3.0;
    let (low, high) = (a.unit.min(b.unit).min(c.unit), a.unit.max(b.unit).max(c.unit));
    let cosine = (u[0] * v[0] + u[1] * v[1]) / (lu * lv).max(1.0);
    let modules = (lu + lv) / 2.0 / unit;
    if high > 1.7 * low
        || lu > 1.7 * lv
        || lv > 1.7 * lu
        || cosine.abs() > 0.5
        || !(11.0..=130.0).contains(&modules)
    {
        return None;
    }
    let odd = (lu / lv).ln().abs() + cosine.abs() + (high / low).ln() * 0.5;
    // Clockwise in the picture, whose y grows downwards: top right follows top left.
    let turn = u[0] * v[1] - u[1] * v[0];
    let middles = if turn > 0.0 {
        [a.at, b.at, c.at]
    } else {
        [a.at, c.at, b.at]
    };
    Some(Triple { middles, unit, odd })
}
