//! A drawn door: phones and sheets with tickets come before the camera, stay a moment, and go. It is a camera
//! like any other: drawn on the camera's thread, where nobody waits for it.

use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::camera::{Capture, Fault, Opened, Opener, Shot};
use crate::decode::{centre, side};
use crate::luma::Luma;
use crate::scanner::CodesOf;
use crate::synth::{Canvas, Pose, Texture, between, effects, normal, texture::Look};
use crate::view::{Dial, Turn};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
/// Seconds that a guest takes: in, before the camera, out, and the way of the next one.
const IN: f32 = 0.4;
const STAY: f32 = 1.2;
const OUT: f32 = 0.35;
const GAP: f32 = 0.45;
/// Every night at the drawn door is the same.
const SEED: u64 = 20_261_124;
/// Grain of the sensor.
const GRAIN: f32 = 2.5;

/// Opens a drawn door of so many pictures a second.
pub(super) fn opener(codes: CodesOf, fps: u32) -> Opener {
    Arc::new(move || {
        Ok(Opened {
            name: "sim".into(),
            width: WIDTH as u32,
            height: HEIGHT as u32,
            fps,
            format: "sim",
            capture: Box::new(Sim::new(Arc::clone(&codes), fps)),
        })
    })
}

struct Sim {
    codes: CodesOf,
    rate: Rate,
    rng: Rng,
    room: Canvas,
    grain: Vec<i8>,
    guests: usize,
    guest: Option<Guest>,
    /// Frames until the next guest.
    away: u32,
    due: Instant,
}

impl Sim {
    fn new(codes: CodesOf, fps: u32) -> Self {
        let mut rng = Rng::with_seed(SEED);
        let room = effects::room(&mut rng, WIDTH, HEIGHT);
        let grain = (0..WIDTH * 64 + 977)
            .map(|_| (normal(&mut rng) * GRAIN) as i8)
            .collect();
        Self {
            codes,
            rate: Rate(fps),
            rng,
            room,
            grain,
            guests: 0,
            guest: None,
            away: 6,
            due: Instant::now(),
        }
    }

    fn draw(&mut self) -> Luma {
        if self.guest.as_ref().is_some_and(Guest::gone) {
            self.guest = None;
            self.away = self.rate.frames(GAP);
        }
        if self.guest.is_none() {
            self.away = self.away.saturating_sub(1);
            if self.away == 0 {
                self.guest = self.next_guest();
            }
        }
        let mut canvas = self.room.clone();
        if let Some(guest) = &mut self.guest {
            guest.draw(&mut self.rng, &mut canvas);
        }
        self.grainy(&canvas)
    }

    /// The next guest with the next code; none while the venue has none.
    fn next_guest(&mut self) -> Option<Guest> {
        let codes = (self.codes)();
        let code = codes.get(self.guests % codes.len().max(1))?;
        self.guests += 1;
        Guest::new(&mut self.rng, code, self.rate)
            .inspect_err(|error| tracing::warn!(%error, "a guest's code cannot be drawn"))
            .ok()
    }

    fn grainy(&mut self, canvas: &Canvas) -> Luma {
        let start = self.rng.usize(..self.grain.len());
        let grain = self.grain.iter().cycle().skip(start);
        let data = canvas
            .data
            .iter()
            .zip(grain)
            .map(|(p, g)| (p + f32::from(*g)).clamp(0.0, 255.0) as u8)
            .collect();
        Luma::new(WIDTH, HEIGHT, data).unwrap_or_else(|| Luma::filled(WIDTH, HEIGHT, 0))
    }
}

impl Capture for Sim {
    fn frame(&mut self, wanted: bool) -> Result<Shot, Fault> {
        thread::sleep(self.due.saturating_duration_since(Instant::now()));
        // A slow machine shifts the frames; it does not make the next ones come faster.
        self.due = Instant::now().max(self.due + self.rate.period());
        // The night goes on, whoever looks.
        let plane = self.draw();
        Ok(if wanted { Shot::Frame(plane) } else { Shot::Unseen })
    }

    fn dials(&mut self) -> Vec<Dial> {
        Vec::new()
    }

    fn turn(&mut self, _: &Turn) {}
}

/// Pictures a second.
#[derive(Clone, Copy)]
struct Rate(u32);

impl Rate {
    fn period(self) -> Duration {
        Duration::from_secs(1) / self.0.max(1)
    }

    fn frames(self, seconds: f32) -> u32 {
        (seconds * self.0 as f32) as u32
    }
}

/// One guest's phone or sheet, and its way.
struct Guest {
    texture: Texture,
    rate: Rate,
    frame: u32,
    from: [f32; 2],
    held: Pose,
    sway: [f32; 4],
    /// Light that reaches the sensor, 1 for all.
    light: f32,
    /// Reflection: strength and part of the code.
    glare: Option<(f32, f32, u64)>,
    moire: Option<(f32, f32, f32)>,
}

