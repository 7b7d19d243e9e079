//! A corpus of frames by condition: what a webcam at a door gets to see, each kind from mild to hopeless.
//!
//! The conditions and their ranges are those of the measurements that the decoding pipeline was chosen by,
//! so that recall can be compared. They are harder than an average door, and equally weighted.

use std::f32::consts::TAU;

use fastrand::Rng;

use super::scene::{HEIGHT, Plan, Scene, Ticket, WIDTH};
use super::{Canvas, between, effects, normal};
use crate::luma::Luma;

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; `Condition::draw` says how much")]
pub enum Condition {
    Clean,
    Distance,
    Tilt,
    Rotation,
    MotionBlur,
    Defocus,
    LowLightPaper,
    DarkRoomPhone,
    Moire,
    GlareSpot,
    Gradient,
    JpegArtefacts,
    LowContrast,
    Inverted,
    Occlusion,
    CrackedScreen,
    Multiple,
    NarrowQuietZone,
    Combined,
    Negative,
}

/// A frame of the corpus.
#[derive(Debug)]
pub struct Drawn {
    /// The frame, 1280×720.
    pub luma: Luma,
    /// Texts in it; none in a negative one.
    pub texts: Vec<String>,
}

use Condition::{
    Clean, Combined, CrackedScreen, DarkRoomPhone, Defocus, Distance, GlareSpot, Gradient, Inverted,
    JpegArtefacts, LowContrast, LowLightPaper, Moire, MotionBlur, Multiple, NarrowQuietZone, Negative,
    Occlusion, Rotation, Tilt,
};

impl Condition {
    /// Every condition; the last holds no code.
    pub const ALL: [Self; 20] = [
        Clean,
        Distance,
        Tilt,
        Rotation,
        MotionBlur,
        Defocus,
        LowLightPaper,
        DarkRoomPhone,
        Moire,
        GlareSpot,
        Gradient,
        JpegArtefacts,
        LowContrast,
        Inverted,
        Occlusion,
        CrackedScreen,
        Multiple,
        NarrowQuietZone,
        Combined,
        Negative,
    ];

