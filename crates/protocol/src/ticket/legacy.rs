//! Codes of the web system that venues had before: JSON `{reservaId, token, timestamp, cliente, fecha, hora}`, and a bare `res-<id>`.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Reading;
use crate::ids::ReservationId;

/// The part of the JSON that decides. The name and date beside it are not trusted: the row has them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenCode {
    reserva_id: ReservationId,
    token: String,
}

pub(super) fn read(text: &str) -> Reading {
    if text.starts_with('{') {
        return match serde_json::from_str::<TokenCode>(text) {
            Ok(code) if !code.token.is_empty() => Reading::Token {
                reservation: code.reserva_id,
                token_hash: token_hash(&code.token),
            },
            _ => Reading::NotATicket,
        };
    }
    match text.strip_prefix("res-") {
        Some(rest) if !rest.is_empty() => text.parse().map_or(Reading::NotATicket, Reading::Bare),
        _ => Reading::NotATicket,
    }
}

/// SHA-256 of a token, in hex: what hub and doors hold of it.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_a_token_is_read_and_the_token_is_not_kept() {
        let code = r#"{"reservaId":"res-9","token":"t0p","timestamp":1760000000,"cliente":"Ana","fecha":"2026-11-24","hora":"21:30"}"#;
        assert_eq!(
            super::super::read(code.as_bytes()),
            Reading::Token {
                reservation: "res-9".parse().unwrap(),
                token_hash: token_hash("t0p")
            }
        );
    }

    #[test]
    fn a_token_has_to_be_there() {
        assert_eq!(read(r#"{"reservaId":"res-9","token":""}"#), Reading::NotATicket);
        assert_eq!(read(r#"{"reservaId":"res-9"}"#), Reading::NotATicket);
        assert_eq!(read("res-"), Reading::NotATicket);
        assert_eq!(read("res-a b"), Reading::NotATicket);
    }

    #[test]
    fn a_bare_id_is_read() {
        assert_eq!(read("res-123"), Reading::Bare("res-123".parse().unwrap()));
    }
}
