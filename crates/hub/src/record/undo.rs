//! An entry that voids another. Two undos of one entry equal one; an undo may come first and waits.

use portero_protocol::attendance::{EntryResult, Outcome};
use portero_protocol::conflict::ConflictKind;
use portero_protocol::entry::Entry;
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::limits::UNDO_WINDOW_MS;
use portero_protocol::problem::Code;

use super::{announce, counts, find, rejected};
use crate::error::Result;
use crate::store::entry::{EntryHash, NewEntry};
use crate::store::tx::Tx;

pub(super) fn record(
    tx: &mut Tx<'_>,
    device: DeviceId,
    entry: &Entry,
    hash: EntryHash,
    target_id: EntryId,
) -> Result<EntryResult> {
    let target = tx.earlier(target_id)?;
    if target.as_ref().is_some_and(|target| target.is_undo) {
        return Ok(rejected(Some(entry.id), &Code::UndoOfUndo.into()));
    }
    // What is undone decides where it counts; the undo's own reservation matters only while it waits.
    let mut standing = match target.as_ref().and_then(|target| target.joined.as_ref()) {
        Some(id) => tx.standing(id)?,
        None => find(tx, entry)?.0,
    };
    if let Some(target) = target.as_ref().filter(|target| !target.voided) {
        tx.void(target_id)?;
        if let Some(standing) = standing.as_mut().filter(|_| target.joined.is_some()) {
            standing.count_out(target.quantity);
            tx.put_standing(standing)?;
        }
    }
    let outcome = if standing.is_some() {
        Outcome::Recorded
    } else {
        Outcome::Orphan
    };
    let day = tx.day(entry.corrected());
    tx.append_entry(&NewEntry {
        entry,
        device,
        hash,
        joined: standing.as_ref().map(|standing| &standing.id),
        ticket: None,
        voided: false,
        outcome,
        day,
    })?;
    let reservation = standing
        .as_ref()
        .map_or(&entry.reservation, |standing| &standing.id)
        .clone();
    let attendance = match &standing {
        Some(standing) => standing.attendance,
        None => tx.orphaned(&reservation)?,
    };
    announce(tx, device, entry, standing.as_ref(), attendance)?;
    if target.is_some_and(|target| is_late(target.corrected, entry.corrected())) {
        tx.open_conflict(&reservation, ConflictKind::Undo, day, &[target_id, entry.id])?;
    }
    counts(tx, entry.id, outcome, &reservation)
}

/// An entry has come whose undo was here before it: whether that undo was late is known only now.
pub(super) fn judge_waiting(tx: &mut Tx<'_>, entry: &Entry, reservation: &ReservationId) -> Result<()> {
    for (undo, at) in tx.undos_of(entry.id)? {
        if is_late(entry.corrected(), at) {
            let day = tx.day(at);
            tx.open_conflict(reservation, ConflictKind::Undo, day, &[entry.id, undo])?;
        }
    }
    Ok(())
}

fn is_late(entered: Instant, undone: Instant) -> bool {
    undone.ms() - entered.ms() > UNDO_WINDOW_MS
}
