//! Creates, edits and deletions that were made here: kept first, sent when the hub can be reached, shown at once.

use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::reservation::{Draft, Origin, Patch, Reservation};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::{Facts, items};
use crate::error::Result;
use crate::view::OutboxKind;

/// What is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum WriteBody {
    /// A new reservation.
    Create {
        /// With its id.
        draft: Box<Draft>,
    },
    /// An edit.
    Update {
        /// The changed fields.
        patch: Box<Patch>,
        /// The version that it was made on.
        version: u64,
    },
    /// A deletion.
    Delete {
        /// The version that it was made on.
        version: u64,
    },
}

/// A write that was made here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    /// Its `Idempotency-Key`.
    pub(crate) id: OpId,
    /// Which reservation.
    pub(crate) reservation: ReservationId,
    /// What is written.
    pub(crate) body: WriteBody,
    /// When, by the hub's clock as known here.
    pub(crate) at: Instant,
    /// The reservation's version that it led to, once the hub has answered.
    pub(crate) led_to: Option<u64>,
}

impl WriteBody {
    /// What it is, and which fields an edit names.
    pub(crate) fn described(&self) -> (OutboxKind, Option<Vec<String>>) {
        match self {
            Self::Create { .. } => (OutboxKind::Create, None),
            Self::Delete { .. } => (OutboxKind::Delete, None),
            Self::Update { patch, .. } => {
                let fields = match serde_json::to_value(patch) {
                    Ok(serde_json::Value::Object(fields)) => fields.keys().cloned().collect(),
                    _ => Vec::new(),
                };
                (OutboxKind::Update, Some(fields))
            }
        }
    }
}

impl Write {
    /// The reservation as it looks with this write on top.
    pub(crate) fn apply(&self, row: Option<Reservation>) -> Option<Reservation> {
        match (&self.body, row) {
            // The hub's row has the create in it already.
            (WriteBody::Create { .. }, Some(row)) => Some(row),
            (WriteBody::Create { draft }, None) => Some(
                (**draft)
                    .clone()
                    .into_reservation(self.reservation.clone(), self.at),
            ),
            (WriteBody::Update { patch, .. }, Some(mut row)) => {
                patch.apply(&mut row, self.at);
                Some(row)
            }
            (WriteBody::Update { .. }, None) | (WriteBody::Delete { .. }, _) => None,
        }
    }
}

impl Facts {
    /// Keeps writes and puts them on their way, in one transaction. They are on disk when this returns.
    pub(crate) fn keep(&mut self, writes: &[Write]) -> Result<()> {
        let change = self.db.transaction()?;
        for write in writes {
            let json = serde_json::to_string(&write.body)?;
            change
                .prepare_cached("INSERT INTO write (id, reservation, json, at) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![
                    write.id.to_string(),
                    write.reservation.as_str(),
                    json,
                    write.at.ms()
                ])?;
            items::add(
                &change,
                &write.id.to_string(),
                "write",
                &write.reservation,
                write.at.ms(),
            )?;
        }
        change.commit()?;
        Ok(())
    }
}

const SELECT: &str = "SELECT write.id, write.reservation, write.json, write.at, item.version FROM write JOIN item ON item.id = write.id";

/// The writes that the hub's rows may not show yet: those on their way, and those confirmed since `since`. In order.
pub(crate) fn unseen(db: &Connection, since: Instant) -> Result<Vec<Write>> {
    let mut statement = db.prepare_cached(&format!(
        "{SELECT} WHERE item.state = 'pending' OR (item.state = 'confirmed' AND item.answered > ?1) ORDER BY item.number"
    ))?;
    let rows = statement.query_map([since.ms()], read)?;
    rows.map(|row| parse(row?)).collect()
}

/// The walk-ins that were made here and that the hub has not refused, in order.
pub(crate) fn walk_ins(db: &Connection) -> Result<Vec<Write>> {
    let mut statement = db.prepare_cached(&format!(
        "{SELECT} WHERE item.state IN ('pending', 'confirmed') AND write.json LIKE '{{\"kind\":\"create\"%' ORDER BY item.number"
    ))?;
    let rows = statement.query_map([], read)?;
    let made: Vec<Write> = rows.map(|row| parse(row?)).collect::<Result<_>>()?;
    Ok(made
        .into_iter()
        .filter(|write| matches!(&write.body, WriteBody::Create { draft } if draft.origin == Origin::WalkIn))
        .collect())
}

/// One write.
pub(crate) fn one(db: &Connection, id: &str) -> Result<Option<Write>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE write.id = ?1"))?;
    let mut rows = statement.query_map([id], read)?;
    rows.next().map(|row| parse(row?)).transpose()
}

/// One write as it is sent now. An edit that was made on top of this device's own earlier ones was made on what those led to: where the hub's versions
/// follow each other without a gap, nobody else changed anything between, and the edit says the last of them. At a gap it stays: somebody
/// else's change may be of the same field.
pub(crate) fn to_send(db: &Connection, id: &str) -> Result<Option<Write>> {
    let Some(mut write) = one(db, id)? else {
        return Ok(None);
    };
    if let WriteBody::Update { version, .. } | WriteBody::Delete { version } = &mut write.body {
        let mut own = db.prepare_cached(
            "SELECT item.version FROM item AS this JOIN item ON item.reservation = this.reservation AND item.number < this.number
             WHERE this.id = ?1 AND item.kind = 'write' AND item.state = 'confirmed' AND item.version IS NOT NULL ORDER BY item.number",
        )?;
        for led_to in own.query_map([id], |row| row.get::<_, i64>(0))? {
            let led_to = led_to?.unsigned_abs();
            if led_to == *version + 1 {
                *version = led_to;
            }
        }
    }
    Ok(Some(write))
}

type Raw = (String, String, String, i64, Option<i64>);

fn read(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn parse((id, reservation, json, at, led_to): Raw) -> Result<Write> {
    Ok(Write {
        id: id.parse().map_err(|_| items::damaged())?,
        reservation: reservation.parse().map_err(|_| items::damaged())?,
        body: serde_json::from_str(&json)?,
        at: Instant::from_ms(at),
        led_to: led_to.map(i64::unsigned_abs),
    })
}
