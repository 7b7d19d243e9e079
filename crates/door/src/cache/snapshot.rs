//! Loading a snapshot: into the slot that nobody reads, in short transactions, then both change places. Until then the door goes on with
//! what it had; a snapshot that breaks off leaves nothing behind.

use std::sync::Arc;
use std::time::{Duration, Instant as Monotonic};

use portero_protocol::cursor::Cursor;
use portero_protocol::entry::Entry;
use portero_protocol::instant::Instant;
use portero_protocol::listing::SnapshotLine;
use portero_protocol::problem::Code;
use portero_protocol::venue::Venue;

use super::{Cache, Slot, apply, entries, rows, set_meta};
use crate::error::{DoorError, Result};
use crate::verdict::House;

/// How long one transaction may take: what was recorded at the door meanwhile waits for it before it is shown.
const SLICE: Duration = Duration::from_millis(5);

/// One transaction's time.
struct Slice(Monotonic);

impl Slice {
    fn start() -> Self {
        Self(Monotonic::now())
    }

    fn is_over(&self) -> bool {
        // A schedule must not depend on how fast the machine is that plays it.
        #[cfg(feature = "sim")]
        if crate::sim::wall().is_some() {
            return false;
        }
        self.0.elapsed() > SLICE
    }
}

/// A snapshot on its way in.
#[derive(Debug)]
pub(crate) struct Loading {
    /// The slot that it goes to.
    pub(super) slot: u8,
    /// The venue that it brings.
    pub(super) house: Arc<House>,
    cursor: Cursor,
    total: u64,
    seen: u64,
    ended: bool,
}

impl Cache {
    /// Starts: empties the slot that nobody reads.
    pub(crate) fn begin_snapshot(&mut self, venue: Venue, cursor: Cursor, total: u64) -> Result<()> {
        let slot = 1 - self.slot;
        let house = Arc::new(House::new(venue)?);
        self.clear(slot)?;
        self.loading = Some(Loading {
            slot,
            house,
            cursor,
            total,
            seen: 0,
            ended: false,
        });
        Ok(())
    }

    fn clear(&mut self, number: u8) -> Result<()> {
        let change = self.db.unchecked_transaction()?;
        let slot = Slot { db: &change, number };
        // Without a condition pages are given back whole. Tables that were dropped and made again would have every reader learn the schema anew.
        for all in [
            "DELETE FROM row_#",
            "DELETE FROM entry_#",
            "DELETE FROM tomb_#",
            "DELETE FROM conflict_#",
            "INSERT INTO find_# (find_#) VALUES ('delete-all')",
            "DELETE FROM sort_#",
        ] {
            slot.sql(all)?.execute([])?;
        }
        change.commit()?;
        Ok(())
    }

    /// Takes lines from the front of `lines` for as long as one transaction may take, and leaves the rest.
    pub(crate) fn load_lines(&mut self, lines: &mut std::collections::VecDeque<SnapshotLine>) -> Result<()> {
        let slice = Slice::start();
        let Some(loading) = &mut self.loading else {
            return Err(broken("it was not started"));
        };
        let change = self.db.unchecked_transaction()?;
        let slot = Slot {
            db: &change,
            number: loading.slot,
        };
        while let Some(line) = lines.pop_front() {
            match line {
                SnapshotLine::Start { .. } => return Err(broken("it starts twice")),
                SnapshotLine::Reservation { reservation } => {
                    rows::load(slot, &loading.house, &reservation)?;
                }
                SnapshotLine::Entry { entry } => {
                    entries::add(slot, &entry.entry, Some(&entry))?;
                }
                SnapshotLine::Deleted { tombstone } => apply::bury(slot, &tombstone.id, tombstone.version)?,
                SnapshotLine::Conflict { conflict } => apply::keep_conflict(slot, &conflict)?,
                SnapshotLine::End { total } => {
                    if total != loading.total || loading.seen != loading.total {
                        return Err(broken("lines are missing"));
                    }
                    loading.ended = true;
                    continue;
                }
            }
            loading.seen += 1;
            if slice.is_over() {
                break;
            }
        }
        change.commit()?;
        Ok(())
    }

    /// Adds this device's own entries, and gives the reservations whose entries have to be counted.
    pub(crate) fn load_own(&mut self, own: &[Entry]) -> Result<Vec<portero_protocol::ids::ReservationId>> {
        let number = self.ended_slot()?;
        let change = self.db.unchecked_transaction()?;
        let slot = Slot { db: &change, number };
        for entry in own {
            entries::add(slot, entry, None)?;
        }
        let counted = slot
            .sql("SELECT DISTINCT reservation FROM entry_#")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        change.commit()?;
        Ok(counted.into_iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// Counts entries for as long as one transaction may take, and leaves the rest.
    pub(crate) fn load_counts(
        &mut self,
        uncounted: &mut Vec<portero_protocol::ids::ReservationId>,
    ) -> Result<()> {
        let slice = Slice::start();
        let number = self.ended_slot()?;
        let change = self.db.unchecked_transaction()?;
        let slot = Slot { db: &change, number };
        while let Some(reservation) = uncounted.pop() {
            rows::recount(self, slot, &reservation)?;
            if slice.is_over() {
                break;
            }
        }
        change.commit()?;
        Ok(())
    }

    /// Puts what was loaded in the place of what was read.
    pub(crate) fn finish_snapshot(&mut self, proven: Instant) -> Result<()> {
        let number = self.ended_slot()?;
        let edited: Vec<_> = self.writes.keys().cloned().collect();
        let Some(loading) = &self.loading else {
            return Err(broken("it was not started"));
        };
        let (house, cursor) = (loading.house.clone(), loading.cursor.clone());
        let change = self.db.unchecked_transaction()?;
        let slot = Slot { db: &change, number };
        for reservation in &edited {
            let hub = rows::hub_row(slot, reservation)?;
            if hub.is_none() && apply::is_deleted(slot, reservation)? {
                continue;
            }
            rows::show(self, slot, reservation, hub.as_ref())?;
        }
        set_meta(&change, "slot", &number.to_string())?;
        set_meta(&change, "cursor", &cursor.to_string())?;
        set_meta(&change, "venue", &serde_json::to_string(&house.venue)?)?;
        set_meta(&change, "proven", &proven.ms().to_string())?;
        change.commit()?;
        let another_life = self
            .cursor
            .as_ref()
            .is_none_or(|before| before.epoch != cursor.epoch);
        self.slot = number;
        self.loading = None;
        self.cursor = Some(cursor);
        self.house = Some(house.clone());
        self.known.set_house(Some(house));
        if another_life {
            self.known.prove_anew(Some(proven));
        } else {
            self.known.prove(proven);
        }
        Ok(())
    }

    /// A snapshot broke off: what it brought is dropped.
    pub(crate) fn abandon_snapshot(&mut self) {
        self.loading = None;
    }

    fn ended_slot(&self) -> Result<u8> {
        match &self.loading {
            Some(loading) if loading.ended => Ok(loading.slot),
            _ => Err(broken("it ended before its last line")),
        }
    }
}

fn broken(why: &str) -> DoorError {
    DoorError::new(
        Code::InvalidBody,
        format!("the hub's snapshot cannot be used: {why}"),
    )
}
