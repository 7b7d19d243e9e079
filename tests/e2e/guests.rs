//! What the camera sees: pictures in a folder that `--camera file:` plays in a loop.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use image::{GrayImage, Luma, imageops};

/// A frame's size.
const FRAME: (u32, u32) = (1280, 720);
/// A phone's body and its screen.
const BODY: u8 = 18;
const SCREEN: u8 = 240;

/// A folder with the one picture that the camera sees now.
#[derive(Debug)]
pub(crate) struct Frames {
    dir: PathBuf,
    shown: u32,
}

impl Frames {
    /// A camera that looks at an empty room.
    pub(crate) fn empty(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let mut frames = Self {
            dir: dir.to_owned(),
            shown: 0,
        };
        frames.clear()?;
        Ok(frames)
    }

    /// What `--camera` is given.
    pub(crate) fn camera(&self) -> String {
        format!("file:{}/*.png", self.dir.display())
    }

    /// Somebody holds a phone with this code in front of the camera.
    pub(crate) fn show(&mut self, code: &str) -> Result<()> {
        let qr = image::load_from_memory(&portero_scan::qr::png(code, 7)?)?.into_luma8();
        let mut frame = room();
        let phone = rounded(qr.width() + 60, FRAME.1 - 40, 36);
        place(&mut frame, &phone, BODY);
        let screen = rounded(qr.width() + 32, FRAME.1 - 68, 24);
        place(&mut frame, &screen, SCREEN);
        let corner = |whole: u32, part: u32| i64::from(whole.saturating_sub(part) / 2);
        imageops::overlay(
            &mut frame,
            &qr,
            corner(FRAME.0, qr.width()),
            corner(FRAME.1, qr.height()),
        );
        self.next(&frame)
    }

    /// The phone goes away.
    pub(crate) fn clear(&mut self) -> Result<()> {
        self.next(&room())
    }

    /// A picture takes the place of the one before. Each has a name of its own: the camera keeps pictures by name.
    fn next(&mut self, frame: &GrayImage) -> Result<()> {
        let before = self.dir.join(format!("{:04}.png", self.shown));
        self.shown += 1;
        save(frame, &self.dir, &format!("{:04}.png", self.shown))?;
        if before.exists() {
            fs::remove_file(before)?;
        }
        Ok(())
    }
}

/// A dim wall, a little lighter below.
fn room() -> GrayImage {
    GrayImage::from_fn(FRAME.0, FRAME.1, |_, y| {
        Luma([40 + u8::try_from(y / 12).unwrap_or(60)])
    })
}

/// Which pixels of a rectangle with round corners are inside.
fn rounded(width: u32, height: u32, radius: u32) -> Vec<Vec<bool>> {
    let outside = |at: u32, length: u32| {
        let from_edge = at.min(length - 1 - at);
        f64::from(radius.saturating_sub(from_edge))
    };
    let inside = |x, y| outside(x, width).hypot(outside(y, height)) <= f64::from(radius);
    (0..height)
        .map(|y| (0..width).map(|x| inside(x, y)).collect())
        .collect()
}

/// Paints a shape into the middle of a frame.
fn place(frame: &mut GrayImage, shape: &[Vec<bool>], colour: u8) {
    let corner = |whole: u32, part: usize| whole.saturating_sub(part as u32) / 2;
    let top = corner(FRAME.1, shape.len());
    for (y, row) in (top..FRAME.1).zip(shape) {
        for (x, inside) in (corner(FRAME.0, row.len())..FRAME.0).zip(row) {
            if *inside {
                frame.put_pixel(x, y, Luma([colour]));
            }
        }
    }
}

/// Written aside and moved into place, so that the camera never sees half a file.
fn save(frame: &GrayImage, dir: &Path, name: &str) -> Result<()> {
    let aside = dir.join(format!("{name}.part"));
    frame.save_with_format(&aside, image::ImageFormat::Png)?;
    fs::rename(&aside, dir.join(name)).with_context(|| format!("cannot place {name}"))
}
