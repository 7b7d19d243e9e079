//! Reservations from a CSV file: all or nothing, and every bad row named.

use std::io::Read;

use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::Draft;
use portero_protocol::spreadsheet::{LINES, unguarded};
use portero_protocol::ticket::legacy::token_hash;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::edit::create;
use crate::error::{Error, Result};
use crate::store::Store;

/// Columns that are read.
const COLUMNS: [&str; 17] = [
    "id",
    "cliente.id",
    "cliente.nombre",
    "cliente.telefono",
    "cliente.email",
    "numeroPersonas",
    "fecha",
    "hora",
    "estado",
    "origen",
    "mesa",
    "razonVisita",
    "beneficiosReserva",
    "promotor.id",
    "promotor.nombre",
    "detalles",
    "tokenHash",
];
/// A column with an older code's secret: its hash is kept.
const TOKEN: &str = "token";
/// Columns of an export that the hub sets by itself.
const SET_BY_HUB: [&str; 6] = [
    "version",
    "asistenciaActual",
    "emision",
    "codigoQR",
    "fechaCreacion",
    "fechaModificacion",
];
/// Columns without which there is no reservation.
const NEEDED: [&str; 4] = ["cliente.nombre", "numeroPersonas", "fecha", "hora"];

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// Reservations that are new.
    pub created: usize,
    /// Rows that were there already, word for word.
    pub unchanged: usize,
    /// Columns that the hub sets by itself and that were not taken.
    pub ignored_columns: Vec<String>,
}

/// A row that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Its line in the file.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum RefusedImport {
    /// Rows that cannot be taken.
    Rows(Vec<BadRow>),
    /// The file or the database cannot be read.
    Failed(Error),
}

