//! What each role may see. Redaction removes fields and contents, never positions.
//!
//! | | `gerente` | `portero` | `pantalla` |
//! |---|---|---|---|
//! | `cliente.email` | yes | no | no |
//! | `cliente.telefono` | yes | last 4 digits | no |
//! | `cliente.nombre`, `clienteNombre` | yes | yes | empty |
//! | `cliente.id`, `detalles`, `promotor`, `beneficiosReserva`, `razonVisita`, `tokenHash`, `usuario` | yes | yes | no |
//! | `codigoQR`, an entry's `codigo` | only about one reservation | no | no |
//! | conflicts | yes | yes | no |
//! | devices | yes | no | no |

use std::borrow::Cow;

use portero_protocol::device::Role;
use portero_protocol::entry::StoredEntry;
use portero_protocol::event::name;
use portero_protocol::reservation::Reservation;
use serde_json::{Map, Value};

/// Digits of a telephone number that a door gets.
const PHONE_TAIL: usize = 4;

/// A reservation for a role, in a list, a snapshot or an event.
pub(crate) fn reservation(role: Role, mut row: Reservation) -> Reservation {
    row.code = None;
    match role {
        Role::Manager => {}
        Role::Door => {
            row.client.email = None;
            row.client.phone = row.client.phone.map(|phone| masked(&phone));
        }
        Role::Screen => {
            row.client.id = None;
            row.client.name = String::new();
            row.client.phone = None;
            row.client.email = None;
            row.occasion = None;
            row.benefits = None;
            row.promoter = None;
            row.details = Vec::new();
            row.token_hash = None;
        }
    }
    row
}

/// An entry for a role, in a list, a snapshot or an event.
pub(crate) fn entry(role: Role, mut entry: StoredEntry) -> StoredEntry {
    entry.entry.code = None;
    if role == Role::Screen {
        entry.entry.user = None;
    }
    entry
}

/// An event's name and data for a role.
pub(crate) fn event<'a>(role: Role, event: &'a str, data: &'a str) -> (&'a str, Cow<'a, str>) {
    let hidden = (name::HIDDEN, Cow::Borrowed("{}"));
    match (role, event) {
        (Role::Manager, _) | (Role::Door, name::ENTRY | name::DELETED) => (event, Cow::Borrowed(data)),
        (_, name::DEVICE) => hidden,
        (Role::Screen, name::CONFLICT_OPENED | name::CONFLICT_CHANGED | name::CONFLICT_RESOLVED) => hidden,
        (Role::Door, name::CONFLICT_OPENED | name::CONFLICT_CHANGED | name::CONFLICT_RESOLVED)
        | (_, name::VENUE)
        | (Role::Screen, name::DELETED) => (event, Cow::Borrowed(data)),
        _ => match serde_json::from_str(data) {
            Ok(Value::Object(mut fields)) => {
                redact_fields(role, event, &mut fields);
                (event, Cow::Owned(Value::Object(fields).to_string()))
            }
            // What cannot be read cannot be cleaned.
            _ => hidden,
        },
    }
}

fn redact_fields(role: Role, event: &str, fields: &mut Map<String, Value>) {
    match event {
        name::CREATED => {
            if let Some(Value::Object(row)) = fields.get_mut("reserva") {
                redact_row(role, row);
            }
        }
        name::UPDATED => {
            if let Some(Value::Object(updates)) = fields.get_mut("updates") {
                redact_row(role, updates);
            }
        }
        name::ENTRY => {
            fields.insert("clienteNombre".to_owned(), Value::String(String::new()));
            if let Some(Value::Object(entry)) = fields.get_mut("entrada") {
                entry.remove("usuario");
            }
        }
        // A name that this version does not know: a door and a screen get its position alone.
        _ => fields.clear(),
    }
}

/// The fields of a reservation as JSON: a whole row, or the ones that an edit changed.
fn redact_row(role: Role, row: &mut Map<String, Value>) {
    row.remove("codigoQR");
    if let Some(Value::Object(client)) = row.get_mut("cliente") {
        client.remove("email");
        if role == Role::Screen {
            client.clear();
            client.insert("nombre".to_owned(), Value::String(String::new()));
        } else if let Some(Value::String(phone)) = client.get_mut("telefono") {
            *phone = masked(phone);
        }
    }
    if role == Role::Screen {
        for field in [
            "razonVisita",
            "beneficiosReserva",
            "promotor",
            "detalles",
            "tokenHash",
        ] {
            row.remove(field);
        }
    }
}

/// A telephone number of which only the end is left, enough to tell two guests of one name apart.
fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let tail: String = digits[digits.len().saturating_sub(PHONE_TAIL)..].iter().collect();
    format!("···{tail}")
}
