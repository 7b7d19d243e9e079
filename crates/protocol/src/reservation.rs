//! A reservation: a party of guests, a night, a ticket.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::ids::ReservationId;
use crate::instant::Instant;
use crate::limits::{DETAIL_CHARS, DETAILS, PARTY_MAX, TEXT_CHARS};
use crate::problem::Invalid;
use crate::text;

mod draft;
mod patch;

pub use draft::Draft;
pub use patch::{Patch, changed_fields};

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Status {
    /// Expected; nobody has come yet.
    #[default]
    #[serde(rename = "En Progreso")]
    Expected,
    /// Somebody arrived.
    #[serde(rename = "Activa")]
    Active,
    /// Finished: the party has left.
    #[serde(rename = "En Camino")]
    Finished,
    /// Nobody came.
    #[serde(rename = "Reserva Caída")]
    NoShow,
    /// Cancelled.
    #[serde(rename = "Cancelado")]
    Cancelled,
}

impl Status {
    /// Every state, as a night goes through them.
    pub const ALL: [Self; 5] = [
        Self::Expected,
        Self::Active,
        Self::Finished,
        Self::NoShow,
        Self::Cancelled,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expected => "En Progreso",
            Self::Active => "Activa",
            Self::Finished => "En Camino",
            Self::NoShow => "Reserva Caída",
            Self::Cancelled => "Cancelado",
        }
    }

    /// The state with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// How a reservation came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Origin {
    /// Reserved beforehand.
    #[default]
    #[serde(rename = "reserva")]
    Reservation,
    /// A walk-in, created at the door.
    #[serde(rename = "sinReserva")]
    WalkIn,
}

impl Origin {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reservation => "reserva",
            Self::WalkIn => "sinReserva",
        }
    }

    /// The origin with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Reservation, Self::WalkIn]
            .into_iter()
            .find(|origin| origin.as_str() == text)
    }
}

/// Who reserved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Client {
    /// The venue's own id of this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name, as the door reads it.
    #[serde(rename = "nombre")]
    pub name: String,
    /// Telephone. Doors and screens do not get it in full (see the hub's redaction).
    #[serde(rename = "telefono", skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address. Only managers get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Who brought the party.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Promoter {
    /// The venue's own id of this person.
    pub id: String,
    /// Name.
    #[serde(rename = "nombre")]
    pub name: String,
}

/// A reservation as the hub holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Reserva")
)]
pub struct Reservation {
    /// Its id.
    pub id: ReservationId,
    /// Counts edits, and edits alone; the optimistic lock. Entries never change it.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub version: u64,
    /// Who reserved.
    #[serde(rename = "cliente")]
    pub client: Client,
    /// Party size.
    #[serde(rename = "numeroPersonas")]
    pub party: u32,
    /// Calendar date in the venue's zone.
    #[serde(rename = "fecha", with = "wire_date")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub date: Date,
    /// Time of day in the venue's zone.
    #[serde(rename = "hora", with = "wire_time")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub time: Time,
    /// Where it stands.
    #[serde(rename = "estado")]
    pub status: Status,
    /// How many have come: the sum of its entries that no undo voids.
    #[serde(rename = "asistenciaActual")]
    pub attendance: u32,
    /// How it came to be.
    #[serde(rename = "origen")]
    pub origin: Origin,
    /// The ticket's issue number. A reissue raises it; an edit never does.
    #[serde(rename = "emision")]
    pub issue: u32,
    /// Table.
    #[serde(rename = "mesa", skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The occasion.
    #[serde(rename = "razonVisita", skip_serializing_if = "Option::is_none")]
    pub occasion: Option<String>,
    /// What comes with it.
    #[serde(rename = "beneficiosReserva", skip_serializing_if = "Option::is_none")]
    pub benefits: Option<String>,
    /// Who brought the party.
    #[serde(rename = "promotor", skip_serializing_if = "Option::is_none")]
    pub promoter: Option<Promoter>,
    /// Notes: allergies, VIP, wishes.
    #[serde(rename = "detalles", default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<String>>"))]
    pub details: Vec<String>,
    /// The ticket's code; only to managers and only where one reservation is asked for.
    #[serde(rename = "codigoQR", skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// SHA-256 (hex) of the token in an imported older code, so that doors can check it without holding it.
    #[serde(rename = "tokenHash", skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// When it was created.
    #[serde(rename = "fechaCreacion")]
    pub created: Instant,
    /// When it was last edited.
    #[serde(rename = "fechaModificacion")]
    pub modified: Instant,
}

impl Reservation {
    /// How many came beyond the party.
    #[must_use]
    pub fn excess(&self) -> u32 {
        self.attendance.saturating_sub(self.party)
    }
}

/// Checks the fields that a person writes. Shared by drafts and edits.
pub(crate) fn check_client(client: &Client) -> Result<(), Invalid> {
    text::check_filled("cliente.nombre", &client.name, TEXT_CHARS)?;
    for (field, value) in [
        ("cliente.id", &client.id),
        ("cliente.telefono", &client.phone),
        ("cliente.email", &client.email),
    ] {
        if let Some(value) = value {
            text::check(field, value, TEXT_CHARS)?;
        }
    }
    Ok(())
}

pub(crate) fn check_party(party: u32) -> Result<(), Invalid> {
    if (1..=PARTY_MAX).contains(&party) {
        Ok(())
    } else {
        Err(Invalid::field(
            "numeroPersonas",
            format!("has to be from 1 to {PARTY_MAX}"),
        ))
    }
}

pub(crate) fn check_optional(field: &'static str, value: Option<&String>) -> Result<(), Invalid> {
    value.map_or(Ok(()), |value| text::check(field, value, TEXT_CHARS))
}

pub(crate) fn check_promoter(promoter: Option<&Promoter>) -> Result<(), Invalid> {
    promoter.map_or(Ok(()), |promoter| {
        text::check_filled("promotor.id", &promoter.id, TEXT_CHARS)?;
        text::check_filled("promotor.nombre", &promoter.name, TEXT_CHARS)
    })
}

pub(crate) fn check_details(details: &[String]) -> Result<(), Invalid> {
    if details.len() > DETAILS {
        return Err(Invalid::field(
            "detalles",
            format!("has more than {DETAILS} lines"),
        ));
    }
    details
        .iter()
        .try_for_each(|line| text::check("detalles", line, DETAIL_CHARS))
}

/// `YYYY-MM-DD`.
pub mod wire_date {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de};

    /// Reads a date; `None` where it has another form or does not exist.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let plain = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| {
                if i == 4 || i == 7 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        if plain { text.parse().ok() } else { None }
    }

    /// Writes a date.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    /// Reads a date.
    ///
    /// # Errors
    /// A text that is no date.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| de::Error::custom("a date is YYYY-MM-DD"))
    }
}

/// `HH:MM`.
pub mod wire_time {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer, de};

    /// Reads a time of day; `None` where it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Time> {
        let plain = text.len() == 5
            && text
                .bytes()
                .enumerate()
                .all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() });
        if plain {
            Time::strptime("%H:%M", text).ok()
        } else {
            None
        }
    }

    /// Its form on the wire.
    #[must_use]
    pub fn format(time: Time) -> String {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// Writes a time of day.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format(*time))
    }

    /// Reads a time of day.
    ///
    /// # Errors
    /// A text that is no time of day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| de::Error::custom("a time is HH:MM"))
    }
}
