//! One frame with a ticket, to be spoilt by an effect.

use fastrand::Rng;
use qrcode::EcLevel;

use super::{Canvas, Pose, Texture, between, effects, normal, texture::Look};
use crate::decode::Corners;
use crate::qr::Modules;

/// Size of a frame.
pub const WIDTH: usize = 1280;
/// See [`WIDTH`].
pub const HEIGHT: usize = 720;

/// A code's text and its modules.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// What a reader has to give.
    pub text: String,
    /// How it is drawn.
    pub modules: Modules,
}

impl Ticket {
    /// A code as tickets are: signed ones in base45, others in base64, 20 to 120 bytes, levels L to Q.
    pub fn any(rng: &mut Rng) -> Self {
        let bytes = [20, 60, 120][rng.usize(..3)];
        Self::of(rng, bytes)
    }

    /// One of so many bytes.
    pub fn of(rng: &mut Rng, bytes: usize) -> Self {
        const BASE45: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let (head, letters, length) = if rng.bool() {
            ("P1", BASE45, bytes * 3 / 2)
        } else {
            ("rsv1.", BASE64, bytes * 4 / 3)
        };
        let level = [EcLevel::L, EcLevel::M, EcLevel::M, EcLevel::Q][rng.usize(..4)];
        let letter = |rng: &mut Rng| char::from(letters[rng.usize(..letters.len())]);
        let text: String = head.chars().chain((0..length).map(|_| letter(rng))).collect();
        Self::with(text, level)
    }

    fn with(text: String, level: EcLevel) -> Self {
        // 180 letters fit at every level; an empty code would be a bug here and show as an unread frame.
        let modules = Modules::with_level(text.as_bytes(), level).unwrap_or_else(|_| Modules::empty());
        Self { text, modules }
    }
}

/// A ticket placed in a room.
#[derive(Debug)]
pub struct Scene {
    /// The frame so far.
    pub canvas: Canvas,
    /// Texts in it.
    pub texts: Vec<String>,
    /// Corners of the (last) code.
    pub corners: Corners,
    /// Pixels a module.
    pub module_px: f32,
}

/// What a scene is made of; the rest is by chance.
#[derive(Default)]
pub struct Plan {
    /// Pixels a module; by default 4.
    pub module_px: Option<f32>,
    /// Degrees; by default up to 12.
    pub tilt: Option<f32>,
    /// Degrees; by default a few.
    pub roll: Option<f32>,
    /// Phone or sheet; by default a phone in seven of ten.
    pub phone: Option<bool>,
    /// Dark mode.
    pub inverted: bool,
    /// Shades of the modules.
    pub shades: Option<(f32, f32)>,
    /// Modules of quiet zone; by default 4.
    pub quiet: Option<usize>,
    /// Brightness of the room, 1 for daylight.
    pub light: Option<f32>,
    /// Grid of the screen: period, angle, strength.
    pub moire: Option<(f32, f32, f32)>,
    /// What is done to the carrier before it is held up.
    pub touch: Option<fn(&mut Rng, &mut Texture, f32)>,
    /// How much of that.
    pub amount: f32,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("module_px", &self.module_px)
            .field("tilt", &self.tilt)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// Draws it.
    pub fn draw(&self, rng: &mut Rng) -> Scene {
        let ticket = Ticket::any(rng);
        let mut canvas = effects::room(rng, WIDTH, HEIGHT);
        if let Some(light) = self.light {
            canvas.data.iter_mut().for_each(|p| *p *= light);
        }
        self.add(rng, canvas, ticket, None)
    }

    /// Adds a ticket to a canvas, somewhere or around a point.
    pub fn add(&self, rng: &mut Rng, mut canvas: Canvas, ticket: Ticket, around: Option<[f32; 2]>) -> Scene {
        let phone = self.phone.unwrap_or_else(|| rng.f32() < 0.7);
        let mut look = Look::of(rng, phone);
        look.inverted = self.inverted;
        look.quiet = self.quiet.unwrap_or(4);
        if let Some(shades) = self.shades {
            look.shades = shades;
        }
        let mut texture = Texture::of(rng, &ticket.modules, &look);
        if let Some(touch) = self.touch {
            touch(rng, &mut texture, self.amount);
        }
        // Always within the frame.
        let module_px = self
            .module_px
            .unwrap_or(4.0)
            .min(600.0 / ticket.modules.size() as f32);
        let minified = texture.module as f32 / (module_px * 2.0);
        if minified > 1.3 {
            texture.canvas = texture.canvas.gaussian(0.42 * minified);
        }
        let mut pose = Pose {
            centre: [0.0, 0.0],
            module_px,
            tilt: self.tilt.unwrap_or_else(|| between(rng, 0.0, 12.0)),
            axis: between(rng, 0.0, 360.0),
            roll: self.roll.unwrap_or_else(|| normal(rng) * 8.0),
        };
        pose.centre = around.unwrap_or_else(|| {
            let corners = pose.corners(&texture);
            [
                anywhere(rng, corners.map(|c| c[0]), WIDTH),
                anywhere(rng, corners.map(|c| c[1]), HEIGHT),
            ]
        });
        let corners = match self.moire {
            Some((period, angle, strength)) => {
                pose.place(&mut canvas, &texture, 2, &effects::moire(period, angle, strength))
            }
            None => pose.place(&mut canvas, &texture, 2, &|_, _| 1.0),
        };
        Scene {
            canvas,
            texts: vec![ticket.text],
            corners,
            module_px,
        }
    }
}

/// A middle such that corners around zero stay within the frame.
fn anywhere(rng: &mut Rng, around: [f32; 4], end: usize) -> f32 {
    let low = around.iter().copied().fold(f32::MAX, f32::min) * 1.15;
    let high = around.iter().copied().fold(f32::MIN, f32::max) * 1.15;
    let (first, last) = (8.0 - low, end as f32 - 8.0 - high);
    if first < last {
        between(rng, first, last)
    } else {
        end as f32 / 2.0
    }
}
