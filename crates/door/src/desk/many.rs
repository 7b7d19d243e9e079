//! Writes to many reservations: kept in one transaction, so that the disk is waited for once.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::Date;
use portero_protocol::device::Role;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::{Code, Invalid};
use portero_protocol::reservation::{Patch, Reservation, changed_fields};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Desk;
use super::write::never_reached;
use crate::error::{DoorError, Result};
use crate::facts::WriteBody;
use crate::view::{BulkChange, Edit, FailedWrite, ImportedMany, ListedDraft, MANY_MAX, SavedMany};

/// Ids that are tried for a row of a list whose earlier ones were deleted.
const ID_TRIES: u32 = 64;
/// Changes with every edit, and is nobody's choice.
const MODIFIED: &str = "fechaModificacion";

impl Desk {
    /// Keeps the same change of many.
    pub(crate) fn change_many(&mut self, change: BulkChange, role: Option<Role>) -> Result<SavedMany> {
        change.updates.check()?;
        let BulkChange { ids, updates, night } = change;
        let house = self.known.house().ok_or_else(never_reached)?;
        self.edit_each(ids, role, |row| {
            let mut patch = updates.clone();
            if let Some(night) = night {
                let belongs = |date: &Date| house.calendar.day_of(*date, row.time) == night;
                // The hours after midnight are of the next calendar date.
                patch.date = [night, night.saturating_add(1.day())]
                    .into_iter()
                    .find(belongs)
                    .or(Some(night));
            }
            patch
        })
    }

    /// Keeps edits that differ: an undo of many.
    pub(crate) fn edit_many(&mut self, edits: Vec<Edit>, role: Option<Role>) -> Result<SavedMany> {
        for edit in &edits {
            edit.updates.check()?;
        }
        let ids = edits.iter().map(|edit| edit.reservation.clone()).collect();
        let mut patches = edits.into_iter().map(|edit| edit.updates);
        self.edit_each(ids, role, |_| patches.next().unwrap_or_default())
    }

    /// Keeps deletions: an undo of an import.
    pub(crate) fn delete_many(&mut self, ids: Vec<ReservationId>, role: Option<Role>) -> Result<SavedMany> {
        self.check_manager(role)?;
        check_number(ids.len())?;
        let mut done = SavedMany::default();
        let mut bodies = Vec::new();
        for (index, id) in ids.into_iter().enumerate() {
            match self.shown(&id)? {
                Some(row) => bodies.push((id, WriteBody::Delete { version: row.version })),
                None => done.failed.push(failed(index, &not_known(&id))),
            }
        }
        done.saved = count(bodies.len());
        self.keep_all(bodies)?;
        Ok(done)
    }

    /// Keeps the rows of a list that are not here yet.
    pub(crate) fn import(&mut self, rows: Vec<ListedDraft>, role: Option<Role>) -> Result<ImportedMany> {
        self.check_manager(role)?;
        check_number(rows.len())?;
        let house = self.known.house().ok_or_else(never_reached)?;
        let mut done = ImportedMany::default();
        let mut bodies = Vec::new();
        let mut taken = HashSet::new();
        for (index, mut row) in rows.into_iter().enumerate() {
            if let Err(invalid) = row.draft.check().and_then(|()| row.draft.check_read_only(None)) {
                done.failed.push(failed(index, &invalid.into()));
                continue;
            }
            match self.id_for(house.venue.id.uuid(), &row)? {
                // The list names one id twice: the first counts.
                Place::Free(id) if !taken.insert(id.clone()) => done.known += 1,
                Place::Free(id) => {
                    done.created.push(id.clone());
                    row.draft.id = Some(id.clone());
                    let draft = Box::new(row.draft);
                    bodies.push((id, WriteBody::Create { draft }));
                }
                Place::Known => done.known += 1,
                Place::Taken(error) => done.failed.push(failed(index, &error)),
            }
        }
        self.keep_all(bodies)?;
        Ok(done)
    }

