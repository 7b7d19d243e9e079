//! Deletions, which are for mistakes and leave entries and a tombstone; and new issues of a ticket.

use portero_protocol::event::Change;
use portero_protocol::ids::ReservationId;
use portero_protocol::listing::Tombstone;
use portero_protocol::problem::{Code, Invalid};

use super::answer;
use super::change::{Precondition, checked, refuse, write};
use crate::error::Result;
use crate::store::idempotency::Answer;
use crate::store::known::Identity;
use crate::store::tx::Tx;

/// The ticket holds its issue in 16 bits.
const LAST_ISSUE: u32 = u16::MAX as u32;

/// Deletes a reservation. Its entries stay, and its id is never used again.
pub(crate) fn delete(
    tx: &mut Tx<'_>,
    caller: &Identity,
    id: &ReservationId,
    precondition: Precondition,
) -> Result<Answer> {
    let mut held = tx.reservation(id)?;
    let on = checked(tx, precondition)?;
    if on.is_some_and(|version| version != held.reservation.version) {
        let fields: Vec<String> = tx
            .edited(id)?
            .into_iter()
            .filter(|(_, at)| on.is_some_and(|version| *at > version))
            .map(|(field, _)| field)
            .collect();
        return refuse(tx, caller, &held, &fields);
    }
    held.reservation.version += 1;
    held.deleted = Some(tx.now);
    tx.put(&held)?;
    let tombstone = Tombstone {
        id: id.clone(),
        version: held.reservation.version,
    };
    tx.log(Change::Deleted {
        id: tombstone.id.clone(),
        version: tombstone.version,
    })?;
    Ok(Answer {
        status: 200,
        body: serde_json::to_string(&tombstone)?,
        version: Some(tombstone.version),
    })
}

/// Issues a reservation's ticket anew: older ones are `stale_code` from now on.
pub(crate) fn reissue(tx: &mut Tx<'_>, caller: &Identity, id: &ReservationId) -> Result<Answer> {
    let mut held = tx.reservation(id)?;
    let before = held.reservation.clone();
    if before.issue >= LAST_ISSUE {
        return Err(Invalid::new(Code::InvalidField, "emision", "cannot be raised any further").into());
    }
    held.reservation.issue += 1;
    held.reservation.version += 1;
    held.reservation.modified = tx.now;
    held.issued = tx.now;
    write(tx, &held, &before, Some(caller.device))?;
    answer(tx, caller.role, 200, &held)
}
