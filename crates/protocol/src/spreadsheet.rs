//! Lists as files for spreadsheets: the columns, and cells. One that a spreadsheet would take for a formula is written with an apostrophe before it, as
//! people type them, and read without it.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Separates the lines of `detalles` in a cell.
pub const LINES: char = '|';

/// The columns of a list of reservations: fields by their names on the wire, inner ones as `cliente.nombre`.
pub const RESERVATION_COLUMNS: &[&str] = &[
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

/// A field of a value as a cell; empty where it has none.
#[must_use]
pub fn cell(fields: &Map<String, Value>, column: &str) -> String {
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

/// A cell as it is written.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A cell as it was meant.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    let mut letters = text.chars();
    match letters.next() {
        Some('=' | '@') => true,
        // A telephone number or an amount is no formula.
        Some('+' | '-') => {
            !letters.next().is_some_and(|next| next.is_ascii_digit()) || text.contains(['(', '!', '|'])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_kept_from_running_and_come_back_as_they_were() {
        for text in [
            "=HYPERLINK(\"x\")",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|x",
        ] {
            assert!(guarded(text).starts_with('\''), "{text}");
            assert_eq!(unguarded(&guarded(text)), text);
        }
        for text in ["José", "+34 600 123 456", "-5", "", "'90s party"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }
}
