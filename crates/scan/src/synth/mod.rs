//! Drawn frames: tickets on phones and paper before a camera, with what goes wrong at a door.
//!
//! - [`canvas`]: a plane of exact brightness to draw on
//! - [`texture`]: a phone or a sheet with a code on it
//! - [`place`]: how it is held before the camera
//! - [`scene`]: a ticket in a room; [`conditions`]: a corpus of what goes wrong; [`sequence`]: a phone that enters
//! - [`effects`]: lens, movement, light, sensor, compression
//!
//! Everything is by seed: the same seed draws the same frames on every machine.

pub mod canvas;
pub mod conditions;
pub mod effects;
pub mod place;
pub mod scene;
pub mod sequence;
pub mod texture;

pub use canvas::Canvas;
pub use place::Pose;
pub use texture::Texture;

/// A number from the bell curve with middle 0 and spread 1.
pub fn normal(rng: &mut fastrand::Rng) -> f32 {
    // The sum of twelve has spread 1; its tails end at 6, which no picture shows.
    (0..12).map(|_| rng.f32()).sum::<f32>() - 6.0
}

/// A number between two.
pub fn between(rng: &mut fastrand::Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.f32()
}
