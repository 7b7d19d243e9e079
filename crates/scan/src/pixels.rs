//! The brightness plane of what cameras and files deliver, without a detour through RGB.

use std::sync::Arc;

use image::{DynamicImage, ImageReader, Limits};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::luma::Luma;
use crate::mjpeg::with_tables;

/// Pixels on the longer side that a file may have (50 megapixels are about 8,700 × 5,800).
const MAX_SIDE: u32 = 20_000;

/// Pixel layouts that cameras send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PixelFormat {
    /// JPEG pictures, one a frame.
    Mjpeg,
    /// Brightness in every second byte.
    Yuyv,
    /// The brightness plane, then colours.
    Nv12,
    /// The brightness plane alone.
    Gray,
    /// Three bytes a pixel.
    Rgb,
    /// Three bytes a pixel, blue first.
    Bgr,
}

impl PixelFormat {
    /// Name as the camera's state shows it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mjpeg => "MJPEG",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Gray => "GRAY",
            Self::Rgb => "RGB",
            Self::Bgr => "BGR",
        }
    }
}

/// Why bytes gave no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are no picture that is known here, or a damaged one.
    #[error("this is no picture that can be read (PNG, JPEG, WebP, GIF, BMP or PNM): {0}")]
    NotAPicture(String),
    /// A frame has fewer bytes than its size needs.
    #[error("the frame is cut off: {got} bytes of {want}")]
    CutOff {
        /// Bytes that came.
        got: usize,
        /// Bytes that the size needs.
        want: usize,
    },
}

impl PictureError {
    /// Stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable_file",
            Self::NotAPicture(_) => "not_a_picture",
            Self::CutOff { .. } => "frame_cut_off",
        }
    }
}

/// The plane of a camera's frame, at its own size.
pub(crate) fn from_camera(
    format: PixelFormat,
    width: usize,
    height: usize,
    bytes: &[u8],
) -> Result<Luma, PictureError> {
    let area = width.saturating_mul(height);
    let need = |want: usize| {
        bytes.get(..want).ok_or(PictureError::CutOff {
            got: bytes.len(),
            want,
        })
    };
    let data = match format {
        PixelFormat::Mjpeg => return jpeg(bytes),
        PixelFormat::Yuyv => need(area.saturating_mul(2))?.iter().step_by(2).copied().collect(),
        PixelFormat::Nv12 | PixelFormat::Gray => need(area)?.to_vec(),
        PixelFormat::Rgb => need(area.saturating_mul(3))?
            .chunks_exact(3)
            .map(|p| weigh(p[0], p[1], p[2]))
            .collect(),
        PixelFormat::Bgr => need(area.saturating_mul(3))?
            .chunks_exact(3)
            .map(|p| weigh(p[2], p[1], p[0]))
            .collect(),
    };
    Luma::new(width, height, data).ok_or(PictureError::CutOff { got: 0, want: 1 })
}

/// Brightness by ITU-R BT.601, as JPEG has it.
fn weigh(r: u8, g: u8, b: u8) -> u8 {
    ((u32::from(r) * 19595 + u32::from(g) * 38470 + u32::from(b) * 7471 + 32768) >> 16) as u8
}

/// Brightness of a JPEG; colours are not even computed.
fn jpeg(bytes: &[u8]) -> Result<Luma, PictureError> {
    let bad = |e: &dyn std::fmt::Debug| PictureError::NotAPicture(format!("{e:?}"));
    // A camera may send a picture that the cable cut short: what there is of it is no use.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let whole = with_tables(bytes);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(whole.as_ref()), options);
    let data = decoder.decode().map_err(|e| bad(&e))?;
    let (w, h) = decoder.dimensions().unwrap_or_default();
    let channels = data.len() / (w * h).max(1);
    let data = if channels > 1 {
        data.into_iter().step_by(channels).collect()
    } else {
        data
    };
    Luma::new(w, h, data).ok_or_else(|| bad(&"size and data differ"))
}

/// A picture file's plane, shrunk to fit 1280×720. Transparent parts are white, as on a page.
///
/// # Errors
/// [`PictureError::NotAPicture`].
pub fn read_picture(bytes: &[u8]) -> Result<Arc<Luma>, PictureError> {
    let bad = |e: &dyn std::fmt::Display| PictureError::NotAPicture(e.to_string());
    // A JPEG that fails here (CMYK and other rare kinds) may be known to the general reader.
    if bytes.starts_with(&[0xff, 0xd8])
        && let Ok(plane) = jpeg(bytes)
    {
        return Ok(Arc::new(plane.fit()));
    }
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let picture = reader.decode().map_err(|e| bad(&e))?;
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let data = if picture.color().has_alpha() {
        on_white(&picture)
    } else {
        picture.into_luma8().into_raw()
    };
    let plane = Luma::new(w, h, data).ok_or_else(|| bad(&"it has no pixels"))?;
    Ok(Arc::new(plane.fit()))
}