    fn edit_each(
        &mut self,
        ids: Vec<ReservationId>,
        role: Option<Role>,
        mut patch_of: impl FnMut(&Reservation) -> Patch,
    ) -> Result<SavedMany> {
        self.check_manager(role)?;
        check_number(ids.len())?;
        let now = self.known.hub_now();
        let mut done = SavedMany::default();
        let mut bodies = Vec::new();
        for (index, id) in ids.into_iter().enumerate() {
            let Some(row) = self.shown(&id)? else {
                done.failed.push(failed(index, &not_known(&id)));
                continue;
            };
            let patch = patch_of(&row);
            let mut after = row.clone();
            patch.apply(&mut after, now);
            let Some(undo) = before(&row, &after)? else {
                done.unchanged += 1;
                continue;
            };
            done.undo.push(Edit {
                reservation: id.clone(),
                updates: undo,
            });
            bodies.push((
                id,
                WriteBody::Update {
                    patch: Box::new(patch),
                    version: row.version,
                },
            ));
        }
        done.saved = count(bodies.len());
        self.keep_all(bodies)?;
        Ok(done)
    }

    /// A reservation as it is shown here.
    fn shown(&self, id: &ReservationId) -> Result<Option<Reservation>> {
        let sought = self.reads.sought_by_id(id)?;
        Ok(sought.row.filter(|_| !sought.deleted))
    }

    /// The id of a row of a list: the one that it names, or one that follows from what it says. One that a deleted reservation had is never used
    /// again, so the next is taken.
    fn id_for(&self, venue: Uuid, row: &ListedDraft) -> Result<Place> {
        if let Some(id) = &row.draft.id {
            let sought = self.reads.sought_by_id(id)?;
            return Ok(match (sought.deleted, sought.row) {
                (true, _) => Place::Taken(DoorError::new(
                    Code::IdUsed,
                    format!("{id} belonged to a reservation that was deleted"),
                )),
                (false, Some(_)) => Place::Known,
                (false, None) => Place::Free(id.clone()),
            });
        }
        let content = serde_json::to_vec(&row.draft)?;
        for again in 0..ID_TRIES {
            let mut name = content.clone();
            name.extend_from_slice(&row.nth.to_be_bytes());
            name.extend_from_slice(&again.to_be_bytes());
            let id = Uuid::new_v5(&venue, &name).hyphenated().to_string();
            let id: ReservationId = id
                .parse()
                .map_err(|_| DoorError::new(Code::Internal, "an id of a row cannot be read"))?;
            let sought = self.reads.sought_by_id(&id)?;
            match (sought.deleted, sought.row) {
                (true, _) => {}
                (false, Some(_)) => return Ok(Place::Known),
                (false, None) => return Ok(Place::Free(id)),
            }
        }
        Ok(Place::Taken(DoorError::new(
            Code::IdUsed,
            "this row was imported and deleted too often",
        )))
    }
}

/// Where a row of a list would go.
enum Place {
    Free(ReservationId),
    Known,
    Taken(DoorError),
}

/// The edit that brings back what an edit changed; `None`: it changes nothing.
fn before(row: &Reservation, after: &Reservation) -> Result<Option<Patch>> {
    let mut fields: Map<String, Value> = changed_fields(after, row);
    fields.remove(MODIFIED);
    if fields.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_value(Value::Object(fields))?))
}

fn check_number(number: usize) -> Result<()> {
    if number <= MANY_MAX {
        return Ok(());
    }
    let many = format!("are {number}; {MANY_MAX} at a time is the most");
    Err(Invalid::field("ids", many).into())
}

fn failed(index: usize, error: &DoorError) -> FailedWrite {
    FailedWrite {
        index: count(index),
        code: error.code,
        message: error.message.clone(),
    }
}

fn not_known(id: &ReservationId) -> DoorError {
    DoorError::new(Code::NotFound, format!("reservation {id} is not known here"))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
