//! What was shown, and what must hold after every step: nothing that a door showed is missing on its disk, and nothing of the log is skipped.

use std::collections::{BTreeMap, HashMap};

use portero_door::sim::Laptop;
use portero_door::view::Answer;
use portero_protocol::cursor::Cursor;
use portero_protocol::entry::Entry;
use portero_protocol::event::{Change, Logged};
use portero_protocol::ids::EntryId;
use portero_protocol::listing::SnapshotLine;

use crate::world::World;

/// What is known from outside.
#[derive(Default)]
pub(crate) struct Oracle {
    /// Every entry that a door said it had recorded, in order of their ids.
    pub(crate) shown: BTreeMap<EntryId, Shown>,
    /// Each life of the log, from where on it was read, and what it said.
    pub(crate) lives: HashMap<String, Life>,
    /// The log's end as last read.
    head: Option<Cursor>,
    /// Whether a backup was put back: what the hub had answered may come again.
    pub(crate) restored: bool,
    /// The hub has written something since the log was read.
    pub(crate) stale: bool,
}

/// An entry that was shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) seat: usize,
    pub(crate) entry: Entry,
}

/// A life of the log.
#[derive(Debug, Default)]
pub(crate) struct Life {
    /// What it said, by position.
    pub(crate) events: BTreeMap<u64, Option<Logged>>,
}

impl Oracle {
    /// A door answered somebody: what it says was recorded has to be on its disk.
    pub(crate) fn shown(&mut self, seat: usize, laptop: &Laptop, answer: &Answer) -> Result<(), String> {
        let Some(id) = answer.entry else {
            return Ok(());
        };
        let own = laptop.own_entries().map_err(|error| error.to_string())?;
        let Some((entry, _)) = own.into_iter().find(|(entry, _)| entry.id == id) else {
            return Err(format!("seat {seat} showed entry {id} and does not have it"));
        };
        self.shown.insert(id, Shown { seat, entry });
        Ok(())
    }
}

impl World {
    /// Reads what the hub's log says that is not known yet.
    pub(crate) fn learn(&mut self) {
        let now = self.now;
        self.oracle.stale = false;
        let Some(epoch) = self.office.hub.as_ref().map(|hub| hub.epoch().clone()) else {
            return;
        };
        let from = match &self.oracle.head {
            Some(head) if head.epoch == epoch => head.clone(),
            _ => Cursor {
                epoch: epoch.clone(),
                pos: 0,
            },
        };
        if let Some((head, events)) = self.office.changes(&from, now) {
            let life = self.oracle.lives.entry(epoch.to_string()).or_default();
            life.events.extend(events);
            self.oracle.head = Some(head);
        }
    }

    /// After every step: the hub answered nothing that it should not, and its counts are the sums of its entries.
    pub(crate) fn check_hub(&mut self) -> Result<(), String> {
        if let Some(fault) = self.office.faults.first() {
            return Err(format!("the hub failed: {fault}"));
        }
        if self.oracle.stale {
            self.learn();
            if self.rng.u8(..) < 32 {
                self.check_counts()?;
            }
        }
        Ok(())
    }

    /// The hub's counts are the sums over the sets of its entries.
    pub(crate) fn check_counts(&mut self) -> Result<(), String> {
        let Some(lines) = self.office.snapshot(self.now) else {
            return Ok(());
        };
        let mut entries = HashMap::new();
        for line in &lines {
            if let SnapshotLine::Entry { entry } = line
                && entries.insert(entry.entry.id, &entry.entry).is_some()
            {
                return Err(format!("the hub holds {} twice", entry.entry.id));
            }
        }
        for line in &lines {
            if let SnapshotLine::Reservation { reservation } = line {
                let sum = sum(&reservation.id, entries.values().copied());
                if sum != reservation.attendance {
                    return Err(format!(
                        "the hub counts {} in {} and its entries are {sum}",
                        reservation.attendance, reservation.id
                    ));
                }
            }
        }
        Ok(())
    }

    /// After every step: whatever the log said up to a laptop's cursor is in its cache.
    pub(crate) fn check_seats(&mut self) -> Result<(), String> {
        for at in 0..self.seats.len() {
            let seat = &mut self.seats[at];
            let Some(laptop) = &seat.laptop else { continue };
            let cursor = laptop.cursor().cloned();
            if cursor == seat.seen {
                continue;
            }
            let before = std::mem::replace(&mut seat.seen, cursor.clone());
            let Some(cursor) = cursor else { continue };
            self.trace.mark((at, cursor.pos));
            if self.oracle.stale {
                self.learn();
            }
            let Some(life) = self.oracle.lives.get(cursor.epoch.as_str()) else {
                continue;
            };
            // After a snapshot all of it is looked at, after events only they.
            let from = before
                .filter(|before| before.epoch == cursor.epoch && before.pos < cursor.pos)
                .map_or(0, |before| before.pos);
            let Some(laptop) = &self.seats[at].laptop else {
                continue;
            };
            for (pos, logged) in life.events.range(from + 1..=cursor.pos) {
                if let Some(logged) = logged
                    && !holds(laptop, &logged.change)
                {
                    return Err(format!(
                        "seat {at} is at {cursor} and does not have what {pos} said: {:?}",
                        logged.change
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The sum over a set of entries: those without an undo.
pub(crate) fn sum<'e>(
    reservation: &portero_protocol::ids::ReservationId,
    entries: impl Iterator<Item = &'e Entry> + Clone,
) -> u32 {
    let voided: std::collections::HashSet<EntryId> =
        entries.clone().filter_map(|entry| entry.voids).collect();
    entries
        .filter(|entry| {
            entry.reservation == *reservation && entry.voids.is_none() && !voided.contains(&entry.id)
        })
        .map(|entry| entry.quantity)
        .sum()
}

/// Whether a laptop's cache shows that it knows of a change.
fn holds(laptop: &Laptop, change: &Change) -> bool {
    match change {
        Change::Entry(recorded) => laptop.holds_entry(recorded.entry.entry.id),
        Change::Created(row) => laptop.holds_version(&row.id, row.version),
        Change::Updated(updated) => laptop.holds_version(&updated.reservation, updated.version),
        Change::Deleted { id, .. } => laptop.holds_version(id, u64::MAX),
        Change::ConflictOpened(conflict)
        | Change::ConflictChanged(conflict)
        | Change::ConflictResolved(conflict) => laptop.knows_conflict(conflict.id).unwrap_or(false),
        Change::Venue(_) | Change::Device(_) | Change::Hidden => true,
    }
}
