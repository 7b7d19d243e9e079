//! A phone or a sheet of paper with a code on it.

use fastrand::Rng;

use super::{Canvas, between, normal};
use crate::qr::{Modules, QrError};

/// A drawn carrier and where the code is on it.
#[derive(Clone, Debug)]
pub struct Texture {
    /// The picture.
    pub canvas: Canvas,
    /// Pixels of the picture a module.
    pub module: usize,
    /// Left and top of the code, and its side, without quiet zone.
    pub code: (usize, usize, usize),
}

/// How the carrier looks.
#[derive(Clone, Debug)]
pub struct Look {
    /// A phone; otherwise a sheet.
    pub phone: bool,
    /// Light modules on dark ground, as dark mode shows them.
    pub inverted: bool,
    /// Brightness of dark and light modules.
    pub shades: (f32, f32),
    /// Modules of quiet zone; where fewer than four, grey follows at once.
    pub quiet: usize,
    /// Pixels a module.
    pub module: usize,
}

impl Look {
    /// Shades as a good screen or print has them.
    pub fn of(rng: &mut Rng, phone: bool) -> Self {
        let shades = (between(rng, 5.0, 30.0), between(rng, 215.0, 250.0));
        Self {
            phone,
            inverted: false,
            shades,
            quiet: 4,
            module: 12,
        }
    }
}

impl Texture {
    /// Draws `code` on its carrier.
    ///
    /// # Errors
    /// [`QrError::TooLong`].
    pub fn draw(rng: &mut Rng, code: &[u8], look: &Look) -> Result<Self, QrError> {
        Ok(Self::of(rng, &Modules::new(code)?, look))
    }

    /// Draws modules on their carrier.
    pub fn of(rng: &mut Rng, modules: &Modules, look: &Look) -> Self {
        let (s, n) = (look.module, modules.size());
        let (quiet, side) = (look.quiet * s, (n + 2 * look.quiet) * s);
        let (mut dark, mut light) = look.shades;
        if look.inverted {
            (dark, light) = (light, 18.0);
        }
        let (mut canvas, x0, y0) = if look.phone {
            phone(rng, side, light)
        } else {
            sheet(rng, side, light)
        };
        if look.quiet < 4 {
            // What follows a narrow quiet zone is the page's own grey.
            canvas.data.iter_mut().for_each(|p| *p = 60.0);
            canvas.rect(
                x0 as isize..(x0 + side) as isize,
                y0 as isize..(y0 + side) as isize,
                light,
            );
        }
        let (x0, y0) = (x0 + quiet, y0 + quiet);
        for y in 0..n {
            for x in 0..n {
                let shade = if modules.dark(x, y) { dark } else { light };
                let at = |base: usize, i: usize| (base + i * s) as isize..(base + (i + 1) * s) as isize;
                canvas.rect(at(x0, x), at(y0, y), shade);
            }
        }
        Self {
            canvas,
            module: s,
            code: (x0, y0, n * s),
        }
    }

    /// Modules on a side of the code.
    pub fn modules(&self) -> usize {
        self.code.2 / self.module.max(1)
    }

    /// Cracks a screen: lines from one point, bent on their way.
    pub fn crack(&mut self, rng: &mut Rng, cracks: usize) {
        let (x0, y0, w) = (self.code.0 as f32, self.code.1 as f32, self.code.2 as f32);
        let hub = [x0 + between(rng, -0.2, 1.2) * w, y0 + between(rng, -0.2, 1.2) * w];
        for _ in 0..cracks {
            let mut angle = between(rng, 0.0, std::f32::consts::TAU);
            let mut from = hub;
            let shade = [40.0, 120.0, 255.0][rng.usize(..3)];
            for _ in 0..rng.usize(4..14) {
                let step = w * between(rng, 0.05, 0.2);
                let to = [from[0] + angle.cos() * step, from[1] + angle.sin() * step];
                angle += normal(rng) * 0.25;
                self.canvas.line(from, to, between(rng, 1.0, 4.0), shade);
                from = to;
            }
        }
    }

    /// A thumb over part of the code, away from the finder patterns.
    pub fn cover(&mut self, rng: &mut Rng, part: f32) {
        let w = self.code.2 as f32;
        let side = part.sqrt() * w;
        let mut at = |base: usize| base as f32 + between(rng, 0.42, 0.95) * w;
        let centre = [at(self.code.0), at(self.code.1)];
        let shade = between(rng, 90.0, 190.0);
        self.canvas.ellipse(centre, [side / 2.0, side * 0.64], shade);
    }
}

/// A phone's screen: a light page with lines of text above and below the code, and a dark rim.
fn phone(rng: &mut Rng, side: usize, light: f32) -> (Canvas, usize, usize) {
    let width = side * 114 / 100;
    let height = width * 19 / 10;
    let rim = width / 20;
    let mut canvas = Canvas::new(width + 2 * rim, height + 4 * rim, 15.0);
    canvas.rect(
        rim as isize..(rim + width) as isize,
        2 * rim as isize..(2 * rim + height) as isize,
        light,
    );
    let (x0, y0) = (rim + (width - side) / 2, 2 * rim + height * 3 / 10);
    let (w, h) = (width as f32, height as f32);
    for line in 0..5u8 {
        let mut text = |top: f32| {
            let left = rim as isize + (w * 0.1) as isize;
            let right = rim as isize + (w * between(rng, 0.4, 0.9)) as isize;
            let top = 2 * rim as isize + top as isize;
            canvas.rect(left..right, top..top + (h * 0.012).max(1.0) as isize, 90.0);
        };
        text(h * (0.08 + 0.035 * f32::from(line)));
        text(h * 0.3 + side as f32 + h * (0.03 + 0.035 * f32::from(line)));
    }
    (canvas, x0, y0)
}

/// A sheet with a margin.
fn sheet(rng: &mut Rng, side: usize, light: f32) -> (Canvas, usize, usize) {
    let margin = (side as f32 * between(rng, 0.15, 0.5)) as usize;
    (
        Canvas::new(side + 2 * margin, side + 2 * margin, light),
        margin,
        margin,
    )
}
