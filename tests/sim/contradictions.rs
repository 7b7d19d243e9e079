//! Every admitted-but-wrong case has a conflict. What is wrong is worked out here from the hub's log alone, and from the contract's words.

use std::collections::{HashMap, HashSet};

use portero_protocol::conflict::ConflictKind;
use portero_protocol::entry::{Entry, Verdict};
use portero_protocol::event::{Change, EntryRecorded};
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::limits::UNDO_WINDOW_MS;
use portero_protocol::listing::SnapshotLine;
use portero_protocol::reservation::{Reservation, Status};

use crate::oracle::sum;
use crate::verdict::{Sorted, by_number, told};
use crate::world::World;

/// The venue as the log tells it.
#[derive(Default)]
struct Told {
    rows: HashMap<ReservationId, (Reservation, bool)>,
    entries: HashMap<EntryId, Entry>,
    /// What somebody has to know.
    wrong: Vec<(ConflictKind, EntryId, ReservationId)>,
}

/// Compares what is wrong with what was told.
pub(crate) fn all_known(world: &mut World, hub: &Sorted) -> Result<(), String> {
    let lines = world.office.snapshot(world.now).ok_or("the hub is off")?;
    let Some(SnapshotLine::Start { epoch, .. }) = lines.first() else {
        return Err("the snapshot does not begin".to_owned());
    };
    let Some(life) = world.oracle.lives.get(epoch.as_str()) else {
        return Ok(());
    };
    let mut story = Told::default();
    for (pos, logged) in &life.events {
        let Some(logged) = logged else {
            return Err(format!("{pos} cannot be read"));
        };
        story.hear(*pos, &logged.change)?;
    }
    for (kind, entry, reservation) in &story.wrong {
        let known = hub.conflicts.iter().any(|conflict| {
            let named = conflict.entries.contains(entry);
            conflict.kind == *kind
                && (named || *kind == ConflictKind::Excess && conflict.reservation == *reservation)
        });
        if !known {
            return Err(format!(
                "{entry} of {reservation} is wrong ({kind:?}) and nobody was told: {:?}",
                story.entries.get(entry)
            ));
        }
    }
    for row in hub.rows.values() {
        let counted = sum(&row.id, story.entries.values());
        if counted != row.attendance {
            return Err(format!(
                "{} holds {} and the log says {counted}",
                row.id, row.attendance
            ));
        }
    }
    chains(world, hub)
}

/// Two entries with one number are two laptops with one identity, and somebody was told; without such a laptop nobody is bothered.
fn chains(world: &World, hub: &Sorted) -> Result<(), String> {
    for entries in by_number(hub).values().filter(|entries| entries.len() > 1) {
        if !entries.iter().any(|entry| told(hub, ConflictKind::Chain, *entry)) {
            return Err(format!("{entries:?} have one number and nobody was told"));
        }
    }
    let twins = world.seats.iter().any(|seat| seat.twin_of.is_some());
    let alarm = hub
        .conflicts
        .iter()
        .find(|conflict| conflict.kind == ConflictKind::Chain);
    match alarm {
        Some(conflict) if !twins => Err(format!("a chain is said to be broken and is not: {conflict:?}")),
        _ => Ok(()),
    }
}

impl Told {
    fn hear(&mut self, pos: u64, change: &Change) -> Result<(), String> {
        match change {
            Change::Created(row) => {
                self.rows.insert(row.id.clone(), ((**row).clone(), false));
            }
            Change::Updated(updated) => {
                if let Some((row, _)) = self.rows.get_mut(&updated.reservation) {
                    *row = updated.apply(row).map_err(|error| error.to_string())?;
                }
            }
            Change::Deleted { id, .. } => {
                if let Some((_, deleted)) = self.rows.get_mut(id) {
                    *deleted = true;
                }
            }
            Change::Entry(recorded) => self.entry(pos, recorded)?,
            _ => {}
        }
        Ok(())
    }

    fn entry(&mut self, pos: u64, recorded: &EntryRecorded) -> Result<(), String> {
        let entry = &recorded.entry.entry;
        let undone: HashSet<EntryId> = self.entries.values().filter_map(|entry| entry.voids).collect();
        let joins = self.entries.insert(entry.id, entry.clone()).is_some();
        if let Some((row, _)) = self.rows.get_mut(&recorded.reservation) {
            row.status = recorded.status;
        }
        let inside = sum(&recorded.reservation, self.entries.values());
        let known = self.rows.get(&recorded.reservation);
        if known.is_some() && !joins && recorded.attendance != inside {
            return Err(format!(
                "{pos} says {} in {} and the entries say {inside}",
                recorded.attendance, recorded.reservation
            ));
        }
        let mut faults = Vec::new();
        if let Some(target) = entry.voids {
            if let Some(target) = self.entries.get(&target)
                && entry.corrected().ms() - target.corrected().ms() > UNDO_WINDOW_MS
            {
                faults.push(ConflictKind::Undo);
            }
        } else if !undone.contains(&entry.id) {
            faults = faults_of(entry, known, inside);
        }
        for kind in faults {
            self.wrong.push((kind, entry.id, recorded.reservation.clone()));
        }
        Ok(())
    }
}

fn faults_of(entry: &Entry, known: Option<&(Reservation, bool)>, inside: u32) -> Vec<ConflictKind> {
    let Some((row, deleted)) = known else {
        return vec![ConflictKind::Orphan];
    };
    let mut faults = Vec::new();
    match entry.verdict {
        Verdict::Admitted | Verdict::Excess => {
            if *deleted {
                faults.push(ConflictKind::Deleted);
            } else if row.status == Status::Cancelled {
                faults.push(ConflictKind::Cancelled);
            }
            if entry.issue.is_some_and(|issue| issue < row.issue) {
                faults.push(ConflictKind::StaleIssue);
            }
            if entry.verdict == Verdict::Admitted && inside > row.party {
                faults.push(ConflictKind::Excess);
            }
        }
        Verdict::WrongDay => faults.push(ConflictKind::WrongDay),
        Verdict::AlreadyIn
        | Verdict::Cancelled
        | Verdict::StaleCode
        | Verdict::Unknown
        | Verdict::Invalid => {
            faults.push(ConflictKind::Override);
        }
    }
    faults
}
