//! The hub's log as a story, position by position as it grows: rows, entries, their sums, what is wrong and who was told. It is worked out from the
//! log alone and from the contract's words, so that the hub cannot be right by its own measure.

use std::collections::{HashMap, HashSet};

use portero_protocol::conflict::{Conflict, ConflictKind};
use portero_protocol::entry::{Entry, Verdict};
use portero_protocol::event::{Change, EntryRecorded, Logged};
use portero_protocol::ids::{ConflictId, EntryId, ReservationId};
use portero_protocol::limits::UNDO_WINDOW_MS;
use portero_protocol::reservation::{Reservation, Status};

/// What the log has told so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    rows: HashMap<ReservationId, (Reservation, bool)>,
    entries: HashMap<EntryId, Entry>,
    of_row: HashMap<ReservationId, Vec<EntryId>>,
    voided: HashSet<EntryId>,
    /// Entries whose reservation nobody knew when they came: they are told once more when they join it.
    orphans: HashSet<EntryId>,
    conflicts: HashMap<ConflictId, Conflict>,
    wrong: Vec<Wrong>,
    /// How many of `wrong` somebody is known to have been told of.
    looked: usize,
}

/// Something about an entry that a person has to know.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub(crate) kind: ConflictKind,
    pub(crate) entry: EntryId,
    pub(crate) reservation: ReservationId,
}

impl Wrong {
    /// Whether one of these conflicts tells of it. An excess is its reservation's: it has one conflict, with those that made it.
    pub(crate) fn is_told<'c>(&self, mut conflicts: impl Iterator<Item = &'c Conflict>) -> bool {
        conflicts.any(|conflict| {
            conflict.kind == self.kind
                && (conflict.entries.contains(&self.entry)
                    || self.kind == ConflictKind::Excess && conflict.reservation == self.reservation)
        })
    }
}

impl Story {
    /// Hears what stands at the next position.
    pub(crate) fn hear(&mut self, pos: u64, logged: Option<&Logged>) -> Result<(), String> {
        let Some(logged) = logged else {
            return Err(format!("{pos} cannot be read"));
        };
        match &logged.change {
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
            Change::ConflictOpened(conflict)
            | Change::ConflictChanged(conflict)
            | Change::ConflictResolved(conflict) => {
                self.conflicts.insert(conflict.id, conflict.clone());
            }
            Change::Venue(_) | Change::Device(_) | Change::Hidden => {}
        }
        Ok(())
    }

    /// What is wrong was told in the same breath: to be asked where a commit ends.
    pub(crate) fn all_told(&mut self) -> Result<(), String> {
        while let Some(wrong) = self.wrong.get(self.looked) {
            if !wrong.is_told(self.conflicts.values()) {
                return Err(format!(
                    "{} of {} is wrong ({:?}) and nobody was told: {:?}",
                    wrong.entry,
                    wrong.reservation,
                    wrong.kind,
                    self.entries.get(&wrong.entry)
                ));
            }
            self.looked += 1;
        }
        Ok(())
    }

    /// All that is wrong.
    pub(crate) fn wrong(&self) -> &[Wrong] {
        &self.wrong
    }

    /// Whether the log has an entry.
    pub(crate) fn has(&self, id: EntryId) -> bool {
        self.entries.contains_key(&id)
    }

    /// The sum over a reservation's entries: those without an undo.
    pub(crate) fn inside(&self, reservation: &ReservationId) -> u32 {
        let ids = self.of_row.get(reservation).into_iter().flatten();
        ids.filter_map(|id| self.entries.get(id))
            .filter(|entry| entry.voids.is_none() && !self.voided.contains(&entry.id))
            .map(|entry| entry.quantity)
            .sum()
    }

    fn entry(&mut self, pos: u64, recorded: &EntryRecorded) -> Result<(), String> {
        let entry = &recorded.entry.entry;
        let before = self.entries.insert(entry.id, entry.clone());
        let joins = before.is_some();
        if let Some(before) = before {
            if !self.orphans.remove(&entry.id) {
                return Err(format!("{pos} records {} once more", entry.id));
            }
            if let Some(ids) = self.of_row.get_mut(&before.reservation) {
                ids.retain(|id| *id != entry.id);
            }
        }
        self.of_row
            .entry(entry.reservation.clone())
            .or_default()
            .push(entry.id);
        // An undo of an entry that was undone already changes nothing.
        self.voided.extend(entry.voids);
        if let Some((row, _)) = self.rows.get_mut(&recorded.reservation) {
            row.status = recorded.status;
        }
        let inside = self.inside(&recorded.reservation);
        let known = self.rows.get(&recorded.reservation);
        if known.is_none() {
            self.orphans.insert(entry.id);
        } else if !joins && recorded.attendance != inside {
            return Err(format!(
                "{pos} says {} in {} and the entries say {inside}",
                recorded.attendance, recorded.reservation
            ));
        }
        let faults = match entry.voids {
            Some(target) => self.late_undo(entry, target),
            None if self.voided.contains(&entry.id) => Vec::new(),
            None => faults_of(entry, known, inside),
        };
        self.wrong.extend(faults.into_iter().map(|kind| Wrong {
            kind,
            entry: entry.id,
            reservation: recorded.reservation.clone(),
        }));
        Ok(())
    }

    fn late_undo(&self, undo: &Entry, target: EntryId) -> Vec<ConflictKind> {
        let late = self
            .entries
            .get(&target)
            .is_some_and(|target| undo.corrected().ms() - target.corrected().ms() > UNDO_WINDOW_MS);
        if late {
            vec![ConflictKind::Undo]
        } else {
            Vec::new()
        }
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
