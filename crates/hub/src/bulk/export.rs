//! Lists out: everything of a kind, as CSV or JSON.

use std::io::Write;

use portero_protocol::problem::Code;
use serde_json::{Map, Value};

use super::import::LINES;
use super::spreadsheet::guarded;
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

const RESERVATION_COLUMNS: &[&str] = &[
    "id",
    "version",
    "cliente.id",
    "cliente.nombre",
    "cliente.telefono",
    "cliente.email",
    "numeroPersonas",
    "fecha",
    "hora",
    "estado",
    "asistenciaActual",
    "origen",
    "emision",
    "mesa",
    "razonVisita",
    "beneficiosReserva",
    "promotor.id",
    "promotor.nombre",
    "detalles",
    "tokenHash",
    "fechaCreacion",
    "fechaModificacion",
];
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

fn cell(fields: &Map<String, Value>, column: &str) -> String {
    let value = match column.split_once('.') {
        Some((outer, inner)) => fields.get(outer).and_then(|value| value.get(inner)),
        None => fields.get(column),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => guarded(text).into_owned(),
        Some(Value::Array(lines)) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            guarded(&lines.join(&LINES.to_string())).into_owned()
        }
        Some(other) => other.to_string(),
    }
}

fn unwritten(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Error::new(Code::Storage, format!("The list could not be written: {other:?}")),
    }
}
