//! Drawing a ticket's code: SVG for the window, PNG for saving and sending, PDF for print.
//!
//! Level M, quiet zone of four modules, as the ticket format asks.

use std::fmt::Write as _;
use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use qrcode::{Color, EcLevel, QrCode};

mod pdf;

pub use pdf::{TicketText, pdf};

/// Modules of white around the code; readers need them.
const QUIET: usize = 4;

/// Why a code could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// More than a QR code of level M holds (2,331 bytes).
    #[error("the text is too long for a QR code: {0} bytes")]
    TooLong(usize),
    /// The picture could not be written.
    #[error("the picture of the code could not be made: {0}")]
    Picture(#[from] image::ImageError),
}

impl QrError {
    /// Stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "code_too_long",
            Self::Picture(_) => "code_picture",
        }
    }
}

/// The modules of a code, without quiet zone.
#[derive(Debug, Clone)]
pub struct Modules {
    size: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Encodes `code` at level M in the smallest version that holds it.
    ///
    /// # Errors
    /// [`QrError::TooLong`].
    pub fn new(code: &[u8]) -> Result<Self, QrError> {
        Self::with_level(code, EcLevel::M)
    }

    pub(crate) fn with_level(code: &[u8], level: EcLevel) -> Result<Self, QrError> {
        let qr =
            QrCode::with_error_correction_level(code, level).map_err(|_| QrError::TooLong(code.len()))?;
        Ok(Self {
            size: qr.width(),
            dark: qr.to_colors().into_iter().map(|c| c == Color::Dark).collect(),
        })
    }

    pub(crate) fn empty() -> Self {
        Self {
            size: 21,
            dark: vec![false; 21 * 21],
        }
    }

    /// Modules on a side: 21 for version 1, four more for each next one.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether the module is dark; everything outside is light.
    pub fn dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }
}

/// The code as an SVG of one path, one unit a module, crisp at any size.
///
/// # Errors
/// [`QrError::TooLong`].
pub fn svg(code: &str) -> Result<String, QrError> {
    let modules = Modules::new(code.as_bytes())?;
    let side = modules.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..modules.size() {
        let mut x = 0;
        while x < modules.size() {
            let run = (x..modules.size()).take_while(|&i| modules.dark(i, y)).count();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// The code as a PNG, `scale` pixels a module (1..=64).
///
/// # Errors
/// [`QrError`].
pub fn png(code: &str, scale: usize) -> Result<Vec<u8>, QrError> {
    let modules = Modules::new(code.as_bytes())?;
    let scale = scale.clamp(1, 64);
    let side = (modules.size() + 2 * QUIET) * scale;
    let mut pixels = vec![255u8; side * side];
    for (y, row) in pixels.chunks_exact_mut(side).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let module = |at: usize| (at / scale).wrapping_sub(QUIET);
            if modules.dark(module(x), module(y)) {
                *pixel = 0;
            }
        }
    }
    let mut out = Cursor::new(Vec::new());
    PngEncoder::new(&mut out).write_image(&pixels, side as u32, side as u32, ExtendedColorType::L8)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode::StillDecoder, source::read_picture};

    #[test]
    fn what_is_drawn_reads_back() {
        let code = "P1".to_owned() + &"7WK*%F".repeat(23);
        let picture = read_picture(&png(&code, 4).unwrap()).unwrap();
        let found = StillDecoder::new().decode(&picture);
        assert_eq!(found.codes[0].bytes, code.as_bytes());
    }

    #[test]
    fn a_signed_ticket_is_version_6() {
        let ticket = "P1".to_owned() + &"A".repeat(141);
        assert_eq!(Modules::new(ticket.as_bytes()).unwrap().size(), 41);
    }

    #[test]
    fn svg_covers_the_same_modules() {
        let svg = svg("HELLO").unwrap();
        let modules = Modules::new(b"HELLO").unwrap();
        let drawn: usize = svg
            .split('h')
            .skip(1)
            .filter_map(|p| p.split('v').next()?.parse::<usize>().ok())
            .sum();
        let dark = (0..21)
            .flat_map(|y| (0..21).map(move |x| (x, y)))
            .filter(|&(x, y)| modules.dark(x, y))
            .count();
        // The white ground is the first run.
        assert_eq!(drawn, dark + 29);
    }

    #[test]
    fn too_long_is_an_error() {
        assert_eq!(svg(&"x".repeat(4000)).unwrap_err().code(), "code_too_long");
    }
}