fn on_white(picture: &DynamicImage) -> Vec<u8> {
    let lay = |luma: u8, alpha: u8| {
        let a = u32::from(alpha);
        ((u32::from(luma) * a + 255 * (255 - a) + 127) / 255) as u8
    };
    picture
        .to_luma_alpha8()
        .pixels()
        .map(|p| lay(p.0[0], p.0[1]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ramp(w: usize, h: usize) -> Luma {
        Luma::new(w, h, (0..w * h).map(|i| (i % w * 255 / w) as u8).collect()).unwrap()
    }

    fn to_jpeg(plane: &Luma) -> Vec<u8> {
        let mut out = Vec::new();
        jpeg_encoder::Encoder::new(&mut out, 95)
            .encode(
                plane.data(),
                plane.width() as u16,
                plane.height() as u16,
                jpeg_encoder::ColorType::Luma,
            )
            .unwrap();
        out
    }

    #[test]
    fn every_layout_gives_the_same_plane() {
        let plane = ramp(64, 16);
        let yuyv: Vec<u8> = plane.data().iter().flat_map(|&y| [y, 128]).collect();
        let mut nv12 = plane.data().to_vec();
        nv12.extend(vec![128; 64 * 16 / 2]);
        let rgb: Vec<u8> = plane.data().iter().flat_map(|&y| [y, y, y]).collect();
        for (format, bytes) in [
            (PixelFormat::Yuyv, &yuyv),
            (PixelFormat::Nv12, &nv12),
            (PixelFormat::Gray, &plane.data().to_vec()),
            (PixelFormat::Rgb, &rgb),
            (PixelFormat::Bgr, &rgb),
        ] {
            assert_eq!(from_camera(format, 64, 16, bytes).unwrap(), plane, "{format:?}");
        }
        let jpeg = from_camera(PixelFormat::Mjpeg, 64, 16, &to_jpeg(&plane)).unwrap();
        assert!(
            jpeg.data()
                .iter()
                .zip(plane.data())
                .all(|(a, b)| a.abs_diff(*b) < 6)
        );
    }

    #[test]
    fn colours_weigh_as_in_jpeg() {
        assert_eq!(
            from_camera(PixelFormat::Rgb, 1, 1, &[255, 0, 0]).unwrap().data(),
            [76]
        );
        assert_eq!(
            from_camera(PixelFormat::Bgr, 1, 1, &[255, 0, 0]).unwrap().data(),
            [29]
        );
    }

    #[test]
    fn mjpeg_without_its_huffman_tables_is_read() {
        // Cameras leave the standard tables out (AVI1); every JPEG here uses the standard ones.
        let full = to_jpeg(&ramp(64, 16));
        let mut bare = full[..2].to_vec();
        let mut at = 2;
        while full[at + 1] != 0xda {
            let next = at + 2 + usize::from(u16::from_be_bytes([full[at + 2], full[at + 3]]));
            if full[at + 1] != 0xc4 {
                bare.extend(&full[at..next]);
            }
            at = next;
        }
        bare.extend(&full[at..]);
        assert!(bare.len() < full.len());
        let plane = from_camera(PixelFormat::Mjpeg, 64, 16, &bare).unwrap();
        assert!(
            plane
                .data()
                .iter()
                .zip(ramp(64, 16).data())
                .all(|(a, b)| a.abs_diff(*b) < 6)
        );
    }

    #[test]
    fn a_short_frame_is_an_error() {
        let error = from_camera(PixelFormat::Yuyv, 64, 16, &[0; 100]).unwrap_err();
        assert_eq!(error.code(), "frame_cut_off");
        assert!(from_camera(PixelFormat::Gray, usize::MAX, 2, &[0; 9]).is_err());
        assert!(from_camera(PixelFormat::Gray, 0, 0, &[]).is_err());
    }

    #[test]
    fn transparent_is_white() {
        let picture = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, image::Rgba([0, 0, 0, 0])));
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        assert_eq!(read_picture(png.get_ref()).unwrap().data(), [255; 4]);
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_and_no_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), kind in 0usize..4) {
            let magic: &[u8] = [&b"\xff\xd8\xff\xe0"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b""][kind];
            bytes.splice(0..0, magic.iter().copied());
            let _ = read_picture(&bytes);
            let _ = from_camera(PixelFormat::Mjpeg, 16, 16, &bytes);
        }

        #[test]
        fn damaged_jpegs_are_no_panic(at in 0usize..2000, value: u8, cut in 0usize..2000) {
            let mut bytes = to_jpeg(&ramp(64, 48));
            let n = bytes.len();
            bytes[at % n] = value;
            bytes.truncate(cut % n + 1);
            let _ = from_camera(PixelFormat::Mjpeg, 64, 48, &bytes);
        }
    }
}
