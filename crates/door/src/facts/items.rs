//! How far each entry and write is on its way to the hub.

use portero_protocol::attendance::Outcome;
use portero_protocol::entry::Entry;
use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::limits::KEEP_DAYS;
use portero_protocol::problem::Code;
use rusqlite::{Connection, params};
use serde_json::Value;

use super::Facts;
use crate::error::{DoorError, Result};
use crate::view::{DeliveryState, OutboxStatus};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ItemId {
    /// An entry or an undo.
    Entry(EntryId),
    /// A create, an edit or a deletion.
    Write(OpId),
}

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(id) => id.fmt(f),
            Self::Write(id) => id.fmt(f),
        }
    }
}

/// Something that waits to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it is.
    pub(crate) id: ItemId,
    /// Which reservation; its items keep their order.
    pub(crate) reservation: ReservationId,
}

/// What the hub said about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The hub has it. A write says to which version it led.
    Confirmed {
        /// The entry's outcome; `None` for a write.
        outcome: Option<Outcome>,
        /// The reservation's version after a write.
        version: Option<u64>,
    },
    /// The hub holds it for a manager.
    Held,
    /// The hub cannot take it.
    Quarantined {
        /// Why, for programs.
        code: Code,
        /// Why, for people.
        reason: String,
    },
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which.
    pub(crate) id: ItemId,
    /// What.
    pub(crate) settled: Settled,
    /// In which life of the log; `None`: the hub did not say.
    pub(crate) life: Option<Answered>,
}

/// The life of the log that an answer is from, and the one that was met when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) life: String,
    pub(crate) met: Option<String>,
}

/// Puts an item at the end of the line.
pub(super) fn add(
    db: &Connection,
    id: &str,
    kind: &str,
    reservation: &ReservationId,
    made_ms: i64,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO item (id, kind, reservation, state, made) VALUES (?1, ?2, ?3, 'pending', ?4)",
    )?
    .execute(params![id, kind, reservation.as_str(), made_ms])?;
    Ok(())
}

impl Facts {
    /// Keeps what the hub said, in one transaction.
    pub(crate) fn mark(&mut self, marks: &[Mark], now_ms: i64) -> Result<()> {
        let change = self.db.transaction()?;
        {
            let mut statement = change.prepare_cached(
                "UPDATE item SET state = ?2, answered = ?3, outcome = ?4, code = ?5, reason = ?6, version = ?7 WHERE id = ?1",
            )?;
            for mark in marks {
                let (state, outcome, code, reason, version) = match &mark.settled {
                    Settled::Confirmed { outcome, version } => {
                        ("confirmed", outcome.map(Outcome::as_str), None, None, *version)
                    }
                    Settled::Held => ("held", Some(Outcome::Held.as_str()), None, None, None),
                    Settled::Quarantined { code, reason } => (
                        "quarantined",
                        Some(Outcome::Rejected.as_str()),
                        Some(code.as_str()),
                        Some(reason.as_str()),
                        None,
                    ),
                };
                statement.execute(params![
                    mark.id.to_string(),
                    state,
                    now_ms,
                    outcome,
                    code,
                    reason,
                    version.map(u64::cast_signed)
                ])?;
            }
        }
        change.commit()?;
        Ok(())
    }

    /// Puts everything that was delivered in the last days on its way again: the hub's log started anew, so it may have lost them.
    /// Entries and creates only: an edit would be made on rows that are no longer the same.
    pub(crate) fn offer_again(&mut self) -> Result<usize> {
        let change = self.db.transaction()?;
        let count = change.execute(
            "UPDATE item SET state = 'pending' WHERE state IN ('confirmed', 'held') AND (kind = 'entry' OR id IN
             (SELECT id FROM write WHERE json LIKE '{\"kind\":\"create\"%'))",
            [],
        )?;
        // The version that an edit led to is of rows that are no longer there.
        change.execute(
            "UPDATE item SET version = 0 WHERE state = 'confirmed' AND kind = 'write'",
            [],
        )?;
        change.commit()?;
        Ok(count)
    }

    /// Forgets what was confirmed, or given up, longer ago than the hub may want it again. The chain's end stays.
    pub(crate) fn prune(&mut self, now_ms: i64) -> Result<()> {
        let before = now_ms - KEEP_DAYS * 24 * 60 * 60 * 1_000;
        let change = self.db.transaction()?;
        let old = "SELECT id FROM item WHERE state IN ('confirmed', 'given_up') AND answered < ?1";
        change.execute(
            &format!(
                "DELETE FROM entry WHERE id IN ({old}) AND sequence < (SELECT MAX(sequence) FROM entry)"
            ),
            [before],
        )?;
        change.execute(&format!("DELETE FROM write WHERE id IN ({old})"), [before])?;
        change.execute(
            "DELETE FROM item WHERE state IN ('confirmed', 'given_up') AND answered < ?1
             AND id NOT IN (SELECT id FROM entry) AND id NOT IN (SELECT id FROM write)",
            [before],
        )?;
        change.commit()?;
        Ok(())
    }

    /// The connection, for questions.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }
}

