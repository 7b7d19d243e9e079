//! Edits, merged field by field: an old `If-Match` fails only where it names a field that changed since.

use portero_protocol::event::{Change, Updated};
use portero_protocol::ids::{DeviceId, ReservationId};
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch, Reservation, changed_fields};
use serde_json::{Map, Value};

use super::{answer, detail, ticket_code};
use crate::error::{Error, Result};
use crate::store::idempotency::Answer;
use crate::store::known::Identity;
use crate::store::reservation::Held;
use crate::store::tx::Tx;

/// Changes with every edit, and is nobody's choice.
const MODIFIED: &str = "fechaModificacion";

/// What `If-Match` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// Nothing.
    Missing,
    /// `*`: whatever there is.
    Any,
    /// The version that the edit was made on.
    Version(u64),
}

/// `PATCH`: the fields of the body are replaced whole, `null` clears.
pub(crate) fn patch(
    tx: &mut Tx<'_>,
    caller: &Identity,
    id: &ReservationId,
    precondition: Precondition,
    body: &Map<String, Value>,
) -> Result<Answer> {
    let held = tx.reservation(id)?;
    let patch = Patch::from_json(body, &held.reservation)?;
    change(tx, caller, held, precondition, &patch)
}

/// `PUT`: the reservation says what the body says; what it omits is cleared.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    caller: &Identity,
    id: &ReservationId,
    precondition: Precondition,
    draft: Draft,
) -> Result<Answer> {
    let held = tx.reservation(id)?;
    draft.check()?;
    let mut current = held.reservation.clone();
    current.code = Some(ticket_code(&tx.known, &held));
    draft.check_read_only(Some(&current))?;
    if draft.id.as_ref().is_some_and(|sent| sent != id) {
        return Err(Error::new(
            Code::ReadOnlyField,
            "`id` has to be the one in the path",
        ));
    }
    change(tx, caller, held, precondition, &Patch::replacing(draft))
}

fn change(
    tx: &mut Tx<'_>,
    caller: &Identity,
    mut held: Held,
    precondition: Precondition,
    patch: &Patch,
) -> Result<Answer> {
    let before = held.reservation.clone();
    let mut after = before.clone();
    patch.apply(&mut after, tx.now);
    let mut fields = changed_fields(&before, &after);
    fields.remove(MODIFIED);
    let clashing = clashing(tx, &before, precondition, &fields)?;
    if !clashing.is_empty() {
        return refuse(tx, caller, &held, &clashing);
    }
    if fields.is_empty() {
        return answer(tx, caller.role, 200, &held);
    }
    after.version += 1;
    if after.status != before.status {
        held.before_entry = None;
    }
    held.day = tx.known.calendar.day_of(after.date, after.time);
    held.reservation = after;
    write(tx, &held, &before, Some(caller.device))?;
    answer(tx, caller.role, 200, &held)
}

/// Writes an edited row, remembers which fields it changed and who asked for it (`None`: the hub itself), and logs them.
pub(super) fn write(tx: &mut Tx<'_>, held: &Held, before: &Reservation, by: Option<DeviceId>) -> Result<()> {
    let updates = changed_fields(before, &held.reservation);
    let version = held.reservation.version;
    tx.put(held)?;
    tx.mark_edited(
        &held.reservation.id,
        updates.keys().filter(|field| *field != MODIFIED),
        version,
    )?;
    tx.note_edit(before, &updates, version, by)?;
    tx.log(Change::Updated(Updated {
        reservation: held.reservation.id.clone(),
        updates,
        version,
    }))?;
    Ok(())
}

/// The fields that this edit would change and that somebody else changed after the version that it was made on.
fn clashing(
    tx: &Tx<'_>,
    current: &Reservation,
    precondition: Precondition,
    fields: &Map<String, Value>,
) -> Result<Vec<String>> {
    let version = match checked(tx, precondition)? {
        Some(version) => version,
        None => return Ok(Vec::new()),
    };
    if version == current.version {
        return Ok(Vec::new());
    }
    if version > current.version {
        // From a log that this hub no longer has: nothing is known of what it was made on.
        return Ok(fields.keys().cloned().collect());
    }
    let edited = tx.edited(&current.id)?;
    Ok(edited
        .into_iter()
        .filter(|(field, at)| *at > version && fields.contains_key(field))
        .map(|(field, _)| field)
        .collect())
}

/// The version to compare with; `None`: any will do.
pub(super) fn checked(tx: &Tx<'_>, precondition: Precondition) -> Result<Option<u64>> {
    match precondition {
        Precondition::Version(version) => Ok(Some(version)),
        Precondition::Any => Ok(None),
        Precondition::Missing if tx.known.venue.edits_without_version => Ok(None),
        Precondition::Missing => Err(Code::PreconditionRequired.into()),
    }
}

/// 412 with the reservation as it is. Both edits have an author: a manager is told.
pub(super) fn refuse(tx: &mut Tx<'_>, caller: &Identity, held: &Held, fields: &[String]) -> Result<Answer> {
    let day = tx.day(tx.now);
    tx.open_edit_conflict(&held.reservation.id, day, fields)?;
    let current = detail(tx.conn, tx.venue, &tx.known, caller.role, held)?;
    let error = Error::new(
        Code::VersionConflict,
        format!(
            "Somebody else changed {} since: look at what it says now",
            fields.join(", ")
        ),
    )
    .with_current(serde_json::to_value(current)?);
    let mut answer = Answer::problem(&error)?;
    answer.version = Some(held.reservation.version);
    Ok(answer)
}
