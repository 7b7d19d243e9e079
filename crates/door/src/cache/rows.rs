//! Rows as they are shown: what the hub said, with the writes made here on top, and the count of the entries.

use std::collections::BTreeSet;

use portero_protocol::ids::ReservationId;
use portero_protocol::reservation::{Reservation, Status};
use rusqlite::{OptionalExtension, params};

use super::apply::is_deleted;
use super::entries::{Tally, tally};
use super::questions::parse_id;
use super::slot::{MINUTE_PLACES, minute_start};
use super::{Cache, Slot, sorted, words};
use crate::error::{DoorError, Result};
use crate::facts::{Write, WriteBody};
use crate::verdict::House;

/// The hub's part of a row.
#[derive(Debug, Clone)]
pub(super) struct HubRow {
    /// As the hub sent it. Its count and state are not read from here.
    pub(super) row: Reservation,
    /// The state that the hub's last event gave it.
    pub(super) status: Status,
}

/// What the hub said about a row; `None`: it does not know it, as far as is known here.
pub(super) fn hub_row(slot: Slot<'_>, id: &ReservationId) -> Result<Option<HubRow>> {
    let found: Option<(Option<String>, Option<String>)> = slot
        .sql("SELECT hub, hub_status FROM row_# WHERE id = ?1")?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((Some(json), status)) = found else {
        return Ok(None);
    };
    let row: Reservation = serde_json::from_str(&json)?;
    let status = status
        .and_then(|status| Status::from_wire(&status))
        .unwrap_or(row.status);
    Ok(Some(HubRow { row, status }))
}

/// Writes what is shown of a reservation after the hub's part or the writes made here changed.
pub(super) fn show(cache: &Cache, slot: Slot<'_>, id: &ReservationId, hub: Option<&HubRow>) -> Result<()> {
    let house = cache.house_of(slot)?;
    let writes = if hub.is_none() && is_deleted(slot, id)? {
        // Whatever was made of it here, the hub deleted it since: an id is never used again.
        Vec::new()
    } else {
        cache.writes_on(id, hub.map_or(0, |hub| hub.row.version))
    };
    let base = hub.map(|hub| Reservation {
        status: hub.status,
        ..hub.row.clone()
    });
    let view = writes.iter().fold(base, |row, write| write.apply(row));
    let before: Option<i64> = slot
        .sql("SELECT place FROM row_# WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(place) = before {
        slot.sql("DELETE FROM row_# WHERE place = ?1")?.execute([place])?;
        if place > 0 {
            unlist(slot, place)?;
        }
    }
    let hidden = view.is_none();
    let Some(mut shown) = view.or_else(|| hub.map(|hub| hub.row.clone())) else {
        return Ok(());
    };
    let counted = tally(slot, id)?;
    let patched = writes
        .iter()
        .any(|write| matches!(&write.body, WriteBody::Update { patch, .. } if patch.status.is_some()));
    shown.attendance = counted.attendance;
    if !patched {
        shown.status = status_with(shown.status, counted);
    }
    let place = free_place(slot, &house, &shown, before)?;
    let place = if hidden { -place } else { place };
    insert(slot, place, hub, &shown, !writes.is_empty())?;
    if !hidden {
        enlist(slot, place, &shown)?;
    }
    Ok(())
}

/// Writes a row that a snapshot brings into an empty slot: nothing is there yet, and its entries are counted at the end.
pub(super) fn load(slot: Slot<'_>, house: &House, row: &Reservation) -> Result<()> {
    let hub = HubRow {
        status: row.status,
        row: row.clone(),
    };
    let place = free_place(slot, house, row, None)?;
    let shown = Reservation {
        attendance: 0,
        ..row.clone()
    };
    insert(slot, place, Some(&hub), &shown, false)?;
    enlist(slot, place, row)
}

/// Makes a row findable, and known to what lists are sorted by.
fn enlist(slot: Slot<'_>, place: i64, row: &Reservation) -> Result<()> {
    slot.sql("INSERT INTO find_# (rowid, words) VALUES (?1, ?2)")?
        .execute(params![place, words::of(row)])?;
    sorted::keep(slot, place, row)
}

fn unlist(slot: Slot<'_>, place: i64) -> Result<()> {
    slot.sql("DELETE FROM find_# WHERE rowid = ?1")?
        .execute([place])?;
    sorted::drop(slot, place)
}

