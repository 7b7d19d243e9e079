//! A table that the window shows, as a file.

use portero_door::spreadsheet::{Cell, Format, Spreadsheet};
use portero_protocol::problem::Code;
use portero_protocol::reservation::wire_date;
use serde::Deserialize;
use tauri::AppHandle;

use crate::downloads;
use crate::error::{ErrorView, Result};

/// A table, in the window's language.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "TablaArchivo"))]
pub(crate) struct TableFile {
    /// The file's name, without its ending.
    file: String,
    /// The sheet's name.
    sheet: String,
    /// The first row.
    names: Vec<String>,
    /// The rows below it.
    rows: Vec<Vec<TableCell>>,
}

/// A cell: a number that can be added up, or words. `YYYY-MM-DD` becomes a date.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "TablaCelda"))]
pub(crate) enum TableCell {
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl From<TableCell> for Cell {
    fn from(cell: TableCell) -> Self {
        match cell {
            TableCell::Number(number) => Self::Number(number),
            TableCell::Text(text) => match wire_date::parse(&text) {
                Some(day) => Self::Date(day),
                None => text.as_str().into(),
            },
        }
    }
}

/// Saves a table among the user's downloads, and gives the path.
#[tauri::command]
pub(crate) async fn save_table(handle: AppHandle, table: TableFile, format: Format) -> Result<String> {
    let place = downloads::free(&handle, &table.file, format.extension())?;
    tauri::async_runtime::spawn_blocking(move || {
        let mut file = Spreadsheet::create(place, format, &table.sheet, &table.names)?;
        for row in table.rows {
            let cells: Vec<Cell> = row.into_iter().map(Cell::from).collect();
            file.row(&cells)?;
        }
        Ok(file.finish()?.display().to_string())
    })
    .await
    .map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?
}
