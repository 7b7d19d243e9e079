//! Conflicts as rows: opened, joined, decided, opened again.

use jiff::civil::Date;
use portero_protocol::conflict::{Conflict, ConflictKind, ConflictState, id_of};
use portero_protocol::event::Change;
use portero_protocol::ids::{ConflictId, EntryId, ReservationId};
use portero_protocol::problem::Code;
use rusqlite::{OptionalExtension, Row};

use super::readers::View;
use super::reservation::id as reservation_id;
use super::sql;
use super::tx::Tx;
use crate::error::{Error, Result};

/// Entries that a conflict names; an event that held more would not fit into 64 KiB.
const NAMED: usize = 1_000;

pub(crate) fn read(row: &Row<'_>) -> Result<Conflict> {
    let entries: String = sql::get(row, "entries")?;
    Ok(Conflict {
        id: ConflictId::from(sql::uuid(row, "id")?),
        kind: sql::named(row, "kind", ConflictKind::from_wire)?,
        reservation: reservation_id(row, "reservation")?,
        entries: serde_json::from_str(&entries).map_err(|_| sql::damaged("entries"))?,
        state: sql::named(row, "state", |text| match text {
            "abierto" => Some(ConflictState::Open),
            "resuelto" => Some(ConflictState::Resolved),
            _ => None,
        })?,
        fields: match sql::get::<Option<String>>(row, "fields")? {
            Some(fields) => serde_json::from_str(&fields).map_err(|_| sql::damaged("fields"))?,
            None => None,
        },
        outcome: sql::get(row, "outcome")?,
        note: sql::get(row, "note")?,
        opened: sql::instant(row, "opened")?,
        resolved: sql::maybe_instant(row, "resolved")?,
        resolved_by: sql::get(row, "resolved_by")?,
    })
}

impl View<'_> {
    /// Conflicts, the newest first; `state` narrows them.
    pub(crate) fn conflicts(&self, state: Option<ConflictState>) -> Result<Vec<Conflict>> {
        let mut query = self.conn.prepare_cached(
            "SELECT * FROM conflict WHERE venue = ?1 AND (?2 IS NULL OR state = ?2) ORDER BY opened DESC, id LIMIT 5000",
        )?;
        let mut rows = query.query((self.venue, state.map(state_name)))?;
        let mut conflicts = Vec::new();
        while let Some(row) = rows.next()? {
            conflicts.push(read(row)?);
        }
        Ok(conflicts)
    }
}

fn state_name(state: ConflictState) -> &'static str {
    match state {
        ConflictState::Open => "abierto",
        ConflictState::Resolved => "resuelto",
    }
}