fn insert(slot: Slot<'_>, place: i64, hub: Option<&HubRow>, shown: &Reservation, edited: bool) -> Result<()> {
    let hub_json = hub.map(|hub| serde_json::to_string(&hub.row)).transpose()?;
    let view_json = edited.then(|| serde_json::to_string(shown)).transpose()?;
    slot.sql(
        "INSERT INTO row_# (place, id, ticket, hub, hub_version, hub_status, view, status, party, attendance)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        place,
        shown.id.as_str(),
        shown.id.ticket_uuid().as_bytes().as_slice(),
        hub_json,
        hub.map_or(0, |hub| hub.row.version.cast_signed()),
        hub.map(|hub| hub.status.as_str()),
        view_json,
        shown.status.as_str(),
        shown.party,
        shown.attendance
    ])?;
    Ok(())
}

/// Makes the index of a slot anew, where rows were found by other words or sorted by less when they were written.
pub(super) fn index_again(slot: Slot<'_>) -> Result<()> {
    slot.sql("INSERT INTO find_# (find_#) VALUES ('delete-all')")?
        .execute([])?;
    slot.sql("DELETE FROM sort_#")?.execute([])?;
    let mut rows = slot.sql("SELECT place, COALESCE(view, hub) FROM row_# WHERE place > 0")?;
    for row in rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))? {
        let (place, json) = row?;
        enlist(slot, place, &serde_json::from_str(&json)?)?;
    }
    Ok(())
}

/// Counts a reservation's entries again, and writes count and state where it is known.
pub(super) fn recount(cache: &Cache, slot: Slot<'_>, id: &ReservationId) -> Result<()> {
    // Before the first snapshot there are no rows, and nothing says where one would be placed.
    if cache.writes.contains_key(id) && cache.house_of(slot).is_ok() {
        let hub = hub_row(slot, id)?;
        return show(cache, slot, id, hub.as_ref());
    }
    let found: Option<Option<String>> = slot
        .sql("SELECT hub_status FROM row_# WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    let Some(status) = found else {
        return Ok(());
    };
    let counted = tally(slot, id)?;
    let status = status_with(
        status
            .and_then(|status| Status::from_wire(&status))
            .unwrap_or_default(),
        counted,
    );
    slot.sql("UPDATE row_# SET attendance = ?2, status = ?3 WHERE id = ?1")?
        .execute(params![id.as_str(), counted.attendance, status.as_str()])?;
    Ok(())
}

/// The hub's state, moved by entries that the hub does not have yet: the first one sets a reservation active, and an undo back to nobody
/// returns what an entry had set.
fn status_with(hub: Status, counted: Tally) -> Status {
    match hub {
        Status::Expected | Status::NoShow if counted.own_waiting && counted.attendance > 0 => Status::Active,
        Status::Active if counted.own_waiting && counted.attendance == 0 => Status::Expected,
        status => status,
    }
}

/// Removes a row.
pub(super) fn remove(slot: Slot<'_>, id: &ReservationId) -> Result<()> {
    let place: Option<i64> = slot
        .sql("DELETE FROM row_# WHERE id = ?1 RETURNING place")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(place) = place.filter(|place| *place > 0) {
        unlist(slot, place)?;
    }
    Ok(())
}

/// A place for a row: the one that it had, if its minute is the same; else the next after the last of its minute.
fn free_place(slot: Slot<'_>, house: &House, row: &Reservation, before: Option<i64>) -> Result<i64> {
    let start = minute_start(house, row).max(1);
    let minute = start..start + MINUTE_PLACES;
    if let Some(before) = before.map(i64::abs).filter(|before| minute.contains(before)) {
        return Ok(before);
    }
    let last = |from: i64, to: i64, order: &str| -> Result<Option<i64>> {
        Ok(slot
            .sql(&format!(
                "SELECT place FROM row_# WHERE place >= ?1 AND place < ?2 ORDER BY place {order} LIMIT 1"
            ))?
            .query_row([from, to], |row| row.get(0))
            .optional()?)
    };
    // Rows that are hidden keep their place, with the sign turned.
    let shown = last(minute.start, minute.end, "DESC")?;
    let hidden = last(1 - minute.end, 1 - minute.start, "ASC")?.map(i64::abs);
    Ok(shown.max(hidden).map_or(minute.start, |last| last + 1))
}

