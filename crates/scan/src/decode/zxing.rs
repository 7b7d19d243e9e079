//! The `zxing-cpp` crate behind one function.

use zxingcpp::{Barcode, BarcodeFormat, BarcodeReader, ImageFormat, ImageView, PointI, TextMode};

use super::{Corners, DecoderKind, Found, Reading};
use crate::cputime::thread_ms;
use crate::luma::Luma;

/// A reader with its settings; it stays on the thread that made it.
pub(super) struct Zxing(BarcodeReader);

impl Zxing {
    /// Everything switched on: turned, inverted and small codes, and codes that are seen but not read.
    pub(super) fn new() -> Self {
        let reader = zxingcpp::read()
            .formats([BarcodeFormat::QRCode])
            .try_harder(true)
            .try_rotate(true)
            .try_invert(true)
            .try_downscale(true)
            .return_errors(true)
            .text_mode(TextMode::Plain);
        Self(reader)
    }

    /// Every code in the plane. A plane that the library refuses has no codes.
    pub(super) fn read(&self, plane: &Luma) -> Reading {
        let start = thread_ms();
        let mut reading = Reading::default();
        let view = ImageView::from_slice(plane.data(), plane.width(), plane.height(), ImageFormat::Lum);
        match view.and_then(|view| self.0.from(&view)) {
            Ok(barcodes) => {
                for barcode in &barcodes {
                    let corners = corners(barcode);
                    let bytes = if barcode.is_valid() {
                        barcode.bytes()
                    } else {
                        Vec::new()
                    };
                    if bytes.is_empty() {
                        reading.located.push(corners);
                    } else {
                        let text = String::from_utf8(bytes.clone()).unwrap_or_else(|_| barcode.text());
                        reading.codes.push(Found {
                            bytes,
                            text,
                            decoder: DecoderKind::ZxingCpp,
                            corners,
                        });
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "zxing-cpp refused a frame"),
        }
        reading.ms = thread_ms() - start;
        reading
    }
}

fn corners(barcode: &Barcode) -> Corners {
    let position = barcode.position();
    let at = |p: PointI| [p.x as f32, p.y as f32];
    [
        at(position.top_left),
        at(position.top_right),
        at(position.bottom_right),
        at(position.bottom_left),
    ]
}
