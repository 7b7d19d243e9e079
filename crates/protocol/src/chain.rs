//! The chain: each entry of a device holds the hash of the one before, so that the hub sees a hole, a reset laptop or a changed past.
//!
//! **Canonical form.** The entry's wire fields in this order, each as its JSON value (compact, `null` where absent), in one JSON array:
//! `["portero-entry-1", escaneoId, reservaId, cantidad, metodo, puerta, usuario, timestamp, desfaseMs, desfaseErrorMs, secuencia, previo,
//! veredicto, emision, codigo, anulaA]`. Strings are escaped as JSON asks and no further: `"`, `\` and control characters only; everything
//! else is UTF-8 as it stands. The hash is SHA-256 of those bytes, in lower-case hex.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::entry::Entry;

/// `previo` of a device's first entry: 64 zeros.
pub const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The canonical bytes of an entry.
#[must_use]
pub fn canonical(entry: &Entry) -> Vec<u8> {
    let fields: Value = json!([
        "portero-entry-1",
        entry.id,
        entry.reservation,
        entry.quantity,
        entry.method,
        entry.door,
        entry.user,
        entry.timestamp,
        entry.offset_ms,
        entry.offset_error_ms,
        entry.sequence,
        entry.previous,
        entry.verdict,
        entry.issue,
        entry.code,
        entry.voids,
    ]);
    fields.to_string().into_bytes()
}

/// The hash that the device's next entry holds as `previo`.
#[must_use]
pub fn hash(entry: &Entry) -> String {
    hex::encode(Sha256::digest(canonical(entry)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Method, Verdict};
    use crate::instant::Instant;

    /// The test vectors of docs/PROTOCOL.
    #[test]
    fn the_published_vectors_hold() {
        let first = Entry {
            id: "01938f00-0000-7000-8000-000000000001".parse().unwrap(),
            reservation: "res-1".parse().unwrap(),
            quantity: 2,
            method: Method::Code,
            door: Some("Puerta \"1\" ñ".to_owned()),
            user: None,
            timestamp: Instant::from_ms(1_764_020_000_123),
            offset_ms: -15,
            offset_error_ms: 4,
            sequence: 1,
            previous: FIRST.to_owned(),
            verdict: Verdict::Admitted,
            issue: Some(1),
            code: None,
            voids: None,
        };
        assert_eq!(
            String::from_utf8(canonical(&first)).unwrap(),
            format!(
                r#"["portero-entry-1","01938f00-0000-7000-8000-000000000001","res-1",2,"QR","Puerta \"1\" ñ",null,"2025-11-24T21:33:20.123Z",-15,4,1,"{FIRST}","admitted",1,null,null]"#
            )
        );
        assert_eq!(
            hash(&first),
            "16c1dce26bdae5ebf5ba8618307f80c299db3c37ea53cf7639879c97f32c1a9c"
        );
    }

    #[test]
    fn any_change_of_the_past_shows() {
        let entry = |quantity| Entry {
            id: "01938f00-0000-7000-8000-000000000001".parse().unwrap(),
            reservation: "res-1".parse().unwrap(),
            quantity,
            method: Method::Manual,
            door: None,
            user: None,
            timestamp: Instant::from_ms(0),
            offset_ms: 0,
            offset_error_ms: 0,
            sequence: 1,
            previous: FIRST.to_owned(),
            verdict: Verdict::Admitted,
            issue: None,
            code: None,
            voids: None,
        };
        assert_ne!(hash(&entry(1)), hash(&entry(2)));
    }
}
