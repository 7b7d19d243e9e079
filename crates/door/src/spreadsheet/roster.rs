//! A list of reservations as a file. As CSV it has the contract's fields by their names, as the hub's own exports and imports; as a workbook it
//! has what people read, in their words.

use std::collections::HashMap;
use std::path::PathBuf;

use portero_protocol::reservation::{Origin, Status};
use portero_protocol::spreadsheet::{RESERVATION_COLUMNS, cell};
use serde::Deserialize;
use serde_json::Value;

use super::{Cell, Format, Spreadsheet};
use crate::error::Result;
use crate::view::Row;

/// How many columns a workbook of reservations has.
const PEOPLES_COLUMNS: usize = 15;

/// A workbook's words, in the language of whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "PalabrasDeLista"))]
pub struct RosterWords {
    /// The sheet's name.
    #[serde(rename = "hoja")]
    pub sheet: String,
    /// The columns' names: night, date, time, name, people, come, state, table, promoter, phone, mail, occasion, benefits, notes, walk-in.
    #[serde(rename = "columnas")]
    pub columns: Vec<String>,
    /// States by their names on the wire.
    #[serde(rename = "estados")]
    pub states: HashMap<String, String>,
    /// What a walk-in is called.
    #[serde(rename = "sinReserva")]
    pub walk_in: String,
}

/// A list of reservations on its way into a file.
#[derive(Debug)]
pub struct RosterFile {
    sheet: Spreadsheet,
    format: Format,
    words: RosterWords,
}

impl RosterFile {
    /// Starts the file.
    ///
    /// # Errors
    /// As [`Spreadsheet::create`].
    pub fn create(place: PathBuf, format: Format, words: RosterWords) -> Result<Self> {
        let names: Vec<String> = match format {
            Format::Csv => RESERVATION_COLUMNS
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            Format::Xlsx => {
                let mut names = words.columns.clone();
                names.resize(PEOPLES_COLUMNS, String::new());
                names
            }
        };
        Ok(Self {
            sheet: Spreadsheet::create(place, format, &words.sheet, &names)?,
            format,
            words,
        })
    }

    /// Writes reservations.
    ///
    /// # Errors
    /// As [`Spreadsheet::create`].
    pub fn add(&mut self, rows: &[Row]) -> Result<()> {
        for row in rows {
            let cells = match self.format {
                Format::Csv => contracts(row)?,
                Format::Xlsx => self.peoples(row),
            };
            self.sheet.row(&cells)?;
        }
        Ok(())
    }

    /// Ends the file and gives its place.
    ///
    /// # Errors
    /// As [`Spreadsheet::create`].
    pub fn finish(self) -> Result<PathBuf> {
        self.sheet.finish()
    }

    fn peoples(&self, row: &Row) -> Vec<Cell> {
        let of = &row.reservation;
        let text = |text: Option<&String>| text.map_or(Cell::Empty, |text| Cell::from(text.as_str()));
        vec![
            Cell::Date(row.day),
            Cell::Date(of.date),
            Cell::Time(of.time),
            Cell::from(of.client.name.as_str()),
            Cell::from(of.party),
            Cell::from(of.attendance),
            Cell::from(self.state(of.status)),
            text(of.table.as_ref()),
            text(of.promoter.as_ref().map(|promoter| &promoter.name)),
            text(of.client.phone.as_ref()),
            text(of.client.email.as_ref()),
            text(of.occasion.as_ref()),
            text(of.benefits.as_ref()),
            Cell::from(of.details.join("\n").as_str()),
            match of.origin {
                Origin::Reservation => Cell::Empty,
                Origin::WalkIn => Cell::from(self.words.walk_in.as_str()),
            },
        ]
    }

    fn state(&self, status: Status) -> &str {
        self.words
            .states
            .get(status.as_str())
            .map_or(status.as_str(), String::as_str)
    }
}

/// The cells under the contract's names. A cell that is guarded here is not guarded again.
fn contracts(row: &Row) -> Result<Vec<Cell>> {
    let Value::Object(fields) = serde_json::to_value(&row.reservation)? else {
        return Ok(Vec::new());
    };
    Ok(RESERVATION_COLUMNS
        .iter()
        .map(|column| Cell::from(cell(&fields, column).as_str()))
        .collect())
}
