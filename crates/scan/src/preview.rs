//! The picture that the window shows, made only when the window asks.

use std::sync::Arc;

use crate::decode::Corners;
use crate::luma::Luma;

/// Most pixels in a row.
const WIDTH: usize = 480;
/// JPEG quality: about 15 kB a picture.
const QUALITY: u8 = 72;

/// A mirrored JPEG of a frame, at most 480 pixels wide.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The JPEG file.
    pub jpeg: Arc<[u8]>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Number of the frame; the same number is the same picture.
    pub frame: u32,
}

impl Preview {
    /// `None` only if the encoder refuses, which it does for no size that a frame has.
    pub(crate) fn of(plane: &Luma, frame: u32) -> Option<Self> {
        let (w, h) = size(plane.width(), plane.height());
        let mut small = plane.shrink(w, h);
        small.data_mut().chunks_exact_mut(w).for_each(<[u8]>::reverse);
        let mut jpeg = Vec::new();
        jpeg_encoder::Encoder::new(&mut jpeg, QUALITY)
            .encode(small.data(), w as u16, h as u16, jpeg_encoder::ColorType::Luma)
            .inspect_err(|error| tracing::warn!(%error, "no preview"))
            .ok()?;
        Some(Self {
            jpeg: jpeg.into(),
            width: w as u32,
            height: h as u32,
            frame,
        })
    }
}

fn size(w: usize, h: usize) -> (usize, usize) {
    if w <= WIDTH {
        (w, h)
    } else {
        (WIDTH, (h * WIDTH / w).max(1))
    }
}

/// Corners of a plane in the mirrored preview, 0..1.
pub(crate) fn mirrored(corners: &Corners, plane: &Luma) -> [[f32; 2]; 4] {
    let (w, h) = (plane.width() as f32, plane.height() as f32);
    corners.map(|[x, y]| [1.0 - x / w, y / h])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::read_picture;

    #[test]
    fn small_and_mirrored() {
        let mut plane = Luma::filled(1280, 720, 30);
        for y in 0..720 {
            plane.data_mut()[y * 1280..y * 1280 + 640].fill(220);
        }
        let preview = Preview::of(&plane, 7).unwrap();
        assert_eq!((preview.width, preview.height, preview.frame), (480, 270, 7));
        assert!(preview.jpeg.len() < 40_000);
        let back = read_picture(&preview.jpeg).unwrap();
        assert!(
            back.row(100)[10] < 60 && back.row(100)[470] > 190,
            "left and right have changed places"
        );
    }

    #[test]
    fn small_frames_stay_small() {
        let preview = Preview::of(&Luma::filled(3, 900, 0), 1).unwrap();
        assert_eq!((preview.width, preview.height), (3, 900));
    }

    #[test]
    fn corners_follow_the_mirror() {
        let plane = Luma::filled(100, 50, 0);
        let corners = mirrored(&[[0.0, 0.0], [25.0, 0.0], [25.0, 25.0], [0.0, 25.0]], &plane);
        assert_eq!(corners, [[1.0, 0.0], [0.75, 0.0], [0.75, 0.5], [1.0, 0.5]]);
    }
}
