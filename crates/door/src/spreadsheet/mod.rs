//! Tables as files for spreadsheets, written row by row beside their place and put there when they are whole: a work that is stopped leaves
//! nothing behind.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use portero_protocol::problem::Code;
use portero_protocol::spreadsheet::guarded;
use serde::Deserialize;

use crate::error::{DoorError, Result};

mod roster;
mod xlsx;

pub use roster::{RosterFile, RosterWords};

use xlsx::Xlsx;

/// Without it, spreadsheets read letters with accents as two others.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// As what a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Formato"))]
pub enum Format {
    /// Text with commas, in UTF-8.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
}

impl Format {
    /// What the file's name ends in.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number that can be added up.
    Number(f64),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// A table on its way into a file.
pub struct Spreadsheet {
    place: PathBuf,
    part: PathBuf,
    body: Option<Body>,
}

enum Body {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx(Box<Xlsx>),
}

impl std::fmt::Debug for Spreadsheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spreadsheet")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Spreadsheet {
    /// Starts a table with a first row of names. `sheet` is the sheet's own name, where the format has one. A file that is at `place` is replaced at the end.
    ///
    /// # Errors
    /// `disk_full`, `storage`: the folder cannot be written to.
    pub fn create(place: PathBuf, format: Format, sheet: &str, names: &[String]) -> Result<Self> {
        let mut part = place.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let body = match format {
            Format::Csv => {
                let mut file = BufWriter::new(File::create(&part).map_err(|error| io(&part, &error))?);
                file.write_all(BYTE_ORDER_MARK)
                    .map_err(|error| io(&part, &error))?;
                let mut rows = Box::new(csv::Writer::from_writer(file));
                rows.write_record(names).map_err(|error| csv(&part, error))?;
                Body::Csv(rows)
            }
            Format::Xlsx => Body::Xlsx(Box::new(Xlsx::start(sheet, names)?)),
        };
        Ok(Self {
            place,
            part,
            body: Some(body),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// As [`Spreadsheet::create`].
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        match &mut self.body {
            Some(Body::Csv(rows)) => rows
                .write_record(cells.iter().map(text))
                .map_err(|error| csv(&self.part, error)),
            Some(Body::Xlsx(sheet)) => sheet.row(cells),
            None => Ok(()),
        }
    }

    /// Ends the table and puts the file in its place, which it gives.
    ///
    /// # Errors
    /// As [`Spreadsheet::create`].
    pub fn finish(mut self) -> Result<PathBuf> {
        match self.body.take() {
            Some(Body::Csv(rows)) => {
                let file = rows
                    .into_inner()
                    .map_err(|error| io(&self.part, error.error()))?
                    .into_inner()
                    .map_err(|error| io(&self.part, error.error()))?;
                file.sync_all().map_err(|error| io(&self.part, &error))?;
            }
            Some(Body::Xlsx(sheet)) => sheet.save(&self.part)?,
            None => {}
        }
        std::fs::rename(&self.part, &self.place).map_err(|error| io(&self.place, &error))?;
        Ok(self.place.clone())
    }
}

impl Drop for Spreadsheet {
    fn drop(&mut self) {
        // Of a finished table there is none: it has its name.
        if self.body.take().is_some() {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => format!("{:02}:{:02}", time.hour(), time.minute()),
    }
}

fn io(path: &Path, error: &std::io::Error) -> DoorError {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        Code::DiskFull
    } else {
        Code::Storage
    };
    DoorError::new(code, format!("{} cannot be written: {error}", path.display()))
}

fn csv(path: &Path, error: csv::Error) -> DoorError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => io(path, &error),
        other => DoorError::new(
            Code::Internal,
            format!("{} cannot be written: {other:?}", path.display()),
        ),
    }
}

#[cfg(test)]
mod tests;
