//! The venue: its settings, and the keys whose tickets its doors accept.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, VenueId};
use crate::instant::Instant;
use crate::limits::TEXT_CHARS;
use crate::problem::{Code, Invalid};
use crate::reservation::wire_time;
use crate::text;

/// What the door does with guests beyond the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum ExcessPolicy {
    /// Lets them in, shows it and records it.
    #[default]
    #[serde(rename = "avisar")]
    Warn,
    /// Refuses them.
    #[serde(rename = "negar")]
    Refuse,
}

/// A key that signs tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "ClavePublica")
)]
pub struct PublicKey {
    /// The first 4 bytes of the key's SHA-256, in hex; as tickets name it.
    pub key_id: String,
    /// The Ed25519 public key, 32 bytes in hex.
    #[serde(rename = "clave")]
    pub key: String,
    /// The device that signs walk-ins with it; `None`: the hub.
    #[serde(rename = "dispositivo", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// How many people that device may admit with walk-in tickets.
    #[serde(rename = "cupo", default, skip_serializing_if = "Option::is_none")]
    pub allotment: Option<u32>,
    /// From when its signatures hold.
    #[serde(rename = "desde")]
    pub from: Instant,
    /// Until when its signatures hold.
    #[serde(rename = "hasta", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// A venue as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Local")
)]
pub struct Venue {
    /// Its id.
    pub id: VenueId,
    /// Its name.
    #[serde(rename = "nombre")]
    pub name: String,
    /// IANA time zone.
    #[serde(rename = "zonaHoraria")]
    pub time_zone: String,
    /// When the venue's day ends and the next begins.
    #[serde(rename = "corte", with = "wire_time")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub cutoff: Time,
    /// What the door does with guests beyond the party.
    #[serde(rename = "exceso")]
    pub excess: ExcessPolicy,
    /// Whether bare `res-<id>` codes are accepted.
    #[serde(rename = "codigosSinFirma")]
    pub unsigned_codes: bool,
    /// How many people may be inside.
    #[serde(rename = "aforo", default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Whether an edit may come without `If-Match`.
    #[serde(rename = "edicionSinVersion", default)]
    pub edits_without_version: bool,
    /// Whether the hub closes a day after its cutoff.
    #[serde(rename = "cierreAutomatico", default)]
    pub closes_days: bool,
    /// Keys whose tickets are accepted.
    #[serde(rename = "clavesPublicas", default)]
    pub keys: Vec<PublicKey>,
}

impl Venue {
    /// Its time zone.
    ///
    /// # Errors
    /// The name is in no time zone database here.
    pub fn zone(&self) -> Result<TimeZone, Invalid> {
        zone(&self.time_zone)
    }
}

/// The time zone of that IANA name.
///
/// # Errors
/// The name is in no time zone database here.
pub fn zone(name: &str) -> Result<TimeZone, Invalid> {
    TimeZone::get(name).map_err(|_| {
        Invalid::new(
            Code::InvalidTime,
            "zonaHoraria",
            "is no IANA time zone, as America/Guayaquil or Europe/Madrid",
        )
    })
}

/// The body of `PATCH /api/local`: fields that are `None` stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "LocalCambios")
)]
pub struct VenuePatch {
    /// Its name.
    #[serde(rename = "nombre", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IANA time zone.
    #[serde(rename = "zonaHoraria", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When the venue's day ends, `HH:MM`.
    #[serde(rename = "corte", skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<String>,
    /// What the door does with guests beyond the party.
    #[serde(rename = "exceso", skip_serializing_if = "Option::is_none")]
    pub excess: Option<ExcessPolicy>,
    /// Whether bare `res-<id>` codes are accepted.
    #[serde(rename = "codigosSinFirma", skip_serializing_if = "Option::is_none")]
    pub unsigned_codes: Option<bool>,
    /// How many people may be inside; 0 clears it.
    #[serde(rename = "aforo", skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Whether an edit may come without `If-Match`.
    #[serde(rename = "edicionSinVersion", skip_serializing_if = "Option::is_none")]
    pub edits_without_version: Option<bool>,
    /// Whether the hub closes a day after its cutoff.
    #[serde(rename = "cierreAutomatico", skip_serializing_if = "Option::is_none")]
    pub closes_days: Option<bool>,
}

impl VenuePatch {
    /// Applies it.
    ///
    /// # Errors
    /// The first field that breaks a rule; the venue is then as before.
    pub fn apply(&self, venue: &mut Venue) -> Result<(), Invalid> {
        let mut next = venue.clone();
        if let Some(name) = &self.name {
            text::check_filled("nombre", name, TEXT_CHARS)?;
            next.name.clone_from(name);
        }
        if let Some(name) = &self.time_zone {
            zone(name)?;
            next.time_zone.clone_from(name);
        }
        if let Some(cutoff) = &self.cutoff {
            next.cutoff =
                wire_time::parse(cutoff).ok_or_else(|| Invalid::field("corte", "is a time of day, HH:MM"))?;
        }
        if let Some(capacity) = self.capacity {
            next.capacity = (capacity > 0).then_some(capacity);
        }
        next.excess = self.excess.unwrap_or(next.excess);
        next.unsigned_codes = self.unsigned_codes.unwrap_or(next.unsigned_codes);
        next.edits_without_version = self.edits_without_version.unwrap_or(next.edits_without_version);
        next.closes_days = self.closes_days.unwrap_or(next.closes_days);
        *venue = next;
        Ok(())
    }
}
