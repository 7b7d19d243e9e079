//! Applying the hub's log: rows and cursor in one transaction, each position once and in order.

use std::sync::Arc;

use portero_protocol::conflict::{Conflict, ConflictState};
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Device;
use portero_protocol::event::{Change, Logged};
use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::listing::ReservationDetail;
use portero_protocol::reservation::Reservation;
use portero_protocol::venue::Venue;
use rusqlite::params;

use super::rows::HubRow;
use super::{Cache, Slot, entries, rows, set_meta};
use crate::error::Result;
use crate::verdict::House;

/// One position of the log.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Its place.
    pub(crate) at: Cursor,
    /// What happened there. `None`: nothing that this version can read.
    pub(crate) logged: Option<Logged>,
    /// Whether it should have been readable: then a row may be wrong here until the next snapshot.
    pub(crate) unreadable: bool,
}

/// What applying did.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// How many positions were new.
    pub(crate) steps: u64,
    /// The reservations that look different now.
    pub(crate) changed: Vec<ReservationId>,
    /// Conflicts that were opened, changed or decided.
    pub(crate) conflicts: Vec<Conflict>,
    /// Devices of which managers are told how they are.
    pub(crate) devices: Vec<Device>,
    /// Reservations that the log talks about and that are not known here.
    pub(crate) missing: Vec<ReservationId>,
    /// Commit times of the new positions, by the hub's clock.
    pub(crate) stamps: Vec<Instant>,
    /// A position is missing before this one; nothing from there on was applied.
    pub(crate) gap: bool,
    /// The cache can no longer be right without a new snapshot.
    pub(crate) needs_snapshot: bool,
}

impl Cache {
    /// Applies positions in order. Those that are known are passed over; at a gap it stops.
    pub(crate) fn apply(&mut self, steps: &[Step]) -> Result<Applied> {
        let mut done = Applied::default();
        let Some(mut cursor) = self.cursor.clone() else {
            done.needs_snapshot = true;
            return Ok(done);
        };
        let mut seen_ops: Vec<(ReservationId, OpId)> = Vec::new();
        let mut venue: Option<Arc<House>> = None;
        #[cfg(feature = "sim")]
        self.cursor_first(steps)?;
        let change = self.db.unchecked_transaction()?;
        let slot = Slot {
            db: &change,
            number: self.slot,
        };
        for step in steps {
            if step.at.epoch != cursor.epoch {
                done.needs_snapshot = true;
                break;
            }
            if step.at.pos <= cursor.pos {
                continue;
            }
            if step.at.pos != cursor.pos + 1 && !takes_any() {
                done.gap = true;
                break;
            }
            done.needs_snapshot |= step.unreadable;
            if let Some(logged) = &step.logged {
                done.stamps.extend(logged.at);
                match &logged.change {
                    Change::Venue(new) => venue = self.change_venue(slot, new, &mut done)?.or(venue),
                    change => self.apply_one(slot, change, logged.op, &mut done, &mut seen_ops)?,
                }
            }
            done.steps += 1;
            cursor = step.at.clone();
        }
        set_meta(&change, "cursor", &cursor.to_string())?;
        change.commit()?;
        self.cursor = Some(cursor);
        if let Some(venue) = venue {
            self.known.set_house(Some(venue.clone()));
            self.house = Some(venue);
        }
        for (reservation, op) in seen_ops {
            self.forget_writes(&reservation, |write| write.id == op);
            done.changed.extend(self.show_row(&reservation)?);
        }
        done.changed.sort_unstable();
        done.changed.dedup();
        Ok(done)
    }

    fn apply_one(
        &self,
        slot: Slot<'_>,
        change: &Change,
        op: Option<OpId>,
        done: &mut Applied,
        seen_ops: &mut Vec<(ReservationId, OpId)>,
    ) -> Result<()> {
        match change {
            Change::Entry(recorded) => {
                let touched = entries::add(slot, &recorded.entry.entry, Some(&recorded.entry))?;
                let known = slot
                    .sql("UPDATE row_# SET hub_status = ?2 WHERE id = ?1")?
                    .execute(params![recorded.reservation.as_str(), recorded.status.as_str()])?;
                if known == 0 && !is_deleted(slot, &recorded.reservation)? {
                    done.missing.push(recorded.reservation.clone());
                }
                for reservation in &touched {
                    rows::recount(self, slot, reservation)?;
                }
                done.changed.extend(touched);
            }
            Change::Created(row) => {
                self.take_row(slot, row)?;
                done.changed.push(row.id.clone());
                seen_ops.extend(op.map(|op| (row.id.clone(), op)));
            }
            Change::Updated(updated) => {
                let id = &updated.reservation;
                match rows::hub_row(slot, id)? {
                    Some(hub) if hub.row.version < updated.version => {
                        let before = HubRow {
                            row: Reservation {
                                status: hub.status,
                                ..hub.row
                            },
                            ..hub
                        };
                        let row = updated.apply(&before.row)?;
                        let hub = HubRow {
                            status: row.status,
                            row,
                        };
                        rows::show(self, slot, id, Some(&hub))?;
                    }
                    Some(_) => {}
                    None if is_deleted(slot, id)? => {}
                    None => done.missing.push(id.clone()),
                }
                done.changed.push(id.clone());
                seen_ops.extend(op.map(|op| (id.clone(), op)));
            }
            Change::Deleted { id, version } => {
                rows::remove(slot, id)?;
                bury(slot, id, *version)?;
                done.changed.push(id.clone());
                seen_ops.extend(op.map(|op| (id.clone(), op)));
            }
            Change::ConflictOpened(conflict)
            | Change::ConflictChanged(conflict)
            | Change::ConflictResolved(conflict) => {
                keep_conflict(slot, conflict)?;
                done.changed.push(conflict.reservation.clone());
                done.conflicts.push(conflict.clone());
            }
            // Nothing of it is kept: whoever shows devices asks the hub.
            Change::Device(device) => done.devices.push(device.clone()),
            Change::Venue(_) | Change::Hidden => {}
        }
        Ok(())
    }

