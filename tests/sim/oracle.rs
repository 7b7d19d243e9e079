//! What was shown, and what must hold after every step: nothing that a door showed is lost, nothing is counted twice, counts are the sums of their
//! entries, nothing of the log is skipped, and what was admitted wrongly has a conflict.
//!
//! Each check looks at what has changed since it looked last, so that a night stays cheap: the log goes on from where it was read, a laptop's file is
//! asked where its connection wrote something.

use std::collections::{BTreeMap, HashMap};

use portero_door::sim::Laptop;
use portero_door::view::{Answer, DeliveryState};
use portero_protocol::cursor::Cursor;
use portero_protocol::entry::Entry;
use portero_protocol::event::{Change, Logged};
use portero_protocol::ids::EntryId;

use crate::story::Story;
use crate::world::World;

/// What is known from outside.
#[derive(Default)]
pub(crate) struct Oracle {
    /// Every entry that a door said it had recorded, in order of their ids.
    pub(crate) shown: BTreeMap<EntryId, Shown>,
    /// Each life of the log, as far as it was read.
    lives: HashMap<String, Life>,
    /// The log's end as last read.
    head: Option<Cursor>,
    /// The hub has written something since the log was read.
    pub(crate) stale: bool,
    /// It may have written something since its counts were proven.
    unproven: bool,
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
    events: BTreeMap<u64, Option<Logged>>,
    /// What that means.
    pub(crate) story: Story,
}

/// What was looked at of a laptop.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Up to where its cache was compared with the log.
    cursor: Option<Cursor>,
    /// How much its two connections had written then.
    facts: Option<u64>,
    cache: Option<u64>,
}

impl Oracle {
    /// A door answered somebody: what it says was recorded has to be on its disk.
    pub(crate) fn shown(&mut self, seat: usize, laptop: &Laptop, answer: &Answer) -> Result<(), String> {
        let Some(id) = answer.entry else {
            return Ok(());
        };
        let Some(entry) = laptop.own_entry(id).map_err(|error| error.to_string())? else {
            return Err(format!("seat {seat} showed entry {id} and does not have it"));
        };
        self.shown.insert(id, Shown { seat, entry });
        Ok(())
    }

    /// The log's life that the hub serves now.
    pub(crate) fn life(&self) -> Option<&Life> {
        self.lives.get(self.head.as_ref()?.epoch.as_str())
    }
}

impl World {
    /// Reads what the hub's log says that is not known yet, and hears it.
    pub(crate) fn learn(&mut self) -> Result<(), String> {
        let now = self.now;
        self.oracle.stale = false;
        self.oracle.unproven = true;
        let Some(epoch) = self.office.epoch() else {
            return Ok(());
        };
        let from = match &self.oracle.head {
            Some(head) if head.epoch == epoch => head.clone(),
            _ => Cursor { epoch, pos: 0 },
        };
        let Some((head, events)) = self.office.changes(&from, now) else {
            return Ok(());
        };
        let life = self.oracle.lives.entry(from.epoch.to_string()).or_default();
        for (pos, logged) in events {
            life.story.hear(pos, logged.as_ref())?;
            life.events.insert(pos, logged);
        }
        self.oracle.head = Some(head);
        life.story.all_told()
    }

    /// After every step: the hub answered nothing that it should not, its log is sound, and its counts are the sums of its entries.
    pub(crate) fn check_hub(&mut self) -> Result<(), String> {
        if let Some(fault) = self.office.faults.first() {
            return Err(format!("the hub failed: {fault}"));
        }
        if self.oracle.stale {
            self.learn()?;
        }
        if std::mem::take(&mut self.oracle.unproven)
            && let Some(wrong) = self.office.miscounted()?
        {
            return Err(format!("the hub's count is not the sum of its entries: {wrong}"));
        }
        Ok(())
    }

    /// After every step: each laptop that is on.
    pub(crate) fn check_seats(&mut self) -> Result<(), String> {
        for at in 0..self.seats.len() {
            self.check_cursor(at)?;
            self.check_counts(at)?;
            self.check_facts(at)?;
        }
        Ok(())
    }

    /// Whatever the log said up to a laptop's cursor is in its cache.
    fn check_cursor(&mut self, at: usize) -> Result<(), String> {
        let seat = &mut self.seats[at];
        let Some(laptop) = &seat.laptop else {
            return Ok(());
        };
        if laptop.cursor() == seat.looked.cursor.as_ref() {
            return Ok(());
        }
        let cursor = laptop.cursor().cloned();
        let before = std::mem::replace(&mut seat.looked.cursor, cursor.clone());
        let Some(cursor) = cursor else {
            return Ok(());
        };
        self.trace.mark((at, cursor.pos));
        if self.oracle.stale {
            self.learn()?;
        }
        let Some(life) = self.oracle.lives.get(cursor.epoch.as_str()) else {
            return Ok(());
        };
        // After a snapshot all of it is looked at, after events only they.
        let from = before
            .filter(|before| before.epoch == cursor.epoch && before.pos < cursor.pos)
            .map_or(0, |before| before.pos);
        let Some(laptop) = &self.seats[at].laptop else {
            return Ok(());
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
        Ok(())
    }

    /// A laptop's counts are the sums over the hub's entries and its own.
    fn check_counts(&mut self, at: usize) -> Result<(), String> {
        let seat = &mut self.seats[at];
        let Some(laptop) = &seat.laptop else {
            return Ok(());
        };
        let written = Some(laptop.written().1);
        if std::mem::replace(&mut seat.looked.cache, written) == written {
            return Ok(());
        }
        match laptop.miscounted().map_err(|error| error.to_string())? {
            Some(wrong) => Err(format!("seat {at} does not show the sum of the entries: {wrong}")),
            None => Ok(()),
        }
    }

    /// What a door showed is on its disk until the hub has it, and the hub has what the door holds for delivered.
    fn check_facts(&mut self, at: usize) -> Result<(), String> {
        let seat = &mut self.seats[at];
        let Some(laptop) = &seat.laptop else {
            return Ok(());
        };
        let written = Some(laptop.written().0);
        if std::mem::replace(&mut seat.looked.facts, written) == written {
            return Ok(());
        }
        let states = laptop.entry_states().map_err(|error| error.to_string())?;
        let met = laptop.met();
        if self.oracle.stale {
            self.learn()?;
        }
        let life = self
            .oracle
            .life()
            .filter(|_| met == self.office.epoch().map(|epoch| epoch.to_string()));
        for (id, _) in self.oracle.shown.iter().filter(|(_, shown)| shown.seat == at) {
            match states.get(id) {
                None => return Err(format!("seat {at} showed {id} and has it no longer")),
                Some(DeliveryState::Confirmed) if life.is_some_and(|life| !life.story.has(*id)) => {
                    return Err(format!(
                        "seat {at} holds {id} for delivered and the hub does not have it"
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
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
        | Change::ConflictResolved(conflict) => laptop.knows_conflict(conflict.id),
        Change::Venue(_) | Change::Device(_) | Change::Hidden => true,
    }
}