/// What waits, in order.
pub(crate) fn waiting(db: &Connection) -> Result<Vec<Item>> {
    let mut statement =
        db.prepare_cached("SELECT id, kind, reservation FROM item WHERE state = 'pending' ORDER BY number")?;
    let rows = statement.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (id, kind, reservation) = row?;
        Ok(Item {
            id: if kind == "entry" {
                ItemId::Entry(id.parse().map_err(|_| damaged())?)
            } else {
                ItemId::Write(id.parse().map_err(|_| damaged())?)
            },
            reservation: reservation.parse().map_err(|_| damaged())?,
        })
    })
    .collect()
}

pub(super) fn damaged() -> DoorError {
    DoorError::new(
        Code::Storage,
        "facts.db holds an id that is none: it is damaged. Keep the file and ask for help",
    )
}

/// Entries as they are delivered, in the order asked for.
pub(crate) fn payloads(db: &Connection, entries: &[EntryId]) -> Result<Vec<Value>> {
    let mut statement = db.prepare_cached("SELECT json FROM entry WHERE id = ?1")?;
    entries
        .iter()
        .map(|id| {
            let json: String = statement.query_row([id.to_string()], |row| row.get(0))?;
            Ok(serde_json::from_str(&json)?)
        })
        .collect()
}

/// What the badge says about the outbox.
pub(crate) fn counts(db: &Connection, now_ms: i64) -> Result<OutboxStatus> {
    let (pending, oldest): (u32, Option<i64>) = db
        .prepare_cached("SELECT COUNT(*), MIN(made) FROM item WHERE state = 'pending'")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut apart = db.prepare_cached("SELECT COUNT(*) FROM item WHERE state = ?1")?;
    Ok(OutboxStatus {
        pending,
        sent: None,
        quarantined: apart.query_row(["quarantined"], |row| row.get(0))?,
        held: apart.query_row(["held"], |row| row.get(0))?,
        oldest_ms: oldest.map(|made| (now_ms - made).max(0)),
    })
}

/// How far each entry is on its way.
#[cfg(feature = "sim")]
pub(crate) fn entry_states(db: &Connection) -> Result<std::collections::HashMap<EntryId, DeliveryState>> {
    let mut statement = db.prepare_cached("SELECT id, state FROM item WHERE kind = 'entry'")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, state) = row?;
        let id = id
            .parse()
            .map_err(|_| DoorError::new(Code::Storage, "facts.db holds an id that is none"))?;
        Ok((id, delivery(&state)))
    })
    .collect()
}

fn delivery(state: &str) -> DeliveryState {
    match state {
        "confirmed" => DeliveryState::Confirmed,
        "held" => DeliveryState::Held,
        "quarantined" => DeliveryState::Quarantined,
        _ => DeliveryState::Pending,
    }
}

/// The last entries, newest first.
pub(crate) fn recent(db: &Connection, limit: u32) -> Result<Vec<(Entry, DeliveryState)>> {
    let mut statement = db.prepare_cached(
        "SELECT entry.json, item.state FROM entry JOIN item ON item.id = entry.id ORDER BY entry.sequence DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    rows.map(|row| {
        let (json, state) = row?;
        Ok((serde_json::from_str(&json)?, delivery(&state)))
    })
    .collect()
}
