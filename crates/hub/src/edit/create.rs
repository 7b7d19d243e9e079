//! New reservations, and the entries that waited for them.

use jiff::civil::Date;
use portero_protocol::conflict::ConflictKind;
use portero_protocol::device::Role;
use portero_protocol::entry::{StoredEntry, Verdict};
use portero_protocol::event::{Change, EntryRecorded};
use portero_protocol::ids::{DeviceId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::{Code, Invalid};
use portero_protocol::reservation::{Draft, Origin, Reservation, Status};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer;
use crate::error::{Error, Result};
use crate::store::idempotency::Answer;
use crate::store::known::Identity;
use crate::store::reservation::Held;
use crate::store::tx::Tx;

/// Words that stand for other things in a path where an id would be.
const TAKEN_WORDS: [&str; 3] = ["changes", "events", "stats"];
/// What a conflict about an orphan is decided with when its reservation arrives.
const JOINED: &str = "unida";
/// Who decides that.
const HUB: &str = "hub";

/// Creates a reservation. The same create again gives the reservation as it is now.
pub(crate) fn create(tx: &mut Tx<'_>, caller: &Identity, draft: Draft) -> Result<Answer> {
    draft.check()?;
    let id = match &draft.id {
        Some(id) if TAKEN_WORDS.contains(&id.as_str()) => {
            return Err(Invalid::field("id", "is a word of the interface").into());
        }
        Some(id) => id.clone(),
        None => ReservationId::new(tx.now.ms()),
    };
    let hash = draft_hash(&draft)?;
    if let Some(known) = tx.row(&id)? {
        return if known.deleted.is_some() {
            Err(Code::IdUsed.into())
        } else if known.draft_hash == hash {
            answer(tx, caller.role, 200, &known)
        } else {
            Err(Code::IdTaken.into())
        };
    }
    draft.check_read_only(None)?;
    let day = tx.known.calendar.day_of(draft.date, draft.time);
    if caller.role == Role::Door {
        check_walk_in(tx, caller.device, &draft, &id, day)?;
    }
    let held = insert(
        tx,
        draft.into_reservation(id, tx.now),
        day,
        Some(caller.device),
        hash,
    )?;
    answer(tx, caller.role, 201, &held)
}

/// Writes a new row with everything that waited for it, and logs it.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    reservation: Reservation,
    day: Date,
    creator: Option<DeviceId>,
    draft_hash: Vec<u8>,
) -> Result<Held> {
    let mut held = Held {
        reservation,
        day,
        before_entry: None,
        issued: tx.now,
        creator,
        draft_hash,
        deleted: None,
    };
    let id = held.reservation.id.clone();
    let waiting = tx.waiting_for(&id)?;
    for orphan in &waiting {
        tx.join(orphan.entry.id, &id)?;
    }
    if !waiting.is_empty() {
        held.reservation.attendance = tx.sum_of(&id)?;
        let arrived = held.reservation.attendance > 0;
        if arrived && matches!(held.reservation.status, Status::Expected | Status::NoShow) {
            held.before_entry = Some(held.reservation.status);
            held.reservation.status = Status::Active;
        }
    }
    tx.put(&held)?;
    tx.log(Change::Created(Box::new(held.reservation.clone())))?;
    settle(tx, &held, waiting)?;
    Ok(held)
}

/// After orphans joined: entries that went by the ticket's id are told under the right one, their conflicts end, and an excess is seen.
fn settle(tx: &mut Tx<'_>, held: &Held, waiting: Vec<StoredEntry>) -> Result<()> {
    let row = &held.reservation;
    let mut written: Vec<ReservationId> = Vec::new();
    let mut admitted = Vec::new();
    for mut orphan in waiting {
        if !written.contains(&orphan.entry.reservation) {
            written.push(orphan.entry.reservation.clone());
        }
        if orphan.entry.verdict == Verdict::Admitted && !orphan.entry.is_undo() {
            admitted.push(orphan.entry.id);
        }
        if orphan.entry.reservation != row.id {
            orphan.entry.reservation = row.id.clone();
            orphan.entry.code = None;
            tx.log(Change::Entry(EntryRecorded {
                reservation: row.id.clone(),
                attendance: row.attendance,
                client_name: row.client.name.clone(),
                status: row.status,
                version: row.version,
                entry: orphan,
            }))?;
        }
    }
    for id in written {
        for conflict in tx.open_conflicts(&id, ConflictKind::Orphan)? {
            tx.resolve_conflict(conflict.id, JOINED, None, HUB)?;
        }
    }
    if row.excess() > 0 && !admitted.is_empty() {
        tx.open_conflict(&row.id, ConflictKind::Excess, held.day, &admitted)?;
    }
    Ok(())
}

/// A door may create walk-ins of the night that it works in, within its seat allotment.
fn check_walk_in(tx: &Tx<'_>, device: DeviceId, draft: &Draft, id: &ReservationId, day: Date) -> Result<()> {
    if draft.origin != Origin::WalkIn {
        return Err(Error::new(
            Code::WalkInOnly,
            "A door may create walk-ins alone: set `origen` to `sinReserva`",
        ));
    }
    // One that was made without a network may arrive on another day: its id says when it was made.
    let made = Uuid::parse_str(id.as_str())
        .ok()
        .and_then(|uuid| uuid.get_timestamp())
        .map(|stamp| {
            let (seconds, nanos) = stamp.to_unix();
            let ms = seconds
                .saturating_mul(1_000)
                .saturating_add(u64::from(nanos / 1_000_000));
            Instant::from_ms(i64::try_from(ms).unwrap_or(i64::MAX))
        })
        .filter(|made| *made < tx.now);
    if day != tx.day(tx.now) && made.is_none_or(|made| tx.day(made) != day) {
        return Err(Error::new(
            Code::WalkInOnly,
            "A door may create walk-ins of the current night alone",
        ));
    }
    let allotment = tx.allotment(device)?;
    if let Some(allotment) = allotment {
        let used = tx.walk_in_seats(device, day)?;
        if used.saturating_add(draft.party) > allotment {
            return Err(Error::new(
                Code::WalkInOnly,
                format!(
                    "This door may let {allotment} people in without a reservation tonight, and {used} of them are taken"
                ),
            ));
        }
    }
    Ok(())
}

/// Tells the same create from another: every field that a client may write.
pub(crate) fn draft_hash(draft: &Draft) -> Result<Vec<u8>> {
    let writable = Draft {
        id: None,
        attendance: None,
        version: None,
        issue: None,
        code: None,
        created: None,
        modified: None,
        ..draft.clone()
    };
    Ok(Sha256::digest(serde_json::to_vec(&writable)?).to_vec())
}
