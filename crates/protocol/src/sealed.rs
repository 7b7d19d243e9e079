//! A laptop's outbox as a file, for a venue whose network does not come back: carried to the hub by hand, and signed, so that the hub knows whose it is and
//! that nothing in it was changed.
//!
//! Lines of JSON. The first is the [`Header`]; then what waits, in the order in which it happened ([`Line`]); the last is `{"firma": …}`, an Ed25519
//! signature in hex by the laptop's own key (the one that it published, see `clavesPublicas`) over `portero-outbox-1`, a zero byte, and the SHA-256 of every byte
//! before that line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ids::{DeviceId, OpId, VenueId};
use crate::instant::Instant;
use crate::problem::Code;
use crate::ticket::SigningKey;
use crate::ticket::signed::is_signed_by;

/// The name and version of the form, in the header's `formato`.
pub const FORMAT: &str = "portero-outbox-1";
/// What the name of every version of the form begins with.
const FAMILY: &str = "portero-outbox-";
const DOMAIN: &[u8] = b"portero-outbox-1\0";

/// The first line: whose outbox it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// [`FORMAT`].
    #[serde(rename = "formato")]
    pub format: String,
    /// The venue.
    #[serde(rename = "local")]
    pub venue: VenueId,
    /// The laptop, as it calls itself.
    #[serde(rename = "dispositivo")]
    pub device: DeviceId,
    /// The door's name.
    #[serde(rename = "puerta", default, skip_serializing_if = "Option::is_none")]
    pub door: Option<String>,
    /// The public half of the key that signs the file, in hex.
    #[serde(rename = "clave")]
    pub key: String,
    /// The number of the last entry that the laptop made: what the hub lacks up to there is outstanding.
    #[serde(rename = "secuencia")]
    pub sequence: u64,
    /// When it was written, by the hub's clock as the laptop knew it.
    #[serde(rename = "creadoEn")]
    pub created: Instant,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Line {
    /// An entry or an undo, as it would be delivered.
    #[serde(rename = "entrada")]
    Entry(Value),
    /// A create, an edit or a deletion, as it would be sent.
    #[serde(rename = "escritura")]
    Write(WaitingWrite),
}

/// A write, as the request that it would be: the hub answers it once, whichever way it comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingWrite {
    /// Its `Idempotency-Key`.
    #[serde(rename = "opId")]
    pub op: OpId,
    /// `POST`, `PATCH` or `DELETE`.
    #[serde(rename = "metodo")]
    pub method: String,
    /// The path, as `/api/reservas/…`.
    #[serde(rename = "ruta")]
    pub path: String,
    /// What `If-Match` would name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The body, byte for byte.
    #[serde(rename = "cuerpo", default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Seal {
    firma: String,
}

/// A file whose signature fits to the key in its header. Whether that key is a laptop of this venue is the hub's to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbox {
    /// Whose it is.
    pub header: Header,
    /// What waits, in order.
    pub lines: Vec<Line>,
}

/// What the hub took of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "BandejaTomada"))]
pub struct Taken {
    /// The laptop, as the hub knows it.
    #[serde(rename = "dispositivo")]
    pub device: DeviceId,
    /// Its name.
    #[serde(rename = "nombre")]
    pub name: String,
    /// How many entries had which outcome (`registrada`, `repetida` …).
    #[serde(rename = "entradas")]
    #[cfg_attr(feature = "ts", ts(type = "Record<string, number>"))]
    pub entries: BTreeMap<String, u32>,
    /// How many creates, edits and deletions were done, now or before.
    #[serde(rename = "escrituras")]
    pub writes: u32,
    /// What cannot be taken.
    #[serde(rename = "rechazadas")]
    pub not_taken: Vec<NotTaken>,
    /// The number of the last entry that the laptop made.
    #[serde(rename = "secuencia")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sequence: u64,
    /// How many of its entries the hub still lacks.
    #[serde(rename = "faltan")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub outstanding: u64,
}

/// Something of a file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "NoTomada"))]
pub struct NotTaken {
    /// The entry's or the write's id.
    pub id: String,
    /// Why, for programs.
    #[serde(rename = "codigo")]
    pub code: Code,
    /// Why, for people.
    #[serde(rename = "motivo")]
    pub reason: String,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// Something else.
    #[error("this is no outbox that a Portero laptop wrote")]
    NotAnOutbox,
    /// Of a form that this version does not know.
    #[error("a newer version of Portero wrote this outbox ({0}): update the hub")]
    Newer(String),
    /// The last line is missing.
    #[error("the file ends before its signature: it was not copied whole. Copy it again")]
    Cut,
    /// The signature does not fit.
    #[error(
        "the file is not as the laptop signed it: it was changed or damaged. Nothing of it is taken; export it again"
    )]
    Changed,
}

