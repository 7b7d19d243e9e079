//! Recording entries. A fact is recorded whatever is wrong about it; what is wrong becomes a conflict.
//!
//! | module | subject |
//! |---|---|
//! | [`admission`] | people who came in |
//! | [`undo`] | an entry that voids another |
//! | [`judge`] | what the door did not know |

mod admission;
mod judge;
mod undo;

use portero_protocol::attendance::{EntryResult, Outcome};
use portero_protocol::chain;
use portero_protocol::conflict::ConflictKind;
use portero_protocol::entry::{Entry, StoredEntry};
use portero_protocol::event::{Change, EntryRecorded};
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use portero_protocol::limits::HELD_PER_DEVICE;
use portero_protocol::problem::{Code, Problem};
use portero_protocol::reservation::Status;
use portero_protocol::ticket::Ticket;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::entry::EntryHash;
use crate::store::known::Identity;
use crate::store::standing::Standing;
use crate::store::tx::Tx;

/// An hour: a full hold is emptied by a person.
const HELD_RETRY_S: u32 = 3_600;

/// Records a delivery's entries in their order. One that is bad does not stop the others.
pub(crate) fn deliver(tx: &mut Tx<'_>, caller: &Identity, entries: Vec<Value>) -> Result<Vec<EntryResult>> {
    entries
        .into_iter()
        .map(|value| deliver_one(tx, caller, value))
        .collect()
}

fn deliver_one(tx: &mut Tx<'_>, caller: &Identity, value: Value) -> Result<EntryResult> {
    let id = value
        .get("escaneoId")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    let entry: Entry = match serde_json::from_value(value) {
        Ok(entry) => entry,
        Err(error) => {
            return Ok(rejected(
                id,
                &Problem::new(Code::InvalidBody, format!("The entry cannot be read: {error}")),
            ));
        }
    };
    if let Err(invalid) = entry.check() {
        return Ok(rejected(id, &invalid.into()));
    }
    let hash: EntryHash = Sha256::digest(chain::canonical(&entry)).into();
    // First of all: has it been here before?
    if let Some(known) = tx.earlier(entry.id)? {
        #[cfg(feature = "sim")]
        count_again(tx, &entry)?;
        return if known.hash == hash {
            let counted = known.joined.as_ref().unwrap_or(&known.reservation);
            let mut result = counts(tx, entry.id, Outcome::Repeated, counted)?;
            result.original = Some(known.outcome);
            Ok(result)
        } else {
            Ok(reused(entry.id))
        };
    }
    if let Some(held) = tx.held_hash(entry.id)? {
        return if held == hash {
            let mut result = counts(tx, entry.id, Outcome::Repeated, &entry.reservation)?;
            result.original = Some(Outcome::Held);
            Ok(result)
        } else {
            Ok(reused(entry.id))
        };
    }
    if caller.revoked.is_some() {
        return hold(tx, caller.device, &entry, hash);
    }
    record(tx, caller.device, &entry, hash)
}

/// Records an entry that has not been here before.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    device: DeviceId,
    entry: &Entry,
    hash: EntryHash,
) -> Result<EntryResult> {
    let fits = tx.fits_chain(device, entry, hash)?;
    let result = match entry.voids {
        Some(target) => undo::record(tx, device, entry, hash, target)?,
        None => admission::record(tx, device, entry, hash)?,
    };
    if !fits && result.outcome != Outcome::Rejected {
        let day = tx.day(entry.corrected());
        tx.open_conflict(&entry.reservation, ConflictKind::Chain, day, &[entry.id])?;
    }
    Ok(result)
}

/// The known bug of a count that is added to, for simulations that plant it.
#[cfg(feature = "sim")]
fn count_again(tx: &Tx<'_>, entry: &Entry) -> Result<()> {
    if crate::sim::levers::planted(crate::sim::levers::Planted::NoDedupe)
        && let Some(mut standing) = tx.standing(&entry.reservation)?
    {
        standing.count_in(entry.quantity);
        tx.put_standing(&standing)?;
    }
    Ok(())
}

