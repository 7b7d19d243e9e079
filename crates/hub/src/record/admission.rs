//! People who came in.

use portero_protocol::attendance::{EntryResult, Outcome};
use portero_protocol::conflict::ConflictKind;
use portero_protocol::entry::Entry;
use portero_protocol::ids::{DeviceId, EntryId};

use super::{announce, counted, counts, find, judge, undo};
use crate::error::Result;
use crate::store::entry::{EntryHash, NewEntry};
use crate::store::standing::Standing;
use crate::store::tx::Tx;

/// How many entries of other devices are looked through for those that an excess contradicts.
const LOOK_BACK: u32 = 20;

pub(super) fn record(
    tx: &mut Tx<'_>,
    device: DeviceId,
    entry: &Entry,
    hash: EntryHash,
) -> Result<EntryResult> {
    let (standing, ticket) = find(tx, entry)?;
    // An undo may have come before what it undoes.
    let undone = tx.has_undo(entry.id)?;
    let day = tx.day(entry.corrected());
    let Some(mut standing) = standing else {
        tx.append_entry(&NewEntry {
            entry,
            device,
            hash,
            joined: None,
            ticket,
            voided: undone,
            outcome: Outcome::Orphan,
            day,
        })?;
        let waiting = tx.orphaned(&entry.reservation)?;
        announce(tx, device, entry, None, waiting)?;
        tx.open_conflict(&entry.reservation, ConflictKind::Orphan, day, &[entry.id])?;
        return counts(tx, entry.id, Outcome::Orphan, &entry.reservation);
    };
    if !undone {
        standing.count_in(entry.quantity);
        tx.put_standing(&standing)?;
    }
    let outcome = if standing.excess() > 0 && !undone {
        Outcome::Excess
    } else {
        Outcome::Recorded
    };
    tx.append_entry(&NewEntry {
        entry,
        device,
        hash,
        joined: Some(&standing.id),
        ticket: None,
        voided: undone,
        outcome,
        day,
    })?;
    announce(tx, device, entry, Some(&standing), standing.attendance)?;
    if undone {
        undo::judge_waiting(tx, entry, &standing.id)?;
    } else {
        #[cfg(feature = "sim")]
        if crate::sim::levers::planted(crate::sim::levers::Planted::NoConflicts) {
            return counts(tx, entry.id, outcome, &standing.id);
        }
        for kind in judge::faults(&tx.known.calendar, &standing, entry) {
            let mut entries = Vec::new();
            if kind == ConflictKind::Excess {
                entries = contradicted(tx, device, &standing)?;
            }
            entries.push(entry.id);
            tx.open_conflict(&standing.id, kind, day, &entries)?;
        }
    }
    Ok(counted(tx, entry.id, outcome, &standing))
}

/// The entries of other doors that took the places: as many of the latest as the excess is large, in order of arrival.
fn contradicted(tx: &Tx<'_>, device: DeviceId, standing: &Standing) -> Result<Vec<EntryId>> {
    let mut missing = standing.excess();
    let mut entries = Vec::new();
    for (id, quantity) in tx.latest_elsewhere(&standing.id, device, LOOK_BACK)? {
        if missing == 0 {
            break;
        }
        missing = missing.saturating_sub(quantity);
        entries.push(id);
    }
    entries.reverse();
    Ok(entries)
}
