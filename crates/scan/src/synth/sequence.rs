//! A phone that enters the frame: from outside, slowing down, while the camera finds focus and exposure.

use fastrand::Rng;

use super::scene::{HEIGHT, Ticket, WIDTH};
use super::{Canvas, Pose, Texture, between, effects, normal, texture::Look};
use crate::luma::Luma;

/// Frames of a sequence, at 30 a second.
pub const FRAMES: usize = 45;

/// A sequence to be drawn frame by frame.
#[derive(Debug)]
pub struct Sequence {
    /// The code on the phone.
    pub text: String,
    rng: Rng,
    room: Canvas,
    texture: Texture,
    start: Pose,
    end: Pose,
    sway: [f32; 4],
    settle: f32,
    blur: (f32, f32),
    exposure: (f32, f32),
    moire: (f32, f32, f32),
    gain: f32,
    quality: u8,
    before: Option<[f32; 2]>,
    frame: usize,
}

impl Sequence {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ 0x5e9);
        let rng = &mut rng;
        let ticket = Ticket::any(rng);
        let mut look = Look::of(rng, true);
        look.inverted = rng.f32() < 0.15;
        look.module = 8;
        let mut texture = Texture::of(rng, &ticket.modules, &look);
        let size = ticket.modules.size() as f32;
        let end_px = between(rng, 2.6, 4.6).min(520.0 / size);
        let minified = texture.module as f32 / end_px;
        if minified > 1.3 {
            texture.canvas = texture.canvas.gaussian(0.42 * minified);
        }
        let mut room = effects::room(rng, WIDTH, HEIGHT);
        let light = between(rng, 0.2, 1.0);
        room.data.iter_mut().for_each(|p| *p *= light);
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        let axis = between(rng, 0.0, 360.0);
        let start = Pose {
            centre: [[-150.0, h * 0.6], [w + 150.0, h * 0.6], [w * 0.5, h + 350.0]][rng.usize(..3)],
            module_px: end_px * between(rng, 0.45, 0.7),
            tilt: between(rng, 20.0, 50.0),
            axis,
            roll: normal(rng) * 25.0,
        };
        let end = Pose {
            centre: [w * between(rng, 0.38, 0.62), h * between(rng, 0.4, 0.6)],
            module_px: end_px,
            tilt: between(rng, 3.0, 22.0),
            axis,
            roll: normal(rng) * 9.0,
        };
        Self {
            text: ticket.text,
            room,
            texture,
            start,
            end,
            sway: [0.0; 4].map(|_: f32| between(rng, 0.0, std::f32::consts::TAU)),
            settle: between(rng, 16.0, 32.0),
            blur: (between(rng, 0.8, 1.6), between(rng, 10.0, 30.0)),
            exposure: (between(rng, 1.1, 2.2), between(rng, 6.0, 18.0)),
            moire: (
                between(rng, 3.0, 12.0),
                between(rng, 0.0, 90.0),
                between(rng, 0.02, 0.18),
            ),
            gain: between(rng, 0.12, 0.7),
            quality: rng.u8(35..80),
            before: None,
            frame: 0,
            rng: rng.clone(),
        }
    }

    fn pose(&self, f: f32) -> Pose {
        let left = 1.0 - (f / self.settle).min(1.0);
        let u = 1.0 - left.powi(3);
        let mix = |a: f32, b: f32| a + (b - a) * u;
        let sway = |i: usize, slow: f32| (f * slow + self.sway[i]).sin();
        let (s, e) = (&self.start, &self.end);
        Pose {
            centre: [
                mix(s.centre[0], e.centre[0]) + 3.0 * sway(0, 0.9) + 5.0 * sway(1, 0.37),
                mix(s.centre[1], e.centre[1]) + 3.0 * sway(2, 0.8) + 5.0 * sway(3, 0.31),
            ],
            module_px: mix(s.module_px, e.module_px),
            tilt: mix(s.tilt, e.tilt),
            axis: s.axis,
            roll: mix(s.roll, e.roll),
        }
    }
}

impl Iterator for Sequence {
    type Item = Luma;

    fn next(&mut self) -> Option<Luma> {
        if self.frame >= FRAMES {
            return None;
        }
        let f = self.frame as f32;
        self.frame += 1;
        let pose = self.pose(f);
        let mut canvas = self.room.clone();
        let (period, angle, strength) = self.moire;
        pose.place(
            &mut canvas,
            &self.texture,
            1,
            &effects::moire(period, angle, strength),
        );
        let (over, fades) = self.exposure;
        let times = 1.0 + (over - 1.0) * (-f / fades * 1.5).exp();
        canvas.data.iter_mut().for_each(|p| {
            *p = 255.0
                * ((p.clamp(0.0, 255.0) / 255.0).powf(2.2) * times)
                    .min(1.0)
                    .powf(1.0 / 2.2);
        });
        let (soft, sharpens) = self.blur;
        let radius = soft * pose.module_px * (-f / sharpens * 2.0).exp();
        canvas = effects::defocus(&canvas, radius.max(0.6));
        let before = self.before.replace(pose.centre);
        let moved = before.map_or([30.0, 0.0], |b| {
            [(pose.centre[0] - b[0]) * 0.45, (pose.centre[1] - b[1]) * 0.45]
        });
        let length = moved[0].hypot(moved[1]);
        canvas = effects::motion(&canvas, length.min(60.0), moved[1].atan2(moved[0]).to_degrees());
        effects::sensor(&mut self.rng, &mut canvas, self.gain, 1.6);
        Some(effects::jpeg(&canvas, self.quality).to_luma())
    }
}
