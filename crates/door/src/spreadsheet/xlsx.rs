//! A workbook with one sheet: names that stay in sight, columns that can be filtered, dates and times that are such.

use std::path::Path;

use portero_protocol::problem::Code;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Cell;
use crate::error::{DoorError, Result};

/// What a sheet holds at most; the names take one.
const ROWS_MAX: u32 = 1_048_576;
/// Number formats that follow the reader's own country (ECMA-376, 18.8.30): a date, a time.
const DATE: u8 = 14;
const TIME: u8 = 20;
/// Widths in characters, from the shortest name to what a person still reads across.
const WIDTH: (f64, f64) = (9.0, 42.0);

/// A sheet on its way.
pub(super) struct Xlsx {
    book: Workbook,
    columns: u16,
    next: u32,
    date: Format,
    time: Format,
}

impl Xlsx {
    pub(super) fn start(title: &str, names: &[String]) -> Result<Self> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        // Rows go to the disk as they come: 100,000 take no memory.
        let sheet = book.add_worksheet_with_constant_memory().map_err(unwritten)?;
        sheet.set_name(sheet_name(title)).map_err(unwritten)?;
        sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
        let mut columns = 0;
        for name in names {
            let length = u32::try_from(name.chars().count()).unwrap_or(u32::MAX);
            sheet
                .set_column_width(columns, (f64::from(length) * 1.4).clamp(WIDTH.0, WIDTH.1))
                .map_err(unwritten)?;
            sheet
                .write_with_format(0, columns, name.as_str(), &bold)
                .map_err(unwritten)?;
            columns += 1;
        }
        Ok(Self {
            book,
            columns,
            next: 1,
            date: Format::new().set_num_format_index(DATE),
            time: Format::new().set_num_format_index(TIME),
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<()> {
        if self.next >= ROWS_MAX {
            return Err(DoorError::new(
                Code::TooLarge,
                format!("a workbook's sheet holds {ROWS_MAX} rows: narrow the list, or write it as CSV"),
            ));
        }
        let (row, date, time) = (self.next, self.date.clone(), self.time.clone());
        let sheet = self.sheet()?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, row, column, cell, &date, &time).map_err(unwritten)?;
        }
        self.next += 1;
        Ok(())
    }

    pub(super) fn save(mut self, path: &Path) -> Result<()> {
        let (last_row, last_column) = (self.next - 1, self.columns.saturating_sub(1));
        self.sheet()?
            .autofilter(0, 0, last_row, last_column)
            .map_err(unwritten)?;
        self.book.save(path).map_err(unwritten)
    }

    fn sheet(&mut self) -> Result<&mut Worksheet> {
        self.book.worksheet_from_index(0).map_err(unwritten)
    }
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    date: &Format,
    time: &Format,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // A string cell is never a formula, whatever it begins with.
        Cell::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Date(day) => {
            let year = u16::try_from(day.year()).unwrap_or_default();
            let at = ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs())?;
            sheet.write_datetime_with_format(row, column, at, date)?;
        }
        Cell::Time(of_day) => {
            let (hour, minute) = (of_day.hour().unsigned_abs(), of_day.minute().unsigned_abs());
            let at = ExcelDateTime::from_hms(hour.into(), minute, 0)?;
            sheet.write_datetime_with_format(row, column, at, time)?;
        }
    }
    Ok(())
}

/// A sheet's name has at most 31 characters, and none of `[]:*?/\`.
fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c })
        .take(31)
        .collect();
    let name = name.trim().trim_matches('\'');
    if name.is_empty() {
        "Portero".to_owned()
    } else {
        name.to_owned()
    }
}

fn unwritten(error: XlsxError) -> DoorError {
    let code = match &error {
        XlsxError::IoError(io) if io.kind() == std::io::ErrorKind::StorageFull => Code::DiskFull,
        _ => Code::Storage,
    };
    DoorError::new(code, format!("the workbook cannot be written: {error}"))
}
