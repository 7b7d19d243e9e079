//! What happens to a picture between the guest and the decoder.

use fastrand::Rng;

use super::{Canvas, normal};
use crate::decode::{Corners, centre};
use crate::pixels::read_picture;

/// A lens is never quite sharp.
pub fn lens(canvas: &Canvas) -> Canvas {
    canvas.gaussian(0.55)
}

/// Movement while the shutter is open, in pixels and degrees.
pub fn motion(canvas: &Canvas, length: f32, degrees: f32) -> Canvas {
    if length < 1.0 {
        return canvas.clone();
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let steps = (length * 2.0).ceil() as i32;
    let mut kernel: Vec<(isize, isize, f32)> = Vec::new();
    for i in -steps..=steps {
        let t = i as f32 / steps as f32 * length / 2.0;
        let (x, y) = (cos * t, sin * t);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        for (dx, dy, k) in [
            (0, 0, (1.0 - fx) * (1.0 - fy)),
            (1, 0, fx * (1.0 - fy)),
            (0, 1, (1.0 - fx) * fy),
            (1, 1, fx * fy),
        ] {
            add(&mut kernel, left as isize + dx, top as isize + dy, k);
        }
    }
    canvas.convolve(&even(kernel))
}

/// Out of focus by a disk of a radius in pixels.
pub fn defocus(canvas: &Canvas, radius: f32) -> Canvas {
    let reach = radius.ceil() as isize;
    let mut kernel = Vec::new();
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let k = (radius + 0.5 - (dx as f32).hypot(dy as f32)).clamp(0.0, 1.0);
            add(&mut kernel, dx, dy, k);
        }
    }
    canvas.convolve(&even(kernel))
}

fn add(kernel: &mut Vec<(isize, isize, f32)>, x: isize, y: isize, k: f32) {
    if k <= 0.0 {
        return;
    }
    match kernel.iter_mut().find(|e| (e.0, e.1) == (x, y)) {
        Some(e) => e.2 += k,
        None => kernel.push((x, y, k)),
    }
}

fn even(mut kernel: Vec<(isize, isize, f32)>) -> Vec<(isize, isize, f32)> {
    let sum: f32 = kernel.iter().map(|e| e.2).sum();
    kernel.iter_mut().for_each(|e| e.2 /= sum);
    kernel
}

/// The sensor: grain of the light and of its own. `gain` is the share of light that reached it; the camera
/// brightens what is left, and the grain with it.
pub fn sensor(rng: &mut Rng, canvas: &mut Canvas, gain: f32, own: f32) {
    const FULL: f32 = 180.0;
    for p in &mut canvas.data {
        let light = p.clamp(0.0, 255.0) / 255.0 * FULL * gain;
        let seen = light + normal(rng) * (light * 0.35).sqrt() + normal(rng) * own;
        *p = (seen / FULL / gain * 255.0 * gain.powf(0.35).min(1.0)).clamp(0.0, 255.0);
    }
}

/// Through JPEG and back.
pub fn jpeg(canvas: &Canvas, quality: u8) -> Canvas {
    let plane = canvas.to_luma();
    let mut bytes = Vec::new();
    let (w, h) = (plane.width() as u16, plane.height() as u16);
    let done = jpeg_encoder::Encoder::new(&mut bytes, quality).encode(
        plane.data(),
        w,
        h,
        jpeg_encoder::ColorType::Luma,
    );
    match done.ok().and_then(|()| read_picture(&bytes).ok()) {
        Some(back) => Canvas::from_luma(&back),
        None => canvas.clone(),
    }
}

/// The beat of a screen's grid against the sensor's: a factor for each place.
pub fn moire(period: f32, degrees: f32, strength: f32) -> impl Fn(f32, f32) -> f32 {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turn = std::f32::consts::TAU / period;
    move |x, y| {
        let a = (turn * (x * cos + y * sin)).sin();
        let b = (turn / 1.07 * (y * cos - x * sin)).sin();
        1.0 + strength * (a + b) / 2.0
    }
}

/// A lamp's reflection near the code, covering a part of it.
pub fn glare(rng: &mut Rng, canvas: &mut Canvas, code: &Corners, strength: f32, cover: f32) {
    let extent = |axis: usize| {
        let values = code.map(|c| c[axis]);
        values.iter().copied().fold(f32::MIN, f32::max) - values.iter().copied().fold(f32::MAX, f32::min)
    };
    let (w, h) = (extent(0), extent(1));
    let middle = centre(code);
    let spot = [
        middle[0] + (rng.f32() - 0.5) * 0.9 * w,
        middle[1] + (rng.f32() - 0.5) * 0.9 * h,
    ];
    let radius = cover.sqrt() * w.hypot(h) / 2.0;
    let flat = super::between(rng, 0.7, 1.4);
    canvas.each(|x, y, p| {
        let d = (x as f32 - spot[0]).hypot((y as f32 - spot[1]) * flat) / radius.max(1.0);
        if d > 2.0 {
            p
        } else {
            p + strength * (-d.powi(4)).exp()
        }
    });
}

/// A blurry room: a gradient, shapes, grain.
pub fn room(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    use super::between;
    let (w, h) = (width.div_ceil(8), height.div_ceil(8));
    let mut small = Canvas::new(w, h, between(rng, 40.0, 150.0));
    let (gx, gy) = (between(rng, -0.4, 0.4), between(rng, -0.4, 0.4));
    small.each(|x, y, p| p + gx * (x as f32 - w as f32 / 2.0) + gy * (y as f32 - h as f32 / 2.0));
    for _ in 0..rng.usize(6..16) {
        let (x, y) = (between(rng, 0.0, w as f32), between(rng, 0.0, h as f32));
        let shade = between(rng, 10.0, 230.0);
        if rng.bool() {
            let radii = [between(rng, 3.0, 30.0), between(rng, 3.0, 30.0)];
            small.ellipse([x, y], radii, shade);
        } else {
            let (dx, dy) = (rng.isize(3..40), rng.isize(3..40));
            small.rect(x as isize..x as isize + dx, y as isize..y as isize + dy, shade);
        }
    }
    let mut room = small.gaussian(between(rng, 0.6, 2.0)).resize(width, height);
    room.data
        .iter_mut()
        .for_each(|p| *p = (*p + normal(rng) * 2.0).clamp(0.0, 255.0));
    room
}
