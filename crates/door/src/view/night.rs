//! Nights in numbers: one of them, and many summed up.

use jiff::civil::Date;
use portero_protocol::listing::QuarterHour;
use portero_protocol::reservation::wire_date;
use serde::{Deserialize, Serialize};

/// A night in numbers, from what is known here.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Tonight {
    /// The venue's day.
    #[serde(rename = "fecha")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub day: Date,
    /// Reservations that are not cancelled.
    #[serde(rename = "reservas")]
    pub reservations: u32,
    /// People expected.
    #[serde(rename = "esperadas")]
    pub expected: u32,
    /// People inside.
    #[serde(rename = "dentro")]
    pub inside: u32,
    /// People still to come.
    #[serde(rename = "porLlegar")]
    pub to_come: u32,
    /// People beyond their parties.
    #[serde(rename = "exceso")]
    pub excess: u32,
    /// Reservations that were marked as no-shows, or of which nobody came though the night is over.
    #[serde(rename = "noLlegaron")]
    pub no_shows: u32,
    /// How many people may be inside.
    #[serde(rename = "aforo", skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Arrivals by quarter of an hour, without the empty ones.
    #[serde(rename = "curva")]
    pub curve: Vec<QuarterHour>,
    /// Parties expected by quarter of an hour of their reservation, in people.
    #[serde(rename = "previstas")]
    pub planned: Vec<QuarterHour>,
    /// Arrivals by door, most first.
    #[serde(rename = "puertas")]
    pub doors: Vec<DoorNight>,
}

/// A door's night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "PuertaNoche"))]
pub struct DoorNight {
    /// The door's name; empty where its entries have none.
    #[serde(rename = "puerta")]
    pub door: String,
    /// People who came in.
    #[serde(rename = "llegadas")]
    pub arrivals: u32,
    /// The same by quarter of an hour, without the empty ones.
    #[serde(rename = "curva")]
    pub curve: Vec<QuarterHour>,
}

/// Which nights a report sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "InformeRango"))]
pub struct Range {
    /// The first venue day.
    #[serde(rename = "desde", with = "wire_date")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Date,
    /// The last one.
    #[serde(rename = "hasta", with = "wire_date")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub to: Date,
}

/// Nights summed up, in every way that a report shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "InformeNoches"))]
pub struct NightsReport {
    /// All of it.
    pub total: Sums,
    /// By venue day, `YYYY-MM-DD`, in order; days without anything are left out.
    #[serde(rename = "dias")]
    pub days: Vec<Group>,
    /// By day of the week, `1` (Monday) to `7`.
    #[serde(rename = "semana")]
    pub weekdays: Vec<Group>,
    /// By promoter; an empty key: nobody.
    #[serde(rename = "promotores")]
    pub promoters: Vec<Group>,
    /// By occasion, as it was written; an empty key: none.
    #[serde(rename = "motivos")]
    pub occasions: Vec<Group>,
    /// By origin: `reserva`, `sinReserva`.
    #[serde(rename = "origenes")]
    pub origins: Vec<Group>,
}

/// What belongs together in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "InformeGrupo"))]
pub struct Group {
    /// What it has in common.
    #[serde(rename = "clave")]
    pub key: String,
    /// Its sums.
    #[serde(flatten)]
    pub sums: Sums,
}

/// Sums over reservations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "InformeSumas"))]
pub struct Sums {
    /// Nights that it is about.
    #[serde(rename = "noches")]
    pub nights: u32,
    /// Reservations that are not cancelled.
    #[serde(rename = "reservas")]
    pub reservations: u32,
    /// People of them.
    #[serde(rename = "esperadas")]
    pub expected: u32,
    /// People who came.
    #[serde(rename = "llegaron")]
    pub came: u32,
    /// People beyond their parties.
    #[serde(rename = "exceso")]
    pub excess: u32,
    /// Reservations of which nobody came though their night is over.
    #[serde(rename = "noLlegaron")]
    pub no_shows: u32,
    /// Reservations that were cancelled.
    #[serde(rename = "canceladas")]
    pub cancelled: u32,
}
