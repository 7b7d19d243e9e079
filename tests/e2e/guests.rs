//! What the camera sees: pictures in a folder that `--camera file:` plays in a loop.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use image::{GrayImage, Luma, imageops};

/// A frame's size.
const FRAME: (u32, u32) = (1280, 720);

/// A folder of frames. An empty room is always among them, so that there is a picture at every moment.
#[derive(Debug)]
pub(crate) struct Frames {
    dir: PathBuf,
    shown: u32,
}

impl Frames {
    /// A camera that looks at an empty room.
    pub(crate) fn empty(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let frames = Self {
            dir: dir.to_owned(),
            shown: 0,
        };
        save(&room(), &frames.dir, "0000-room.png")?;
        Ok(frames)
    }

    /// What `--camera` is given.
    pub(crate) fn camera(&self) -> String {
        format!("file:{}/*.png", self.dir.display())
    }

    /// Somebody holds this code in front of the camera, and nobody else does.
    pub(crate) fn show(&mut self, code: &str) -> Result<()> {
        let last = self.current();
        self.shown += 1;
        let qr = image::load_from_memory(&portero_scan::qr::png(code, 8)?)?.into_luma8();
        let mut frame = room();
        let at = |whole: u32, part: u32| i64::from(whole.saturating_sub(part) / 2);
        imageops::overlay(&mut frame, &qr, at(FRAME.0, qr.width()), at(FRAME.1, qr.height()));
        // a name of its own each time: the camera keeps pictures by name
        save(&frame, &self.dir, &format!("{:04}-ticket.png", self.shown))?;
        gone(&last)
    }

    /// The phone goes away.
    pub(crate) fn clear(&mut self) -> Result<()> {
        gone(&self.current())
    }

    fn current(&self) -> PathBuf {
        self.dir.join(format!("{:04}-ticket.png", self.shown))
    }
}

/// A dim wall, a little lighter below.
fn room() -> GrayImage {
    GrayImage::from_fn(FRAME.0, FRAME.1, |_, y| {
        Luma([40 + u8::try_from(y / 12).unwrap_or(60)])
    })
}

/// Written aside and moved into place, so that the camera never sees half a file.
fn save(frame: &GrayImage, dir: &Path, name: &str) -> Result<()> {
    let aside = dir.join(format!("{name}.part"));
    frame.save_with_format(&aside, image::ImageFormat::Png)?;
    fs::rename(&aside, dir.join(name)).with_context(|| format!("cannot place {name}"))
}

fn gone(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}
