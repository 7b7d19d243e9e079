//! A plane of exact brightness to draw on.

use std::ops::Range;

use crate::luma::Luma;

/// Brightness 0..255 as `f32`; values beyond are kept until the sensor cuts them off.
#[derive(Clone, Debug)]
pub struct Canvas {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// All pixels, row after row.
    pub data: Vec<f32>,
}

impl Canvas {
    /// One shade.
    pub fn new(width: usize, height: usize, shade: f32) -> Self {
        Self {
            width,
            height,
            data: vec![shade; width * height],
        }
    }

    /// Brightness at a pixel; beyond the border, the border's.
    pub fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.data[y * self.width + x]
    }

    /// Brightness between pixels.
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (x, y) = (left as isize, top as isize);
        let (a, b, c, d) = (
            self.at(x, y),
            self.at(x + 1, y),
            self.at(x, y + 1),
            self.at(x + 1, y + 1),
        );
        (a * (1.0 - fx) + b * fx) * (1.0 - fy) + (c * (1.0 - fx) + d * fx) * fy
    }

    /// Changes each pixel by its place.
    pub fn each(&mut self, change: impl Fn(usize, usize, f32) -> f32) {
        for (y, row) in self.data.chunks_exact_mut(self.width).enumerate() {
            for (x, p) in row.iter_mut().enumerate() {
                *p = change(x, y, *p);
            }
        }
    }

    /// Fills a rectangle, cut off at the border.
    pub fn rect(&mut self, x: Range<isize>, y: Range<isize>, shade: f32) {
        let cut = |r: Range<isize>, end: usize| {
            r.start.clamp(0, end as isize) as usize..r.end.clamp(0, end as isize) as usize
        };
        let columns = cut(x, self.width);
        for row in cut(y, self.height) {
            if let Some(line) = self
                .data
                .get_mut(row * self.width + columns.start..row * self.width + columns.end)
            {
                line.fill(shade);
            }
        }
    }

    /// Fills an upright ellipse.
    pub fn ellipse(&mut self, centre: [f32; 2], radii: [f32; 2], shade: f32) {
        let rows =
            (centre[1] - radii[1]).max(0.0) as usize..((centre[1] + radii[1]).max(-1.0) + 1.0) as usize;
        for y in rows.start..rows.end.min(self.height) {
            let v = (y as f32 - centre[1]) / radii[1];
            let half = radii[0] * (1.0 - v * v).max(0.0).sqrt();
            self.rect(
                (centre[0] - half) as isize..(centre[0] + half) as isize,
                y as isize..y as isize + 1,
                shade,
            );
        }
    }

    /// Draws a line of a thickness.
    pub fn line(&mut self, from: [f32; 2], to: [f32; 2], thick: f32, shade: f32) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let steps = dx.hypot(dy).ceil().max(1.0);
        for i in 0..=steps as usize {
            let t = i as f32 / steps;
            let (x, y) = (from[0] + dx * t - thick / 2.0, from[1] + dy * t - thick / 2.0);
            let span = |a: f32| a.round() as isize..(a + thick).round() as isize;
            self.rect(span(x), span(y), shade);
        }
    }

    /// Blurs by a bell curve.
    pub fn gaussian(&self, sigma: f32) -> Self {
        let reach = (sigma * 3.0).ceil().max(1.0) as isize;
        let bell = |d: isize| (-((d * d) as f32) / (2.0 * sigma * sigma)).exp();
        let sum: f32 = (-reach..=reach).map(bell).sum();
        let along_rows: Vec<_> = (-reach..=reach).map(|d| (d, 0, bell(d) / sum)).collect();
        let along_columns: Vec<_> = (-reach..=reach).map(|d| (0, d, bell(d) / sum)).collect();
        self.convolve(&along_rows).convolve(&along_columns)
    }

    /// Blurs by any kernel: offsets and weights. Borders repeat.
    pub fn convolve(&self, kernel: &[(isize, isize, f32)]) -> Self {
        let reach = kernel.iter().map(|k| k.0.unsigned_abs()).max().unwrap_or(0);
        // Rows with their borders repeated, so that the inner loop does nothing but multiply and add.
        let wide_width = self.width + 2 * reach;
        let mut wide = vec![0.0; wide_width * self.height];
        for (row, to) in self
            .data
            .chunks_exact(self.width)
            .zip(wide.chunks_exact_mut(wide_width))
        {
            to[..reach].fill(row[0]);
            to[reach..reach + self.width].copy_from_slice(row);
            to[reach + self.width..].fill(row[self.width - 1]);
        }
        let mut out = Self::new(self.width, self.height, 0.0);
        for (y, line) in out.data.chunks_exact_mut(self.width).enumerate() {
            for &(dx, dy, weight) in kernel {
                let row = (y as isize + dy).clamp(0, self.height as isize - 1) as usize;
                let start = row * wide_width + (reach as isize + dx) as usize;
                line.iter_mut()
                    .zip(&wide[start..])
                    .for_each(|(o, p)| *o += weight * p);
            }
        }
        out
    }

    /// Another size, between pixels.
    pub fn resize(&self, width: usize, height: usize) -> Self {
        let (sx, sy) = (
            self.width as f32 / width as f32,
            self.height as f32 / height as f32,
        );
        let mut out = Self::new(width, height, 0.0);
        out.each(|x, y, _| self.sample((x as f32 + 0.5) * sx - 0.5, (y as f32 + 0.5) * sy - 0.5));
        out
    }

    /// What a screen would show of it.
    pub fn to_luma(&self) -> Luma {
        let data = self
            .data
            .iter()
            .map(|p| (p + 0.5).clamp(0.0, 255.0) as u8)
            .collect();
        Luma::new(self.width, self.height, data).unwrap_or_else(|| Luma::filled(1, 1, 0))
    }

    /// The other way.
    pub fn from_luma(plane: &Luma) -> Self {
        let data = plane.data().iter().map(|&p| f32::from(p)).collect();
        Self {
            width: plane.width(),
            height: plane.height(),
            data,
        }
    }
}