impl From<Error> for RefusedImport {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Store {
    /// Imports reservations from CSV with the contract's fields as headers (`cliente.nombre` …). `progress` is told how many rows were read, and then how
    /// many were written.
    ///
    /// # Errors
    /// Every row that cannot be taken; nothing is imported then.
    pub fn import(
        &self,
        file: impl Read,
        mut progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<Imported, RefusedImport> {
        let mut rows = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(false)
            .from_reader(file);
        let headers: Vec<String> = rows
            .headers()
            .map_err(unreadable)?
            .iter()
            .map(|header| header.trim_start_matches('\u{feff}').to_owned())
            .collect();
        let mut imported = Imported {
            ignored_columns: check_headers(&headers)?,
            ..Imported::default()
        };
        let venue = self.venue().id.uuid();
        let mut drafts = Vec::new();
        let mut bad = Vec::new();
        let mut seen = std::collections::HashMap::new();
        for row in rows.records() {
            match row {
                Err(error) => bad.push(BadRow {
                    line: error.position().map_or(0, csv::Position::line),
                    why: "does not have as many cells as there are headers, or is no UTF-8".to_owned(),
                }),
                Ok(row) => {
                    let line = row.position().map_or(0, csv::Position::line);
                    match draft(&headers, &row) {
                        Ok(draft) => {
                            let id = match &draft.id {
                                Some(id) => id.clone(),
                                None => derived_id(venue, &row, &mut seen)?,
                            };
                            drafts.push((line, id, draft));
                        }
                        Err(error) => bad.push(BadRow {
                            line,
                            why: error.to_string(),
                        }),
                    }
                }
            }
            progress(u64::try_from(drafts.len() + bad.len()).unwrap_or(u64::MAX));
        }
        if !bad.is_empty() {
            return Err(RefusedImport::Rows(bad));
        }
        let written = self.write_now(move |tx| {
            let mut bad = Vec::new();
            let (mut created, mut unchanged) = (0, 0);
            for (number, (line, id, draft)) in drafts.into_iter().enumerate() {
                let hash = create::draft_hash(&draft)?;
                match tx.row(&id)? {
                    Some(known) if known.deleted.is_none() && known.draft_hash == hash => unchanged += 1,
                    Some(_) => bad.push(BadRow {
                        line,
                        why: format!("the id {id} belongs to another reservation"),
                    }),
                    None => {
                        let day = tx.known.calendar.day_of(draft.date, draft.time);
                        create::insert(tx, draft.into_reservation(id, tx.now), day, None, hash)?;
                        created += 1;
                    }
                }
                progress(u64::try_from(number + 1).unwrap_or(u64::MAX));
            }
            if bad.is_empty() {
                Ok((created, unchanged))
            } else {
                // As an error, so that the rows before it do not stay.
                let rows = serde_json::to_value(&bad)?;
                Err(Error::new(Code::IdTaken, "Rows with ids that are taken").with_current(rows))
            }
        });
        match written {
            Ok((created, unchanged)) => {
                (imported.created, imported.unchanged) = (created, unchanged);
                Ok(imported)
            }
            Err(error) => match error
                .problem()
                .current
                .clone()
                .map(serde_json::from_value::<Vec<BadRowRead>>)
            {
                Some(Ok(rows)) => Err(RefusedImport::Rows(
                    rows.into_iter()
                        .map(|row| BadRow {
                            line: row.line,
                            why: row.why,
                        })
                        .collect(),
                )),
                _ => Err(error.into()),
            },
        }
    }
}

#[derive(serde::Deserialize)]
struct BadRowRead {
    line: u64,
    why: String,
}

fn check_headers(headers: &[String]) -> Result<Vec<String>> {
    let known = |header: &str| COLUMNS.contains(&header) || header == TOKEN;
    let strange: Vec<&str> = headers
        .iter()
        .map(String::as_str)
        .filter(|header| !known(header) && !SET_BY_HUB.contains(header))
        .collect();
    if !strange.is_empty() {
        return Err(Error::new(
            Code::InvalidField,
            format!(
                "The columns {} are none of the contract's; those are {}",
                strange.join(", "),
                COLUMNS.join(", ")
            ),
        ));
    }
    let missing: Vec<&str> = NEEDED
        .into_iter()
        .filter(|needed| !headers.iter().any(|header| header == needed))
        .collect();
    if !missing.is_empty() {
        return Err(Error::new(
            Code::InvalidField,
            format!("The columns {} are missing", missing.join(", ")),
        ));
    }
    Ok(headers
        .iter()
        .filter(|header| SET_BY_HUB.contains(&header.as_str()))
        .cloned()
        .collect())
}

/// A row as the body of a create, read and checked as one.
fn draft(headers: &[String], row: &csv::StringRecord) -> Result<Draft> {
    let mut body = Map::new();
    for (header, cell) in headers.iter().zip(row) {
        let cell = unguarded(cell);
        if cell.is_empty() || SET_BY_HUB.contains(&header.as_str()) {
            continue;
        }
        let value = match header.as_str() {
            "numeroPersonas" => cell.parse::<u32>().map(Value::from).map_err(|_| {
                Error::new(
                    Code::InvalidField,
                    format!("`numeroPersonas` is no whole number: {cell}"),
                )
            })?,
            "detalles" => cell.split(LINES).map(|line| Value::from(line.trim())).collect(),
            _ => Value::from(cell),
        };
        match header.split_once('.') {
            Some((outer, inner)) => {
                if let Value::Object(fields) = body.entry(outer).or_insert_with(|| Value::Object(Map::new()))
                {
                    fields.insert(inner.to_owned(), value);
                }
            }
            None if header == TOKEN => {
                body.insert("tokenHash".to_owned(), Value::from(token_hash(cell)));
            }
            None => {
                body.insert(header.clone(), value);
            }
        }
    }
    let draft: Draft = serde_json::from_value(Value::Object(body))
        .map_err(|error| Error::new(Code::InvalidBody, error.to_string()))?;
    draft.check()?;
    Ok(draft)
}

/// The id of a row without one: the same for the same row of the same file, so that importing it again adds nothing.
fn derived_id(
    venue: Uuid,
    row: &csv::StringRecord,
    seen: &mut std::collections::HashMap<Vec<u8>, u32>,
) -> Result<ReservationId> {
    let mut content = Vec::new();
    for cell in row {
        content.extend_from_slice(cell.as_bytes());
        content.push(0);
    }
    let times = seen.entry(content.clone()).or_default();
    *times += 1;
    content.extend_from_slice(&times.to_be_bytes());
    Uuid::new_v5(&venue, &content)
        .hyphenated()
        .to_string()
        .parse()
        .map_err(|_| Code::Internal.into())
}

fn unreadable(error: csv::Error) -> Error {
    Error::new(Code::InvalidBody, format!("The file is no CSV: {error}"))
}
