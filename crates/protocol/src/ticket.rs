//! Ticket codes: what a guest's QR holds.
//!
//! - [`signed`]: Portero's own, `P1` + base45 of 94 bytes with an Ed25519 signature: doors verify it without a network.
//! - [`legacy`]: the forms that venues have from the web system before: JSON with a token, and a bare id.

pub mod legacy;
pub mod signed;

use crate::ids::ReservationId;
use crate::limits::CODE_BYTES;

pub use signed::{SignatureFault, SigningKey, Ticket};

/// What a code is, before anything is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A signed ticket; its signature has not been checked.
    Signed(Box<Ticket>),
    /// An older code with a token.
    Token {
        /// Which reservation.
        reservation: ReservationId,
        /// SHA-256 of the token, in hex.
        token_hash: String,
    },
    /// A bare id, accepted only where the venue allows unsigned codes.
    Bare(ReservationId),
    /// Not a ticket at all.
    NotATicket,
}

/// Reads a code as a scanner gives it: bytes, of any size and content.
#[must_use]
pub fn read(code: &[u8]) -> Reading {
    if code.len() > CODE_BYTES {
        return Reading::NotATicket;
    }
    let Ok(text) = std::str::from_utf8(code) else {
        return Reading::NotATicket;
    };
    // Hand scanners add blanks and line ends.
    let text = text.trim();
    if let Some(ticket) = Ticket::parse(text) {
        return Reading::Signed(Box::new(ticket));
    }
    legacy::read(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(code in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&code);
        }

        #[test]
        fn never_panics_on_almost_tickets(tail in "[0-9A-Z $%*+./:-]{0,160}") {
            let _ = read(format!("P1{tail}").as_bytes());
        }
    }

    #[test]
    fn other_codes_are_no_tickets() {
        for other in [
            "",
            "P1",
            "https://example.com/menu",
            "WIFI:S:bar;T:WPA;P:x;;",
            "{}",
            "[]",
            "{\"reservaId\":\"res-1\"}",
            "1234567890128",
        ] {
            assert_eq!(read(other.as_bytes()), Reading::NotATicket, "{other:?}");
        }
        assert_eq!(read(&[0xff, 0xfe, 0x00]), Reading::NotATicket);
        assert_eq!(read("x".repeat(5_000).as_bytes()), Reading::NotATicket);
    }
}
