//! Who changed what in a reservation.

use portero_protocol::history::{EditRecord, FieldChange};
use portero_protocol::ids::DeviceId;
use portero_protocol::reservation::Reservation;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::reservation::Held;
use super::sql;
use super::tx::Tx;
use crate::error::Result;

/// Changes with every edit, and tells nothing.
const UNTOLD: [&str; 2] = ["fechaModificacion", "version"];

impl Tx<'_> {
    /// Writes down what an edit changed. `updates` are the fields with their new values, as the log tells them.
    pub(crate) fn note_edit(
        &self,
        before: &Reservation,
        updates: &Map<String, Value>,
        version: u64,
        by: Option<DeviceId>,
    ) -> Result<()> {
        let Value::Object(mut old) = serde_json::to_value(before)? else {
            return Ok(());
        };
        let fields: Vec<FieldChange> = updates
            .iter()
            .filter(|(field, _)| !UNTOLD.contains(&field.as_str()))
            .map(|(field, after)| FieldChange {
                field: field.clone(),
                before: old.remove(field).unwrap_or(Value::Null),
                after: after.clone(),
            })
            .collect();
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO change (venue, reservation, version, at, device, fields) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                self.venue,
                before.id.as_str(),
                sql::signed(version),
                self.now.ms(),
                by.map(|device| device.uuid().into_bytes()),
                serde_json::to_string(&fields)?,
            ))?;
        Ok(())
    }
}

/// A reservation's creation and edits, oldest first.
pub(crate) fn of(conn: &Connection, venue: i64, held: &Held) -> Result<Vec<EditRecord>> {
    let row = &held.reservation;
    let mut names = conn.prepare_cached("SELECT name FROM device WHERE venue = ?1 AND id = ?2")?;
    let mut name = |device: Option<DeviceId>| -> Result<Option<String>> {
        let Some(device) = device else { return Ok(None) };
        Ok(names
            .query_row((venue, device.uuid().into_bytes()), |row| row.get(0))
            .optional()?)
    };
    let mut records = vec![EditRecord {
        version: 1,
        at: row.created,
        device: held.creator,
        by: name(held.creator)?,
        changes: Vec::new(),
    }];
    let mut query = conn.prepare_cached(
        "SELECT version, at, device, fields FROM change WHERE venue = ?1 AND reservation = ?2 ORDER BY version",
    )?;
    let mut rows = query.query((venue, row.id.as_str()))?;
    while let Some(row) = rows.next()? {
        let device = sql::maybe_uuid(row, "device")?.map(DeviceId::from);
        let fields: String = sql::get(row, "fields")?;
        records.push(EditRecord {
            version: sql::counter(row, "version")?,
            at: sql::instant(row, "at")?,
            device,
            by: name(device)?,
            changes: serde_json::from_str(&fields).map_err(|_| sql::damaged("fields"))?,
        });
    }
    Ok(records)
}
