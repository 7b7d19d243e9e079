//! Lists out: everything of a kind, as CSV or JSON.

use std::io::Write;

use portero_protocol::problem::Code;
use portero_protocol::spreadsheet::{RESERVATION_COLUMNS, cell};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::store::Store;
use crate::store::{conflict, entry, reservation};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Reservations that are not deleted.
    Reservations,
    /// Entries, undone ones and undos too.
    Entries,
    /// Conflicts, open and decided.
    Conflicts,
}

/// As what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With a header line; inner fields as `cliente.nombre`.
    Csv,
    /// One array.
    Json,
}

const ENTRY_COLUMNS: &[&str] = &[
    "escaneoId",
    "reservaId",
    "cantidad",
    "metodo",
    "puerta",
    "usuario",
    "timestamp",
    "desfaseMs",
    "desfaseErrorMs",
    "secuencia",
    "previo",
    "veredicto",
    "emision",
    "anulaA",
    "dispositivo",
    "recibidoEn",
];
const CONFLICT_COLUMNS: &[&str] = &[
    "id",
    "tipo",
    "reservaId",
    "escaneoIds",
    "estado",
    "resultado",
    "nota",
    "abiertoEn",
    "resueltoEn",
    "resueltoPor",
];

impl Store {
    /// Writes everything of a kind, from one view of the data.
    ///
    /// # Errors
    /// The database cannot be read, or `out` not written.
    pub fn export(&self, what: What, format: Format, out: impl Write) -> Result<u64> {
        let (query, columns) = match what {
            What::Reservations => (
                "SELECT * FROM reservation WHERE venue = ?1 AND deleted IS NULL ORDER BY day, date, time, id",
                RESERVATION_COLUMNS,
            ),
            What::Entries => (
                "SELECT * FROM entry WHERE venue = ?1 ORDER BY arrival",
                ENTRY_COLUMNS,
            ),
            What::Conflicts => (
                "SELECT * FROM conflict WHERE venue = ?1 ORDER BY opened, id",
                CONFLICT_COLUMNS,
            ),
        };
        self.read_now(|view| {
            let mut sheet = Sheet::new(format, columns, out)?;
            let mut query = view.conn.prepare(query)?;
            let mut rows = query.query([view.venue])?;
            while let Some(row) = rows.next()? {
                let value = match what {
                    What::Reservations => serde_json::to_value(reservation::read(row)?)?,
                    What::Entries => {
                        let mut stored = entry::read(row)?;
                        stored.entry.code = None;
                        serde_json::to_value(stored)?
                    }
                    What::Conflicts => serde_json::to_value(conflict::read(row)?)?,
                };
                sheet.row(value)?;
            }
            sheet.end()
        })
    }
}

enum Sheet<W: Write> {
    Csv {
        rows: Box<csv::Writer<W>>,
        columns: &'static [&'static str],
        count: u64,
    },
    Json {
        out: W,
        count: u64,
    },
}

impl<W: Write> Sheet<W> {
    fn new(format: Format, columns: &'static [&'static str], mut out: W) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                let mut rows = csv::Writer::from_writer(out);
                rows.write_record(columns).map_err(unwritten)?;
                Self::Csv {
                    rows: Box::new(rows),
                    columns,
                    count: 0,
                }
            }
            Format::Json => {
                out.write_all(b"[")?;
                Self::Json { out, count: 0 }
            }
        })
    }

    fn row(&mut self, value: Value) -> Result<()> {
        match self {
            Self::Csv { rows, columns, count } => {
                let Value::Object(fields) = value else {
                    return Err(Code::Internal.into());
                };
                let cells = columns.iter().map(|column| cell(&fields, column));
                rows.write_record(cells).map_err(unwritten)?;
                *count += 1;
            }
            Self::Json { out, count } => {
                out.write_all(if *count == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *out, &value)?;
                *count += 1;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<u64> {
        match self {
            Self::Csv { mut rows, count, .. } => {
                rows.flush()?;
                Ok(count)
            }
            Self::Json { mut out, count } => {
                out.write_all(b"\n]\n")?;
                out.flush()?;
                Ok(count)
            }
        }
    }
}

fn unwritten(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Error::new(Code::Storage, format!("The list could not be written: {other:?}")),
    }
}