/// Whether bytes begin as such a file does, whatever its version.
#[must_use]
pub fn is_outbox(start: &[u8]) -> bool {
    start.starts_with(format!("{{\"formato\":\"{FAMILY}").as_bytes())
}

/// Writes the file.
///
/// # Errors
/// A line cannot be written as JSON.
pub fn seal(header: &Header, lines: &[Line], key: &SigningKey) -> serde_json::Result<Vec<u8>> {
    let mut file = serde_json::to_vec(header)?;
    file.push(b'\n');
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.push(b'\n');
    }
    let firma = hex::encode(key.sign_bytes(&message(&file)));
    serde_json::to_writer(&mut file, &Seal { firma })?;
    file.push(b'\n');
    Ok(file)
}

/// Reads a file and checks its signature against the key in its header.
///
/// # Errors
/// Why it is not taken.
pub fn open(file: &[u8]) -> Result<Outbox, SealFault> {
    if !is_outbox(file) {
        return Err(SealFault::NotAnOutbox);
    }
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header: Value = serde_json::from_slice(first).map_err(|_| SealFault::Cut)?;
    match header["formato"].as_str() {
        Some(FORMAT) => {}
        other => return Err(SealFault::Newer(other.unwrap_or_default().to_owned())),
    }
    // A signature is over bytes, so nothing is read before it fits.
    let whole = file.strip_suffix(b"\n").unwrap_or(file);
    let start = whole
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let (signed, last) = whole.split_at(start);
    let seal: Seal = serde_json::from_slice(last).map_err(|_| SealFault::Cut)?;
    let header: Header = serde_json::from_value(header).map_err(|_| SealFault::Changed)?;
    if !is_signed_by(&header.key, &message(signed), &seal.firma) {
        return Err(SealFault::Changed);
    }
    let lines = signed
        .split(|byte| *byte == b'\n')
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|_| SealFault::Newer(FORMAT.to_owned())))
        .collect::<Result<_, _>>()?;
    Ok(Outbox { header, lines })
}

fn message(signed: &[u8]) -> Vec<u8> {
    [DOMAIN, Sha256::digest(signed).as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[3; 32])
    }

    fn sealed() -> Vec<u8> {
        let header = Header {
            format: FORMAT.to_owned(),
            venue: VenueId::new(1),
            device: DeviceId::new(2),
            door: Some("Puerta 3".to_owned()),
            key: key().public_hex(),
            sequence: 412,
            created: Instant::from_ms(1_764_020_000_000),
        };
        let write = WaitingWrite {
            op: OpId::new(3),
            method: "POST".to_owned(),
            path: "/api/reservas".to_owned(),
            version: None,
            body: Some("{\"numeroPersonas\":2}".to_owned()),
        };
        let lines = [
            Line::Write(write),
            Line::Entry(json!({"escaneoId": "x", "puerta": "ñ"})),
        ];
        seal(&header, &lines, &key()).unwrap()
    }

    #[test]
    fn what_was_sealed_is_read_in_order() {
        let file = sealed();
        assert!(is_outbox(&file));
        let outbox = open(&file).unwrap();
        assert_eq!(outbox.header.sequence, 412);
        assert!(
            matches!(&outbox.lines[..], [Line::Write(write), Line::Entry(entry)]
            if write.path == "/api/reservas" && entry["puerta"] == "ñ")
        );
    }

    #[test]
    fn another_key_in_the_header_does_not_sign_it() {
        let other = SigningKey::from_seed(&[4; 32]).public_hex();
        let text = String::from_utf8(sealed()).unwrap();
        let changed = text.replace(&key().public_hex(), &other);
        assert_eq!(open(changed.as_bytes()), Err(SealFault::Changed));
    }

    #[test]
    fn what_is_cut_newer_or_something_else_is_said() {
        let file = sealed();
        let last = file.len() - 40;
        assert_eq!(open(&file[..last]), Err(SealFault::Cut));
        assert_eq!(open(&file[..20]), Err(SealFault::NotAnOutbox));
        assert_eq!(open(b"cliente.nombre,fecha\n"), Err(SealFault::NotAnOutbox));
        let newer = String::from_utf8(file)
            .unwrap()
            .replacen(FORMAT, "portero-outbox-2", 1);
        assert_eq!(
            open(newer.as_bytes()),
            Err(SealFault::Newer("portero-outbox-2".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_never_taken(at in 0usize..900, to in any::<u8>()) {
            let file = sealed();
            let mut changed = file.clone();
            let at = at % file.len();
            changed[at] = to;
            // The very last line end is no part of what is said.
            prop_assume!(changed != file && at + 1 != file.len());
            // A digit of the signature in upper case is the same signature.
            prop_assume!(!changed[at].is_ascii_uppercase() || changed[at].to_ascii_lowercase() != file[at]);
            prop_assert!(open(&changed).is_err(), "byte {at}");
        }
    }
}
