//! Where a picture has texture as codes have it: many changes between dark and light, along rows and along
//! columns, in a patch that is about as wide as it is high. Blurred or small codes have it too, long after no
//! reader finds a pattern in them.

use crate::luma::Luma;

/// The plane is made smaller by this.
const STEP: usize = 4;
/// Pixels of the small plane on a tile's side.
const TILE: usize = 4;
/// Pixels of the plane on a tile's side.
pub(super) const TILE_PX: usize = STEP * TILE;
/// The mean around a pixel reaches so far, in pixels of the small plane: half a wave of a blurred code.
const REACH: usize = 5;
/// Changes in a tile and its neighbours, along rows and as many along columns, that make it textured. A border
/// gives one for each of the twelve rows.
const CHANGES: u32 = 17;

/// A patch of texture.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    /// Left, top, right, bottom in tiles; the last two are beyond it.
    pub(super) tiles: [usize; 4],
    /// Tiles in it.
    pub(super) count: usize,
}

impl Patch {
    /// Left, top, right, bottom in pixels of the plane.
    pub(super) fn area(&self) -> [usize; 4] {
        self.tiles.map(|t| t * TILE_PX)
    }

    /// Whether it is about square and has no large gaps.
    pub(super) fn compact(&self) -> bool {
        let [left, top, right, bottom] = self.tiles;
        let (w, h) = (right - left, bottom - top);
        w * 10 <= h * 17 + 10 && h * 10 <= w * 17 + 10 && self.count * 100 >= w * h * 45
    }
}

/// A plane at a quarter of its size, and the tiles of it that are textured.
#[derive(Debug)]
pub(super) struct Texture {
    small: Luma,
    columns: usize,
    rows: usize,
    textured: Vec<bool>,
}

impl Texture {
    /// Of a plane of more than a few tiles. What swings around the mean by `swing` counts as a change.
    pub(super) fn of(plane: &Luma, swing: impl Fn(&Luma) -> i32) -> Option<Self> {
        let small = quarter(plane)?;
        let (columns, rows) = (small.width() / TILE, small.height() / TILE);
        let swing = swing(&small);
        let (across, down) = changes(&small, columns, rows, swing);
        let textured = around(&across, columns, rows)
            .into_iter()
            .zip(around(&down, columns, rows))
            .map(|(a, d)| a.min(d) >= CHANGES)
            .collect();
        Some(Self {
            small,
            columns,
            rows,
            textured,
        })
    }

    /// The plane at a quarter of its size.
    pub(super) fn small(&self) -> &Luma {
        &self.small
    }

    /// Share of the tiles that are textured.
    pub(super) fn share(&self) -> f32 {
        self.textured.iter().filter(|&&t| t).count() as f32 / self.textured.len().max(1) as f32
    }

    /// The patches of at least two tiles, the largest first.
    pub(super) fn patches(&self) -> Vec<Patch> {
        let mut of = vec![0u32; self.textured.len()];
        let mut found = Vec::new();
        for start in 0..of.len() {
            if of[start] != 0 || !self.textured[start] {
                continue;
            }
            let id = found.len() as u32 + 1;
            let patch = self.fill(start, id, &mut of);
            found.push(patch);
        }
        found.retain(|p| p.count >= 2);
        found.sort_by_key(|p| std::cmp::Reverse(p.count));
        found
    }

    fn fill(&self, start: usize, id: u32, of: &mut [u32]) -> Patch {
        let mut open = vec![start];
        of[start] = id;
        let (mut tiles, mut count) = ([usize::MAX, usize::MAX, 0, 0], 0);
        while let Some(at) = open.pop() {
            let (x, y) = (at % self.columns, at / self.columns);
            tiles = [
                tiles[0].min(x),
                tiles[1].min(y),
                tiles[2].max(x + 1),
                tiles[3].max(y + 1),
            ];
            count += 1;
            for ny in y.saturating_sub(1)..(y + 2).min(self.rows) {
                for nx in x.saturating_sub(1)..(x + 2).min(self.columns) {
                    let next = ny * self.columns + nx;
                    if of[next] == 0 && self.textured[next] {
                        of[next] = id;
                        open.push(next);
                    }
                }
            }
        }
        Patch { tiles, count }
    }

    /// Tiles as light as the code's own light, and without texture, where the patch has to have some: between
    /// textured tiles of a row or column, or in one quarter more than in another, since a code is square.
    pub(super) fn washed_out(&self, patch: &Patch, light: u8) -> usize {
        let [left, top, right, bottom] = patch.tiles;
        let textured = |x: usize, y: usize| self.textured[y * self.columns + x];
        let mut between = 0;
        let mut quarters = [0usize; 4];
        for y in top..bottom {
            for x in left..right {
                if textured(x, y) || self.mean(x, y) < u32::from(light) {
                    continue;
                }
                let across = || (left..x).any(|i| textured(i, y)) && (x + 1..right).any(|i| textured(i, y));
                let down = || (top..y).any(|i| textured(x, i)) && (y + 1..bottom).any(|i| textured(x, i));
                between += usize::from(across() || down());
                quarters[usize::from(2 * x >= left + right) + 2 * usize::from(2 * y >= top + bottom)] += 1;
            }
        }
        quarters.sort_unstable();
        between.max(quarters[3] - quarters[0])
    }