impl Cache {
    /// The venue that a slot's rows were placed by.
    fn house_of(&self, slot: Slot<'_>) -> Result<std::sync::Arc<House>> {
        self.loading
            .as_ref()
            .filter(|loading| loading.slot == slot.number)
            .map(|loading| loading.house.clone())
            .or_else(|| self.house.clone())
            .ok_or_else(|| {
                DoorError::new(
                    portero_protocol::problem::Code::NotFound,
                    "the venue is not known here before the hub was reached once",
                )
            })
    }

    /// The writes that a row with that version of the hub does not show.
    fn writes_on(&self, id: &ReservationId, hub_version: u64) -> Vec<Write> {
        self.writes
            .get(id)
            .map(|writes| {
                writes
                    .iter()
                    .filter(|write| write.led_to.is_none_or(|version| version > hub_version))
                    .cloned()
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Shows a write that was just made here.
    pub(crate) fn add_write(&mut self, write: Write) -> Result<Vec<ReservationId>> {
        let id = write.reservation.clone();
        self.writes.entry(id.clone()).or_default().push(write);
        self.show_again(id)
    }

    /// Shows the writes made here as the facts have them. The file may be older than they are: a crash can come between the two, and the power can
    /// take back what was written last.
    pub(super) fn show_writes(&mut self) -> Result<()> {
        if self.house.is_none() {
            return Ok(());
        }
        let mut ids: BTreeSet<ReservationId> = self.writes.keys().cloned().collect();
        ids.extend(self.edited()?);
        for id in ids {
            self.show_again(id)?;
        }
        Ok(())
    }

    /// The reservations that are shown with a write on top.
    fn edited(&self) -> Result<Vec<ReservationId>> {
        let slot = Slot {
            db: &self.db,
            number: self.slot,
        };
        let mut statement = slot.sql("SELECT id FROM row_# WHERE view IS NOT NULL")?;
        let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
        ids.map(|id| parse_id(&id?)).collect()
    }

    /// The hub confirmed a write: it stays on top until the hub's row shows it.
    pub(crate) fn confirm_write(
        &mut self,
        id: &ReservationId,
        op: portero_protocol::ids::OpId,
        led_to: Option<u64>,
    ) -> Result<Vec<ReservationId>> {
        let Some(writes) = self.writes.get_mut(id) else {
            return Ok(Vec::new());
        };
        for write in writes.iter_mut().filter(|write| write.id == op) {
            // An answer without a version leaves nothing to wait for.
            write.led_to = Some(led_to.unwrap_or(0));
        }
        self.show_again(id.clone())
    }

    /// The hub's log has another life: versions that writes led to are of rows that may no longer be there. Creates are sent again.
    pub(crate) fn another_life(&mut self) -> Result<Vec<ReservationId>> {
        let ids: Vec<ReservationId> = self.writes.keys().cloned().collect();
        for id in &ids {
            for write in self.writes.get_mut(id).into_iter().flatten() {
                write.led_to = match (&write.body, write.led_to) {
                    (WriteBody::Create { .. }, _) | (_, None) => None,
                    (_, Some(_)) => Some(0),
                };
            }
            self.show_again(id.clone())?;
        }
        Ok(ids)
    }

    /// The hub refused a write: what it has is shown again.
    pub(crate) fn drop_write(
        &mut self,
        id: &ReservationId,
        op: portero_protocol::ids::OpId,
    ) -> Result<Vec<ReservationId>> {
        self.forget_writes(id, |write| write.id == op);
        self.show_again(id.clone())
    }

    /// Forgets writes that are no longer needed on top.
    pub(super) fn forget_writes(&mut self, id: &ReservationId, gone: impl Fn(&Write) -> bool) {
        if let Some(writes) = self.writes.get_mut(id) {
            writes.retain(|write| !gone(write));
            if writes.is_empty() {
                self.writes.remove(id);
            }
        }
    }

    fn show_again(&mut self, id: ReservationId) -> Result<Vec<ReservationId>> {
        if self.house.is_some() {
            self.in_every_slot(|cache, slot| {
                let hub = hub_row(slot, &id)?;
                show(cache, slot, &id, hub.as_ref())
            })?;
        }
        let version = self.hub_version(&id)?;
        self.forget_writes(&id, |write| write.led_to.is_some_and(|led_to| led_to <= version));
        Ok(vec![id])
    }

    fn hub_version(&self, id: &ReservationId) -> Result<u64> {
        let slot = Slot {
            db: &self.db,
            number: self.slot,
        };
        Ok(slot
            .sql("SELECT hub_version FROM row_# WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get::<_, i64>(0))
            .optional()?
            .unwrap_or(0)
            .unsigned_abs())
    }
}
