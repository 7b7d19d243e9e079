//! Entries: the facts of the door. Appended, never changed. Attendance is their sum.

use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, EntryId, ReservationId};
use crate::instant::Instant;
use crate::limits::{CODE_BYTES, QUANTITY_MAX, TEXT_CHARS};
use crate::problem::Invalid;
use crate::text;

/// How the guest was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Method {
    /// By the ticket's code, from a camera or a hand scanner.
    #[serde(rename = "QR")]
    Code,
    /// By a person, from the list.
    Manual,
}

impl Method {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "QR",
            Self::Manual => "Manual",
        }
    }

    /// The method with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Code, Self::Manual]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}

/// What the door showed. An entry exists for the first two, and for any where a person decided otherwise by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Verdict {
    /// Within the party.
    Admitted,
    /// Over the party.
    Excess,
    /// Over the party and the venue refuses that, or the reservation is finished.
    AlreadyIn,
    /// Cancelled, or deleted.
    Cancelled,
    /// An older issue of the ticket.
    StaleCode,
    /// Another night.
    WrongDay,
    /// No such reservation here.
    Unknown,
    /// Not a ticket at all.
    Invalid,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 8] = [
        Self::Admitted,
        Self::Excess,
        Self::AlreadyIn,
        Self::Cancelled,
        Self::StaleCode,
        Self::WrongDay,
        Self::Unknown,
        Self::Invalid,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Excess => "excess",
            Self::AlreadyIn => "already_in",
            Self::Cancelled => "cancelled",
            Self::StaleCode => "stale_code",
            Self::WrongDay => "wrong_day",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
        }
    }

    /// The verdict with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// An entry as the device that made it wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "EntradaHecha")
)]
pub struct Entry {
    /// Made before the first try to deliver it; the same on every retry.
    #[serde(rename = "escaneoId")]
    pub id: EntryId,
    /// Which reservation.
    #[serde(rename = "reservaId")]
    pub reservation: ReservationId,
    /// How many people came in. Ignored in an undo.
    #[serde(rename = "cantidad")]
    pub quantity: u32,
    /// How they were recognised.
    #[serde(rename = "metodo")]
    pub method: Method,
    /// The door's name.
    #[serde(rename = "puerta", default, skip_serializing_if = "Option::is_none")]
    pub door: Option<String>,
    /// Who was at the door.
    #[serde(rename = "usuario", default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The device's own clock.
    pub timestamp: Instant,
    /// What has to be added to the device's clock to get the hub's, in ms, as measured.
    #[serde(rename = "desfaseMs")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub offset_ms: i64,
    /// How far that may be wrong, in ms.
    #[serde(rename = "desfaseErrorMs")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub offset_error_ms: i64,
    /// Numbers the device's entries from 1 without a gap.
    #[serde(rename = "secuencia")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sequence: u64,
    /// Hash of the device's entry before, in hex; [`crate::chain::FIRST`] for the first.
    #[serde(rename = "previo")]
    pub previous: String,
    /// What the door showed.
    #[serde(rename = "veredicto")]
    pub verdict: Verdict,
    /// The ticket's issue number, where a ticket was read.
    #[serde(rename = "emision", default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<u32>,
    /// The signed ticket, where the door did not know the reservation.
    #[serde(rename = "codigo", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The entry that this one undoes.
    #[serde(rename = "anulaA", default, skip_serializing_if = "Option::is_none")]
    pub voids: Option<EntryId>,
}

impl Entry {
    /// Checks every field's range.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.voids.is_none() && !(1..=QUANTITY_MAX).contains(&self.quantity) {
            return Err(Invalid::field(
                "cantidad",
                format!("has to be from 1 to {QUANTITY_MAX}"),
            ));
        }
        if self.voids == Some(self.id) {
            return Err(Invalid::field("anulaA", "cannot be the entry itself"));
        }
        if !(1..=i64::MAX as u64).contains(&self.sequence) {
            return Err(Invalid::field("secuencia", "counts from 1"));
        }
        if self.previous.len() != 64
            || !self
                .previous
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return Err(Invalid::field("previo", "has to be a SHA-256 in lower-case hex"));
        }
        if self.offset_error_ms < 0 {
            return Err(Invalid::field("desfaseErrorMs", "cannot be negative"));
        }
        for (field, value) in [("puerta", &self.door), ("usuario", &self.user)] {
            if let Some(value) = value {
                text::check(field, value, TEXT_CHARS)?;
            }
        }
        if let Some(code) = &self.code {
            text::check("codigo", code, CODE_BYTES)?;
        }
        Ok(())
    }

    /// When it happened, by the hub's clock as the device knew it.
    #[must_use]
    pub fn corrected(&self) -> Instant {
        self.timestamp.plus_ms(self.offset_ms)
    }

    /// Whether it undoes another one.
    #[must_use]
    pub fn is_undo(&self) -> bool {
        self.voids.is_some()
    }
}

/// An entry as the hub holds it: with the device that its token names, and when it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Entrada")
)]
pub struct StoredEntry {
    /// What the device wrote.
    #[serde(flatten)]
    pub entry: Entry,
    /// The device that delivered it, by its token.
    #[serde(rename = "dispositivo")]
    pub device: DeviceId,
    /// When it arrived, by the hub's clock.
    #[serde(rename = "recibidoEn")]
    pub received: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: EntryId::new(1_000),
            reservation: ReservationId::new(1),
            quantity: 1,
            method: Method::Code,
            door: Some("Puerta 1".to_owned()),
            user: None,
            timestamp: Instant::from_ms(1_000),
            offset_ms: 20,
            offset_error_ms: 5,
            sequence: 1,
            previous: crate::chain::FIRST.to_owned(),
            verdict: Verdict::Admitted,
            issue: Some(1),
            code: None,
            voids: None,
        }
    }

    #[test]
    fn what_the_device_says_about_itself_is_ignored() {
        let sent = entry();
        let mut json = serde_json::to_value(&sent).unwrap();
        json["dispositivo"] = "somebody".into();
        json["recibidoEn"] = "whenever".into();
        assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), sent);
    }

    #[test]
    fn ranges_are_checked() {
        let broken: [fn(&mut Entry); 6] = [
            |e| e.quantity = 0,
            |e| e.quantity = QUANTITY_MAX + 1,
            |e| e.sequence = 0,
            |e| e.previous = "abc".to_owned(),
            |e| e.voids = Some(e.id),
            |e| e.door = Some("a\nb".to_owned()),
        ];
        assert!(entry().check().is_ok());
        for damage in broken {
            let mut entry = entry();
            damage(&mut entry);
            assert!(entry.check().is_err(), "{entry:?} must not pass");
        }
    }
}
