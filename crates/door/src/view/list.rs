//! Lists of reservations: which, and a page of them.

use jiff::civil::Date;
use portero_protocol::reservation::{Origin, Promoter, Status};
use serde::{Deserialize, Serialize};

use super::Row;

/// Which reservations a list shows: those that all of it is true of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct ListQuery {
    /// The venue's day; `None`: every day.
    #[serde(rename = "fecha", with = "super::optional_day")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub day: Option<Date>,
    /// The last venue's day, where it is not that one alone.
    #[serde(rename = "hasta", with = "super::optional_day")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub until: Option<Date>,
    /// Words to find in name, phone, mail, table, occasion, benefits, notes, promoter; any order, prefixes, without accents or case.
    pub text: Option<String>,
    /// Only in this state.
    #[serde(rename = "estado")]
    pub status: Option<Status>,
    /// Only of the promoter with this id.
    #[serde(rename = "promotor")]
    pub promoter: Option<String>,
    /// Only of this origin.
    #[serde(rename = "origen")]
    pub origin: Option<Origin>,
    /// Only parties of that many and more.
    #[serde(rename = "personasDesde")]
    pub party_from: Option<u32>,
    /// Only those that all of this is true of.
    #[serde(rename = "solo")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<Only>>"))]
    pub only: Vec<Only>,
    /// What the rows are in the order of; those that have none of it come last, and what is equal by night and hour.
    #[serde(rename = "orden")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Order>"))]
    pub order: Order,
    /// The other way round.
    #[serde(rename = "alReves")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub descending: bool,
    /// Rows in the page; 100 where it is missing, at most 1,000.
    pub limit: Option<u32>,
    /// Rows before the page.
    pub offset: Option<u32>,
}

/// What a list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Solo"))]
pub enum Only {
    /// Without a table.
    #[serde(rename = "sinMesa")]
    NoTable,
    /// With notes.
    #[serde(rename = "conNotas")]
    WithNotes,
    /// Somebody came, and somebody is missing.
    #[serde(rename = "incompletas")]
    Partial,
    /// More came than reserved.
    #[serde(rename = "deMas")]
    Excess,
    /// With an edit of this device that the hub does not have.
    #[serde(rename = "porEnviar")]
    Pending,
}

/// What a list is in the order of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Orden"))]
pub enum Order {
    /// Night and hour.
    #[default]
    #[serde(rename = "hora")]
    Hour,
    /// Who reserved.
    #[serde(rename = "cliente")]
    Client,
    /// How many people.
    #[serde(rename = "personas")]
    Party,
    /// The table.
    #[serde(rename = "mesa")]
    Table,
    /// The state: to come, in, finished, no-show, cancelled.
    #[serde(rename = "estado")]
    Status,
    /// Who brought them.
    #[serde(rename = "promotor")]
    Promoter,
}

/// One page of reservations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ReservationPage {
    /// The page.
    #[serde(rename = "reservas")]
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: u32,
    /// People in all of them.
    #[serde(rename = "personas")]
    pub people: u32,
    /// People of them who have come.
    #[serde(rename = "dentro")]
    pub inside: u32,
}

/// What a search finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Found {
    /// The first of them.
    #[serde(rename = "reservas")]
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: u32,
}

/// Somebody who brings parties, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "PromotorConteo"))]
pub struct PromoterCount {
    /// Who.
    #[serde(rename = "promotor")]
    pub promoter: Promoter,
    /// Reservations.
    #[serde(rename = "reservas")]
    pub reservations: u32,
}