/// Releases the held entries of a reservation, now that a manager has accepted them.
pub(crate) fn accept_held(tx: &mut Tx<'_>, reservation: &ReservationId) -> Result<()> {
    for (entry, device) in tx.release(reservation)? {
        let hash: EntryHash = Sha256::digest(chain::canonical(&entry)).into();
        if tx.earlier(entry.id)?.is_none() {
            record(tx, device, &entry, hash)?;
        }
    }
    Ok(())
}

fn hold(tx: &mut Tx<'_>, device: DeviceId, entry: &Entry, hash: EntryHash) -> Result<EntryResult> {
    if tx.held_of(device)? >= HELD_PER_DEVICE {
        return Err(Error::wait(
            Code::HeldFull,
            format!(
                "The hub holds {HELD_PER_DEVICE} entries of this revoked device: a manager has to decide on them first"
            ),
            HELD_RETRY_S,
        ));
    }
    tx.hold(entry, hash, device)?;
    let day = tx.day(entry.corrected());
    tx.open_conflict(&entry.reservation, ConflictKind::Revoked, day, &[entry.id])?;
    counts(tx, entry.id, Outcome::Held, &entry.reservation)
}

/// A result with a reservation's counts as they are now.
fn counts(tx: &Tx<'_>, id: EntryId, outcome: Outcome, reservation: &ReservationId) -> Result<EntryResult> {
    Ok(match tx.standing(reservation)? {
        Some(standing) => counted(tx, id, outcome, &standing),
        None => result(tx, id, outcome, tx.orphaned(reservation)?, 0),
    })
}

/// A result with the counts of a reservation that was just read or written.
fn counted(tx: &Tx<'_>, id: EntryId, outcome: Outcome, standing: &Standing) -> EntryResult {
    result(tx, id, outcome, standing.attendance, standing.excess())
}

fn result(tx: &Tx<'_>, id: EntryId, outcome: Outcome, attendance: u32, excess: u32) -> EntryResult {
    EntryResult {
        id: Some(id),
        outcome,
        original: None,
        attendance,
        excess,
        pos: tx.head(),
        code: None,
        reason: None,
    }
}

fn rejected(id: Option<EntryId>, problem: &Problem) -> EntryResult {
    EntryResult {
        id,
        outcome: Outcome::Rejected,
        original: None,
        attendance: 0,
        excess: 0,
        pos: 0,
        code: Some(problem.code),
        reason: Some(problem.detail.clone().unwrap_or_else(|| problem.title.clone())),
    }
}

fn reused(id: EntryId) -> EntryResult {
    rejected(Some(id), &Code::EntryReused.into())
}

/// The reservation of an entry: by its id, or where the door knew only the ticket, by the ticket's own id.
fn find(tx: &Tx<'_>, entry: &Entry) -> Result<(Option<Standing>, Option<Uuid>)> {
    if let Some(standing) = tx.standing(&entry.reservation)? {
        return Ok((Some(standing), None));
    }
    let signed = entry
        .code
        .as_deref()
        .and_then(Ticket::parse)
        .filter(|ticket| ticket.verify(&tx.known.venue.keys).is_ok())
        .map(|ticket| ticket.ticket_id);
    let ticket = signed.or_else(|| Uuid::parse_str(entry.reservation.as_str()).ok());
    let found = match ticket {
        Some(ticket) => tx.by_ticket(ticket)?,
        None => None,
    };
    let standing = match found {
        Some(id) => tx.standing(&id)?,
        None => None,
    };
    Ok((standing, signed))
}

/// Logs an entry: one event, with the count and the state after it.
fn announce(
    tx: &mut Tx<'_>,
    device: DeviceId,
    entry: &Entry,
    standing: Option<&Standing>,
    attendance: u32,
) -> Result<u64> {
    let reservation = standing
        .map_or(&entry.reservation, |standing| &standing.id)
        .clone();
    let stored = StoredEntry {
        entry: Entry {
            reservation: reservation.clone(),
            // The ticket is for the hub's eyes: whoever has it can be admitted with it.
            code: None,
            ..entry.clone()
        },
        device,
        received: tx.now,
    };
    tx.log(Change::Entry(EntryRecorded {
        reservation,
        attendance,
        client_name: standing
            .map(|standing| standing.client_name.clone())
            .unwrap_or_default(),
        status: standing.map_or(Status::Expected, |standing| standing.status),
        version: standing.map_or(0, |standing| standing.version),
        entry: stored,
    }))
}