impl Guest {
    fn new(rng: &mut Rng, code: &str, rate: Rate) -> Result<Self, crate::qr::QrError> {
        let kind = rng.u32(..100);
        let mut look = Look::of(rng, kind < 82);
        look.inverted = (70..78).contains(&kind);
        look.module = 8;
        let mut texture = Texture::draw(rng, code.as_bytes(), &look)?;
        if (62..70).contains(&kind) {
            let cracks = rng.usize(2..5);
            texture.crack(rng, cracks);
        }
        // The code is about 230 to 330 pixels wide, whatever its version.
        let module_px = between(rng, 230.0, 330.0) / texture.modules() as f32;
        let minified = texture.module as f32 / module_px;
        if minified > 1.3 {
            texture.canvas = texture.canvas.gaussian(0.42 * minified);
        }
        let turned = [0.0, 0.0, 0.0, 0.0, 90.0, 180.0][rng.usize(..6)];
        let held = Pose {
            centre: [between(rng, 560.0, 720.0), between(rng, 330.0, 390.0)],
            module_px,
            tilt: between(rng, 0.0, 18.0),
            axis: between(rng, 0.0, 360.0),
            roll: turned + normal(rng) * 7.0,
        };
        let from = [[-200.0, 420.0], [1480.0, 420.0], [640.0, 1050.0]][rng.usize(..3)];
        Ok(Self {
            texture,
            rate,
            frame: 0,
            from,
            held,
            sway: [0.0; 4].map(|_: f32| between(rng, 0.0, std::f32::consts::TAU)),
            light: if (50..62).contains(&kind) { 0.45 } else { 1.0 },
            glare: (40..50)
                .contains(&kind)
                .then(|| (between(rng, 60.0, 130.0), 0.03, rng.u64(..))),
            moire: (25..40)
                .contains(&kind)
                .then(|| (between(rng, 3.0, 12.0), between(rng, 0.0, 90.0), 0.12)),
        })
    }

    fn gone(&self) -> bool {
        self.frame >= self.rate.frames(IN + STAY + OUT)
    }

    /// How far it is from where it came: 1 outside, 0 held before the camera.
    fn way(&self) -> f32 {
        let t = self.frame as f32 / self.rate.0 as f32;
        if t < IN {
            (1.0 - t / IN).powi(3)
        } else {
            ((t - IN - STAY) / OUT).clamp(0.0, 1.0).powi(2)
        }
    }

    fn draw(&mut self, rng: &mut Rng, canvas: &mut Canvas) {
        let (way, f) = (self.way(), self.frame as f32);
        self.frame += 1;
        let before = self.way();
        let sway = |i: usize, slow: f32| (f * slow + self.sway[i]).sin();
        let mut pose = self.held;
        pose.centre[0] += (self.from[0] - pose.centre[0]) * way + 3.0 * sway(0, 0.9) + 5.0 * sway(1, 0.37);
        pose.centre[1] += (self.from[1] - pose.centre[1]) * way + 3.0 * sway(2, 0.8) + 5.0 * sway(3, 0.31);
        pose.tilt += 25.0 * way;
        pose.roll += 18.0 * way + sway(1, 0.2);
        pose.module_px *= 1.0 - 0.25 * way;
        let light = self.light;
        let shade: Box<dyn Fn(f32, f32) -> f32> = match self.moire {
            Some((period, angle, strength)) => {
                let beat = effects::moire(period, angle, strength);
                Box::new(move |x, y| light * beat(x, y))
            }
            None => Box::new(move |_, _| light),
        };
        let corners = pose.place(canvas, &self.texture, 1, &shade);
        if let Some((strength, cover, seed)) = self.glare {
            effects::glare(&mut Rng::with_seed(seed), canvas, &corners, strength, cover);
        }
        // Moved while the shutter was open, and not yet in focus.
        let moved = ((way - before)
            * (self.from[0] - self.held.centre[0]).hypot(self.from[1] - self.held.centre[1]))
        .abs();
        if moved > 8.0 {
            let half = side(&corners) * 1.5;
            let middle = centre(&corners);
            let rows = (middle[1] - half).max(0.0) as usize..(middle[1] + half).max(0.0) as usize;
            let columns = (middle[0] - half).max(0.0) as usize..(middle[0] + half).max(0.0) as usize;
            smear(canvas, columns, rows, (moved * 0.35) as usize);
        }
        if self.light < 1.0 {
            canvas.data.iter_mut().for_each(|p| *p += normal(rng) * 3.0);
        }
    }
}

/// Blurs along rows by a box; the way in is mostly sideways, and a guest who moves fast is not read anyway.
fn smear(canvas: &mut Canvas, columns: Range<usize>, rows: Range<usize>, length: usize) {
    let length = length.clamp(1, 60);
    let columns = columns.start.min(canvas.width)..columns.end.min(canvas.width);
    let mut line = vec![0.0; columns.len()];
    for row in canvas
        .data
        .chunks_exact_mut(canvas.width)
        .take(rows.end)
        .skip(rows.start)
    {
        let part = &mut row[columns.clone()];
        let last = part.last().copied().unwrap_or_default();
        let mut sum: f32 = (0..length).map(|x| part.get(x).copied().unwrap_or(last)).sum();
        for (x, out) in line.iter_mut().enumerate() {
            *out = sum / length as f32;
            sum += part.get(x + length).copied().unwrap_or(last) - part[x];
        }
        part.copy_from_slice(&line);
    }
}