    fn mean(&self, x: usize, y: usize) -> u32 {
        let rows =
            (y * TILE..(y + 1) * TILE).filter_map(|row| self.small.row(row).get(x * TILE..(x + 1) * TILE));
        rows.flatten().map(|&p| u32::from(p)).sum::<u32>() / (TILE * TILE) as u32
    }
}

/// Means of 4×4 pixels; `None` for a plane smaller than a few tiles.
fn quarter(plane: &Luma) -> Option<Luma> {
    let (width, height) = (plane.width() / STEP, plane.height() / STEP);
    if width < 4 * TILE || height < 4 * TILE {
        return None;
    }
    let mut data = Vec::with_capacity(width * height);
    let mut sums = vec![0u16; width * STEP];
    for y in 0..height {
        sums.fill(0);
        for row in y * STEP..(y + 1) * STEP {
            for (sum, &p) in sums.iter_mut().zip(plane.row(row)) {
                *sum += u16::from(p);
            }
        }
        data.extend(
            sums.chunks_exact(STEP)
                .map(|four| ((four.iter().sum::<u16>() + 8) / 16) as u8),
        );
    }
    Luma::new(width, height, data)
}

/// More than noise makes of a pixel in the small plane.
pub(super) fn above_noise(small: &Luma) -> i32 {
    let mut counts = [0u32; 256];
    for row in small.data().chunks_exact(small.width()).step_by(2) {
        for pair in row.windows(2).step_by(2) {
            counts[usize::from(pair[0].abs_diff(pair[1]))] += 1;
        }
    }
    let half = counts.iter().sum::<u32>() / 2;
    let mut below = 0;
    let median = counts
        .iter()
        .position(|&n| {
            below += n;
            below > half
        })
        .unwrap_or(0);
    5.max(4 * median.min(5) as i32)
}

/// Changes in each tile from dark to light or back, along rows and along columns.
fn changes(small: &Luma, columns: usize, rows: usize, swing: i32) -> (Vec<u16>, Vec<u16>) {
    let (width, height) = (small.width(), small.height());
    let mut across = vec![0u16; columns * rows];
    let mut down = vec![0u16; columns * rows];
    let mut above = vec![0i8; width];
    // Sums of the columns within reach; those of a square are had by sliding over them.
    let mut sums = vec![0i32; width];
    let mut count = 0;
    let mut add = |sums: &mut [i32], y: usize, sign: i32| {
        count += sign;
        for (sum, &p) in sums.iter_mut().zip(small.row(y)) {
            *sum += sign * i32::from(p);
        }
        count
    };
    let mut high = 0;
    for y in 0..REACH.min(height) {
        high = add(&mut sums, y, 1);
    }
    for y in 0..height {
        if y + REACH < height {
            high = add(&mut sums, y + REACH, 1);
        }
        if y > REACH {
            high = add(&mut sums, y - REACH - 1, -1);
        }
        let mut sum: i32 = sums[..REACH.min(width)].iter().sum();
        let mut before = 0i8;
        let tiles = (y / TILE < rows).then_some(y / TILE * columns);
        for (x, &p) in small.row(y).iter().enumerate() {
            if let Some(ahead) = sums.get(x + REACH) {
                sum += ahead;
            }
            if x > REACH {
                sum -= sums[x - REACH - 1];
            }
            let wide = (x + REACH + 1).min(width) - x.saturating_sub(REACH);
            let area = high * wide as i32;
            let differs = i32::from(p) * area - sum;
            let shade = i8::from(differs > swing * area) - i8::from(differs < -swing * area);
            if shade == 0 {
                continue;
            }
            let Some(tile) = tiles.filter(|_| x / TILE < columns).map(|t| t + x / TILE) else {
                continue;
            };
            across[tile] += u16::from(before == -shade);
            down[tile] += u16::from(above[x] == -shade);
            before = shade;
            above[x] = shade;
        }
    }
    (across, down)
}

/// Of each tile with its eight neighbours.
fn around(tiles: &[u16], columns: usize, rows: usize) -> Vec<u32> {
    let mut sums = Vec::with_capacity(tiles.len());
    for y in 0..rows {
        for x in 0..columns {
            let near = (y.saturating_sub(1)..(y + 2).min(rows))
                .flat_map(|j| &tiles[j * columns + x.saturating_sub(1)..j * columns + (x + 2).min(columns)]);
            sums.push(near.map(|&n| u32::from(n)).sum());
        }
    }
    sums
}