    /// Name as reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Clean => "clean",
            Distance => "distance",
            Tilt => "tilt",
            Rotation => "rotation",
            MotionBlur => "motion_blur",
            Defocus => "defocus",
            LowLightPaper => "low_light_paper",
            DarkRoomPhone => "dark_room_phone",
            Moire => "moire",
            GlareSpot => "glare_spot",
            Gradient => "gradient",
            JpegArtefacts => "jpeg_artefacts",
            LowContrast => "low_contrast",
            Inverted => "inverted",
            Occlusion => "occlusion",
            CrackedScreen => "cracked_screen",
            Multiple => "multiple",
            NarrowQuietZone => "narrow_quiet_zone",
            Combined => "combined",
            Negative => "negative",
        }
    }

    /// Frame `i` of `n`: from the mildest to the worst where the condition has degrees.
    pub fn draw(self, seed: u64, i: usize, n: usize) -> Drawn {
        // Each frame has its own numbers, so that a longer corpus begins with the shorter one's kind.
        let rng = &mut Rng::with_seed(seed ^ ((self as u64 + 1) << 32) ^ ((i as u64) << 48));
        let t = i as f32 / (n.max(2) - 1) as f32;
        let level = |low: f32, high: f32| low + (high - low) * t;
        let plan = self.plan(rng, i, t);
        let mut scene = match self {
            Multiple => several(rng, i),
            Negative => clutter(rng),
            _ => plan.draw(rng),
        };
        let m = scene.module_px;
        match self {
            MotionBlur => {
                let angle = between(rng, 0.0, 180.0);
                scene.canvas = effects::motion(&effects::lens(&scene.canvas), level(0.6, 2.4) * m, angle);
            }
            Defocus => scene.canvas = effects::defocus(&scene.canvas, level(0.4, 1.3) * m),
            DarkRoomPhone => overexpose(&mut scene.canvas, level(1.1, 2.6)),
            GlareSpot => {
                let strength = between(rng, 140.0, 260.0);
                effects::glare(rng, &mut scene.canvas, &scene.corners, strength, level(0.03, 0.3));
            }
            Gradient => shadow(rng, &mut scene, level(0.5, 0.95), i % 2 == 1),
            Combined => {
                let (strength, cover) = (between(rng, 0.0, 120.0), between(rng, 0.01, 0.08));
                effects::glare(rng, &mut scene.canvas, &scene.corners, strength, cover);
                let (radius, length) = (between(rng, 0.1, 0.55) * m, between(rng, 0.0, 0.9) * m);
                let angle = between(rng, 0.0, 180.0);
                let soft = effects::defocus(&scene.canvas, radius.max(0.6));
                scene.canvas = effects::motion(&soft, length, angle);
            }
            _ => {}
        }
        if !matches!(self, MotionBlur | Defocus | Combined) {
            scene.canvas = effects::lens(&scene.canvas);
        }
        let gain = match self {
            LowLightPaper => level(0.3, 0.03),
            DarkRoomPhone => 0.5,
            Combined => between(rng, 0.15, 0.6),
            _ => 1.0,
        };
        effects::sensor(
            rng,
            &mut scene.canvas,
            gain,
            if self == LowContrast { 1.0 } else { 1.6 },
        );
        match self {
            JpegArtefacts => scene.canvas = effects::jpeg(&scene.canvas, level(40.0, 6.0) as u8),
            Combined => scene.canvas = effects::jpeg(&scene.canvas, rng.u8(30..75)),
            _ => {}
        }
        Drawn {
            luma: scene.canvas.to_luma(),
            texts: scene.texts,
        }
    }

    fn plan(self, rng: &mut Rng, i: usize, t: f32) -> Plan {
        let level = |low: f32, high: f32| low + (high - low) * t;
        let near = between(rng, 3.5, 6.0);
        let usual = between(rng, 3.0, 6.0);
        let mut plan = Plan {
            module_px: Some(near),
            ..Plan::default()
        };
        match self {
            Clean | Multiple | Negative => plan.module_px = Some(usual),
            Distance => plan.module_px = Some([1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0][i % 9]),
            Tilt => plan.tilt = Some(level(10.0, 55.0)),
            Rotation => {
                plan.module_px = Some(usual);
                plan.roll = Some(between(rng, 0.0, 360.0));
            }
            MotionBlur | Defocus => {}
            LowLightPaper => {
                plan.module_px = Some(usual);
                plan.phone = Some(false);
            }
            DarkRoomPhone => {
                let shades = (between(rng, 10.0, 45.0), 250.0);
                let tilt = between(rng, 0.0, 20.0);
                plan = Plan {
                    shades: Some(shades),
                    tilt: Some(tilt),
                    phone: Some(true),
                    light: Some(0.12),
                    ..plan
                };
                plan.module_px = Some(usual);
                plan.roll = Some(normal(rng) * 10.0);
            }
            Moire => {
                plan.module_px = Some(usual);
                plan.phone = Some(true);
                plan.moire = Some((between(rng, 3.0, 14.0), between(rng, 0.0, 90.0), level(0.1, 0.55)));
            }
            GlareSpot => plan.phone = Some(true),
            Gradient => plan.phone = Some(false),
            JpegArtefacts => plan.module_px = Some(between(rng, 2.5, 5.0)),
            LowContrast => {
                let (half, middle) = (level(70.0, 12.0) / 2.0, between(rng, 70.0, 190.0));
                plan.module_px = Some(usual);
                plan.phone = Some(false);
                plan.shades = Some((middle - half, middle + half));
            }
            Inverted => {
                plan.module_px = Some(usual);
                plan.phone = Some(true);
                plan.inverted = true;
            }
            Occlusion => {
                plan.phone = Some(true);
                plan.touch = Some(|rng, texture, part| texture.cover(rng, part));
                plan.amount = level(0.02, 0.1);
            }
            CrackedScreen => {
                plan.phone = Some(true);
                plan.touch = Some(|rng, texture, cracks| texture.crack(rng, cracks as usize));
                plan.amount = level(3.0, 22.0);
            }
            NarrowQuietZone => {
                plan.phone = Some(true);
                plan.quiet = Some([0, 1, 1, 2][i % 4]);
            }
            Combined => {
                plan.module_px = Some(between(rng, 2.6, 5.0));
                plan.tilt = Some(between(rng, 5.0, 35.0));
                plan.roll = Some(normal(rng) * 20.0);
                plan.phone = Some(true);
                plan.moire = Some((
                    between(rng, 3.0, 12.0),
                    between(rng, 0.0, 90.0),
                    between(rng, 0.03, 0.2),
                ));
            }
        }
        plan
    }
}