    /// Takes a whole row from the hub, unless a newer one is here.
    fn take_row(&self, slot: Slot<'_>, row: &Reservation) -> Result<bool> {
        let newer = rows::hub_row(slot, &row.id)?.is_some_and(|hub| hub.row.version >= row.version);
        if newer || is_deleted(slot, &row.id)? {
            return Ok(false);
        }
        let hub = HubRow {
            status: row.status,
            row: row.clone(),
        };
        rows::show(self, slot, &row.id, Some(&hub))?;
        Ok(true)
    }

    /// Keeps the venue's new settings. Where its days changed, every row has another place: that is a new snapshot.
    fn change_venue(&self, slot: Slot<'_>, venue: &Venue, done: &mut Applied) -> Result<Option<Arc<House>>> {
        let Ok(house) = House::new(venue.clone()) else {
            // A time zone that this laptop's database does not have: the settings before stay, and the log goes on.
            tracing::warn!(zone = venue.time_zone, "the venue's time zone is not known here");
            return Ok(None);
        };
        if let Some(before) = &self.house
            && (before.venue.time_zone != venue.time_zone || before.venue.cutoff != venue.cutoff)
        {
            done.needs_snapshot = true;
            return Ok(None);
        }
        set_meta(slot.db, "venue", &serde_json::to_string(venue)?)?;
        Ok(Some(Arc::new(house)))
    }

    /// Takes one reservation as the hub answered it, outside the log. Positions that it already contains do no harm when they arrive:
    /// rows go by version and entries by id.
    pub(crate) fn take_detail(&mut self, detail: &ReservationDetail) -> Result<Vec<ReservationId>> {
        if self.house.is_none() {
            return Ok(Vec::new());
        }
        let id = detail.reservation.id.clone();
        // A manager's device is told the ticket where it asks for one reservation. It is shown and not kept: a new issue would not replace it.
        let row = Reservation {
            code: None,
            ..detail.reservation.clone()
        };
        self.in_every_slot(|cache, slot| {
            for stored in &detail.entries {
                for reservation in entries::add(slot, &stored.entry, Some(stored))? {
                    rows::recount(cache, slot, &reservation)?;
                }
            }
            cache.take_row(slot, &row)?;
            rows::recount(cache, slot, &id)
        })?;
        Ok(vec![id])
    }

    /// Keeps a conflict as the hub answered it, outside the log.
    pub(crate) fn take_conflict(&mut self, conflict: &Conflict) -> Result<()> {
        self.in_every_slot(|_, slot| keep_conflict(slot, conflict))
    }

    fn show_row(&mut self, id: &ReservationId) -> Result<Option<ReservationId>> {
        self.in_every_slot(|cache, slot| {
            let hub = rows::hub_row(slot, id)?;
            rows::show(cache, slot, id, hub.as_ref())
        })?;
        Ok(Some(id.clone()))
    }
}

/// The known bug of a cursor that proves nothing; false but in a simulation that plants it.
fn takes_any() -> bool {
    #[cfg(feature = "sim")]
    return crate::sim::planted(crate::sim::Planted::NaiveCursor);
    #[cfg(not(feature = "sim"))]
    false
}

#[cfg(feature = "sim")]
impl Cache {
    /// The known bug of a cursor that is kept apart from its rows, for simulations that plant it.
    fn cursor_first(&self, steps: &[Step]) -> Result<()> {
        if let Some(last) = steps.last()
            && crate::sim::planted(crate::sim::Planted::TwoTransactions)
            && self
                .cursor
                .as_ref()
                .is_some_and(|known| known.epoch == last.at.epoch && known.pos < last.at.pos)
        {
            set_meta(&self.db, "cursor", &last.at.to_string())?;
        }
        Ok(())
    }
}

/// Whether its tombstone is held.
pub(super) fn is_deleted(slot: Slot<'_>, id: &ReservationId) -> Result<bool> {
    Ok(slot
        .sql("SELECT 1 FROM tomb_# WHERE id = ?1")?
        .exists([id.as_str()])?)
}

/// Holds a tombstone.
pub(super) fn bury(slot: Slot<'_>, id: &ReservationId, version: u64) -> Result<()> {
    slot.sql(
        "INSERT INTO tomb_# VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET version = excluded.version",
    )?
    .execute(params![
        id.as_str(),
        id.ticket_uuid().as_bytes().as_slice(),
        version.cast_signed()
    ])?;
    Ok(())
}

/// Keeps a conflict.
pub(super) fn keep_conflict(slot: Slot<'_>, conflict: &Conflict) -> Result<()> {
    let state = match conflict.state {
        ConflictState::Open => "open",
        ConflictState::Resolved => "resolved",
    };
    slot.sql(
        "INSERT INTO conflict_# VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE
         SET state = excluded.state, opened = excluded.opened, json = excluded.json",
    )?
    .execute(params![
        conflict.id.to_string(),
        conflict.reservation.as_str(),
        state,
        conflict.opened.ms(),
        serde_json::to_string(conflict)?
    ])?;
    Ok(())
}
