//! The outbox as people see it: what waits, what is held, and what the hub cannot take, each with its reason.

use portero_protocol::ids::{EntryId, OpId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use rusqlite::{Connection, Row, params};

use super::items::damaged;
use super::{Facts, Item, ItemId, writes};
use crate::error::Result;
use crate::view::{DeliveryState, OutboxItem, OutboxKind};

/// What is not confirmed: what needs a person first, then the oldest. Names are added by whoever knows the rows.
pub(crate) fn unsettled(db: &Connection, limit: u32) -> Result<Vec<OutboxItem>> {
    let mut statement = db.prepare_cached(
        "SELECT item.id, item.kind, item.reservation, item.state, item.made, item.code, item.reason, entry.json
         FROM item LEFT JOIN entry ON entry.id = item.id
         WHERE item.state IN ('pending', 'held', 'quarantined') ORDER BY item.state = 'pending', item.number LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| Ok(read(db, row)))?;
    rows.map(|row| row?).collect()
}

fn read(db: &Connection, row: &Row<'_>) -> Result<OutboxItem> {
    let id: String = row.get(0)?;
    let entry: Option<EntryId> = (row.get::<_, String>(1)? == "entry")
        .then(|| id.parse().map_err(|_| damaged()))
        .transpose()?;
    let (op, kind, quantity, fields) = match entry {
        Some(_) => {
            let json: Option<String> = row.get(7)?;
            let entry: portero_protocol::entry::Entry = serde_json::from_str(&json.ok_or_else(damaged)?)?;
            let kind = if entry.is_undo() {
                OutboxKind::Undo
            } else {
                OutboxKind::Entry
            };
            (None, kind, Some(entry.quantity), None)
        }
        None => {
            let op: OpId = id.parse().map_err(|_| damaged())?;
            let write = writes::one(db, &id)?.ok_or_else(damaged)?;
            let (kind, fields) = write.body.described();
            (Some(op), kind, None, fields)
        }
    };
    let code: Option<String> = row.get(5)?;
    Ok(OutboxItem {
        entry,
        op,
        kind,
        reservation: row.get::<_, String>(2)?.parse().map_err(|_| damaged())?,
        client_name: None,
        made: Instant::from_ms(row.get(4)?),
        delivery: match row.get::<_, String>(3)?.as_str() {
            "held" => DeliveryState::Held,
            "quarantined" => DeliveryState::Quarantined,
            _ => DeliveryState::Pending,
        },
        code: code.map(|code| {
            Code::ALL
                .iter()
                .copied()
                .find(|known| known.as_str() == code)
                .unwrap_or(Code::Unknown)
        }),
        reason: row.get(6)?,
        quantity,
        fields,
    })
}

impl Facts {
    /// Puts something that the hub could not take on its way again; `None`: it is not in quarantine.
    pub(crate) fn deliver_again(&mut self, id: ItemId) -> Result<Option<Item>> {
        let done = self.db.execute(
            "UPDATE item SET state = 'pending', answered = NULL, outcome = NULL, code = NULL, reason = NULL
             WHERE id = ?1 AND state = 'quarantined'",
            [id.to_string()],
        )?;
        if done == 0 {
            return Ok(None);
        }
        let reservation: String = self.db.query_row(
            "SELECT reservation FROM item WHERE id = ?1",
            [id.to_string()],
            |row| row.get(0),
        )?;
        Ok(Some(Item {
            id,
            reservation: reservation.parse().map_err(|_| damaged())?,
        }))
    }

    /// Gives up a write that the hub could not take. Entries are facts and are never given up. False: it is no write in quarantine.
    pub(crate) fn give_up(&mut self, op: OpId) -> Result<bool> {
        let done = self.db.execute(
            "UPDATE item SET state = 'given_up' WHERE id = ?1 AND kind = 'write' AND state = 'quarantined'",
            params![op.to_string()],
        )?;
        Ok(done > 0)
    }
}