impl Tx<'_> {
    fn conflict(&self, id: ConflictId) -> Result<Option<Conflict>> {
        self.conn
            .prepare_cached("SELECT * FROM conflict WHERE venue = ?1 AND id = ?2")?
            .query_row((self.venue, id.uuid().into_bytes()), |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// Opens the conflict of that kind about that reservation on that day; or joins it; or opens it again.
    pub(crate) fn open_conflict(
        &mut self,
        reservation: &ReservationId,
        kind: ConflictKind,
        day: Date,
        entries: &[EntryId],
    ) -> Result<Conflict> {
        self.open_about(reservation, kind, day, entries, &[])
    }

    /// Opens the conflict of two edits, and names the fields that both changed.
    pub(crate) fn open_edit_conflict(
        &mut self,
        reservation: &ReservationId,
        day: Date,
        fields: &[String],
    ) -> Result<Conflict> {
        self.open_about(reservation, ConflictKind::Edit, day, &[], fields)
    }

    fn open_about(
        &mut self,
        reservation: &ReservationId,
        kind: ConflictKind,
        day: Date,
        entries: &[EntryId],
        fields: &[String],
    ) -> Result<Conflict> {
        let id = id_of(reservation, kind, day);
        let mut conflict = match self.conflict(id)? {
            Some(known) => known,
            None => {
                let conflict = Conflict {
                    id,
                    kind,
                    reservation: reservation.clone(),
                    entries: entries.to_vec(),
                    fields: (!fields.is_empty()).then(|| fields.to_vec()),
                    state: ConflictState::Open,
                    outcome: None,
                    note: None,
                    opened: self.now,
                    resolved: None,
                    resolved_by: None,
                };
                self.put_conflict(&conflict)?;
                self.log(Change::ConflictOpened(conflict.clone()))?;
                return Ok(conflict);
            }
        };
        let known = conflict.entries.len();
        for entry in entries {
            if conflict.entries.len() < NAMED && !conflict.entries.contains(entry) {
                conflict.entries.push(*entry);
            }
        }
        if !fields.is_empty() {
            // What was decided before is no longer in question.
            let mut named = match conflict.state {
                ConflictState::Open => conflict.fields.take().unwrap_or_default(),
                ConflictState::Resolved => Vec::new(),
            };
            named.extend(fields.iter().cloned());
            named.sort_unstable();
            named.dedup();
            conflict.fields = Some(named);
        }
        let joined = conflict.entries.len() > known || entries.is_empty();
        match conflict.state {
            // The same entry again changes nothing.
            _ if !joined => return Ok(conflict),
            ConflictState::Open => {
                self.put_conflict(&conflict)?;
                self.log(Change::ConflictChanged(conflict.clone()))?;
            }
            ConflictState::Resolved => {
                conflict.state = ConflictState::Open;
                conflict.opened = self.now;
                conflict.outcome = None;
                conflict.note = None;
                conflict.resolved = None;
                conflict.resolved_by = None;
                self.put_conflict(&conflict)?;
                self.log(Change::ConflictOpened(conflict.clone()))?;
            }
        }
        Ok(conflict)
    }

    /// Decides a conflict. One that is decided in the same way already stays as it is.
    pub(crate) fn resolve_conflict(
        &mut self,
        id: ConflictId,
        outcome: &str,
        note: Option<&str>,
        by: &str,
    ) -> Result<Conflict> {
        let mut conflict = self
            .conflict(id)?
            .ok_or_else(|| Error::new(Code::NotFound, "There is no conflict with that id"))?;
        if conflict.state == ConflictState::Resolved {
            return Ok(conflict);
        }
        conflict.state = ConflictState::Resolved;
        conflict.outcome = Some(outcome.to_owned());
        conflict.note = note.map(str::to_owned);
        conflict.resolved = Some(self.now);
        conflict.resolved_by = Some(by.to_owned());
        self.put_conflict(&conflict)?;
        self.log(Change::ConflictResolved(conflict.clone()))?;
        Ok(conflict)
    }

    /// The open conflicts of a kind about a reservation.
    pub(crate) fn open_conflicts(
        &self,
        reservation: &ReservationId,
        kind: ConflictKind,
    ) -> Result<Vec<Conflict>> {
        let mut query = self.conn.prepare_cached(
            "SELECT * FROM conflict WHERE venue = ?1 AND reservation = ?2 AND kind = ?3 AND state = 'abierto'",
        )?;
        let mut rows = query.query((self.venue, reservation.as_str(), kind.as_str()))?;
        let mut conflicts = Vec::new();
        while let Some(row) = rows.next()? {
            conflicts.push(read(row)?);
        }
        Ok(conflicts)
    }

    fn put_conflict(&self, conflict: &Conflict) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO conflict (venue, id, kind, reservation, entries, state, outcome, note, opened, \
                 resolved, resolved_by, fields) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute((
                self.venue,
                conflict.id.uuid().into_bytes(),
                conflict.kind.as_str(),
                conflict.reservation.as_str(),
                serde_json::to_string(&conflict.entries)?,
                state_name(conflict.state),
                &conflict.outcome,
                &conflict.note,
                conflict.opened.ms(),
                conflict.resolved.map(portero_protocol::instant::Instant::ms),
                &conflict.resolved_by,
                conflict.fields.as_ref().map(serde_json::to_string).transpose()?,
            ))?;
        Ok(())
    }
}