/// Two to four small codes on paper, a quarter of the frame each.
fn several(rng: &mut Rng, i: usize) -> Scene {
    let mut quarters = [0u8, 1, 2, 3];
    rng.shuffle(&mut quarters);
    let mut canvas = effects::room(rng, WIDTH, HEIGHT);
    let mut texts = Vec::new();
    let mut corners = [[0.0; 2]; 4];
    for quarter in &quarters[..2 + i % 3] {
        let ticket = Ticket::of(rng, [20, 60][i % 2]);
        let module_px = between(rng, 2.6, 4.0).min(260.0 / ticket.modules.size() as f32);
        let plan = Plan {
            module_px: Some(module_px),
            phone: Some(false),
            ..Plan::default()
        };
        let at = |odd: u8, end: usize| end as f32 * (0.25 + 0.5 * f32::from(odd));
        let around = [at(quarter % 2, WIDTH), at(quarter / 2, HEIGHT)];
        let scene = plan.add(rng, canvas, ticket, Some(around));
        canvas = scene.canvas;
        texts.extend(scene.texts);
        corners = scene.corners;
    }
    Scene {
        canvas,
        texts,
        corners,
        module_px: 3.0,
    }
}

/// No code: blocks as of other codes, finder patterns alone, rulers.
fn clutter(rng: &mut Rng) -> Scene {
    let mut canvas = effects::room(rng, WIDTH, HEIGHT);
    for _ in 0..6 {
        let (cells, size) = (rng.usize(10..30), rng.usize(3..8));
        let (left, top) = (rng.usize(..WIDTH - cells * size), rng.usize(..HEIGHT - 60));
        for y in 0..cells {
            for x in 0..cells {
                let shade = if rng.bool() { 225.0 } else { 25.0 };
                let at = |base: usize, i: usize| (base + i * size) as isize..(base + (i + 1) * size) as isize;
                canvas.rect(at(left, x), at(top, y), shade);
            }
        }
        let (x, y) = (
            rng.isize(60..WIDTH as isize - 60),
            rng.isize(60..HEIGHT as isize - 60),
        );
        for (r, shade) in [(28, 230.0), (21, 15.0), (15, 230.0), (9, 15.0)] {
            canvas.rect(x - r..x + r + 1, y - r..y + r + 1, shade);
        }
    }
    Scene {
        canvas,
        texts: Vec::new(),
        corners: [[0.0; 2]; 4],
        module_px: 4.0,
    }
}

/// A bright screen in a dark room: burnt out, with a halo.
fn overexpose(canvas: &mut Canvas, times: f32) {
    let linear = |p: f32| (p.max(0.0) / 255.0).powf(2.2) * times;
    canvas.each(|_, _, p| linear(p));
    // A wide halo of a small copy is as good as of the frame.
    let wide = canvas
        .resize(WIDTH / 8, HEIGHT / 8)
        .gaussian(25.0 / 8.0)
        .resize(WIDTH, HEIGHT);
    let close = canvas.gaussian(3.0);
    for ((p, w), c) in canvas.data.iter_mut().zip(&wide.data).zip(&close.data) {
        *p += w * 0.1 * times + c * 0.06 * times;
        *p = 255.0 * p.clamp(0.0, 1.0).powf(1.0 / 2.2);
    }
}

/// Half of the code in the shade, with a soft or a hard border.
fn shadow(rng: &mut Rng, scene: &mut Scene, depth: f32, hard: bool) {
    let angle = between(rng, 0.0, TAU);
    let (sin, cos) = angle.sin_cos();
    let middle = crate::decode::centre(&scene.corners);
    let length = crate::decode::side(&scene.corners) * std::f32::consts::SQRT_2;
    scene.canvas.each(|x, y, p| {
        let u = ((x as f32 - middle[0]) * cos + (y as f32 - middle[1]) * sin) / length + 0.5;
        // A border of about eight pixels is a hand's shadow on a sheet.
        let u = if hard { (u - 0.5) * length / 8.0 + 0.5 } else { u };
        p * (1.0 - depth * u.clamp(0.0, 1.0))
    });
}
