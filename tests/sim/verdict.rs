//! What must hold when all is quiet: nothing lost, nothing doubled, every contradiction known to a person, all views equal, nothing left to deliver.

use std::collections::{BTreeMap, HashMap, HashSet};

use portero_door::sim::Laptop;
use portero_door::view::{DeliveryState, LinkState};
use portero_protocol::conflict::{Conflict, ConflictKind};
use portero_protocol::entry::{Entry, StoredEntry};
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::listing::SnapshotLine;
use portero_protocol::problem::Code;
use portero_protocol::reservation::Reservation;
use serde_json::json;

use crate::world::World;

/// How long all may take to come to rest, in ms: a door that was refused asks again after ten minutes at most, and then again.
const REST: i64 = 45 * 60_000;

/// A snapshot, sorted.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) rows: BTreeMap<ReservationId, Reservation>,
    pub(crate) entries: BTreeMap<EntryId, StoredEntry>,
    pub(crate) conflicts: Vec<Conflict>,
}

impl Sorted {
    fn of(lines: Vec<SnapshotLine>) -> Self {
        let mut sorted = Self::default();
        for line in lines {
            match line {
                SnapshotLine::Reservation { reservation } => {
                    sorted.rows.insert(reservation.id.clone(), *reservation);
                }
                SnapshotLine::Entry { entry } => {
                    sorted.entries.insert(entry.entry.id, *entry);
                }
                SnapshotLine::Conflict { conflict } => sorted.conflicts.push(*conflict),
                SnapshotLine::Start { .. } | SnapshotLine::Deleted { .. } | SnapshotLine::End { .. } => {}
            }
        }
        sorted.conflicts.sort_by_key(|conflict| conflict.id);
        sorted
    }
}

impl World {
    /// A copy of a laptop, and one whose token the restored hub does not know, get a token of their own, as when a person pairs them again.
    pub(crate) fn strangers_pair_again(&mut self) -> Result<(), String> {
        for at in 0..self.seats.len() {
            let asked = portero_hub::sim::Asked {
                method: "GET".to_owned(),
                path: "api/local".to_owned(),
                token: self.seats[at].token.clone(),
                ..Default::default()
            };
            let known = self
                .office
                .ask(&asked, self.now)
                .is_some_and(|answer| answer.status != 401);
            if known && self.seats[at].twin_of.is_none() {
                continue;
            }
            let name = format!("{} bis", self.seats[at].name);
            let invitation = json!({ "rol": "portero", "nombre": name });
            let Some((201, invited)) =
                self.office
                    .write("POST", "api/dispositivos/invitar", &invitation, None, self.now)
            else {
                continue;
            };
            if let Some(token) = self.office.pair(&invited, self.now) {
                self.trace.note(self.now, || format!("seat {at} is paired again"));
                self.seats[at].token = token;
                self.seats[at].name = name;
                // Its link opens anew with the new token.
                self.seats[at].crash();
            }
            self.learn()?;
        }
        Ok(())
    }

    /// Lets time pass until nothing is left to do.
    pub(crate) fn rest(&mut self) -> Result<(), String> {
        let end = self.now + REST;
        // Where it hangs is known only after all have had their time.
        let mut why = None;
        while self.now < end {
            self.pass(5_000)?;
            why = self.restless();
            if why.is_none() {
                return Ok(());
            }
        }
        Err(format!("no rest after 45 minutes: {}", why.unwrap_or_default()))
    }

    fn restless(&mut self) -> Option<String> {
        let head = self.office.get("api/reservas?limit=1", self.now)?["cursor"]
            .as_str()?
            .to_owned();
        for (at, seat) in self.seats.iter().enumerate() {
            seat.look_at_clock(self.now);
            let laptop = seat.laptop.as_ref()?;
            let outbox = laptop.outbox().ok()?;
            if outbox.pending > 0 || !laptop.idle() {
                return Some(format!(
                    "seat {at} has {outbox:?} and is {:?}, idle: {}",
                    laptop.state(),
                    laptop.idle()
                ));
            }
            if laptop.state() == LinkState::Refused {
                // It may not read; that the hub was restored it learns all the same.
                if laptop.met().is_some_and(|met| !head.starts_with(&met)) {
                    return Some(format!("seat {at} is refused and does not know of {head}"));
                }
                continue;
            }
            let cursor = laptop.cursor().map(ToString::to_string);
            let rests = matches!(laptop.state(), LinkState::Live | LinkState::Polling);
            if !rests || cursor.as_deref() != Some(head.as_str()) {
                return Some(format!(
                    "seat {at} is {:?} at {cursor:?} of {head}",
                    laptop.state()
                ));
            }
        }
        None
    }

    /// Judges the night.
    pub(crate) fn judge(&mut self) -> Result<(), String> {
        self.learn()?;
        self.check_hub()?;
        let lines = self.office.snapshot(self.now).ok_or("the hub is off")?;
        let hub = Sorted::of(lines);
        self.nothing_lost(&hub)?;
        self.views_equal()?;
        crate::contradictions::all_known(self, &hub)?;
        self.proven()
    }

    fn proven(&mut self) -> Result<(), String> {
        self.office.look_at_clock(self.now);
        let report = self.office.any().map(|hub| hub.store().check());
        match report {
            Some(Ok(report)) if report.ok => Ok(()),
            other => Err(format!("the hub's store: {other:?}")),
        }
    }

    /// Every entry that a door showed is at the hub as it was made; or held, or in quarantine for a reason.
    fn nothing_lost(&self, hub: &Sorted) -> Result<(), String> {
        for (id, shown) in &self.oracle.shown {
            if let Some(stored) = hub.entries.get(id) {
                if !same(&stored.entry, &shown.entry) {
                    return Err(format!(
                        "{id} is {:?} at the hub and was {:?}",
                        stored.entry, shown.entry
                    ));
                }
                continue;
            }
            let laptop = self.seats[shown.seat].laptop.as_ref().ok_or("it is off")?;
            let own = laptop.own_entries().map_err(|error| error.to_string())?;
            let state = own
                .iter()
                .find(|(entry, _)| entry.id == *id)
                .map(|(_, state)| *state);
            match state {
                Some(DeliveryState::Held) if told(hub, ConflictKind::Revoked, *id) => {}
                Some(DeliveryState::Quarantined) if has_reason(laptop, *id) => {}
                other => {
                    return Err(format!(
                        "{id} of seat {} was shown and is not at the hub: {other:?}, {:?}",
                        shown.seat, shown.entry
                    ));
                }
            }
        }
        Ok(())
    }

    /// Each laptop shows what the hub would show it.
    fn views_equal(&mut self) -> Result<(), String> {
        for at in 0..self.seats.len() {
            let asked = portero_hub::sim::Asked {
                method: "GET".to_owned(),
                path: "api/snapshot".to_owned(),
                token: self.seats[at].token.clone(),
                ..Default::default()
            };
            let answer = self.office.ask(&asked, self.now).ok_or("the hub is off")?;
            if answer.status == 403 {
                continue;
            }
            let lines = answer
                .body
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            let hub = Sorted::of(lines.map(|line| serde_json::from_slice(line).unwrap()).collect());
            let laptop = self.seats[at].laptop.as_ref().ok_or("it is off")?;
            view_equals(laptop, &hub).map_err(|why| format!("seat {at}: {why}"))?;
        }
        Ok(())
    }
}

fn view_equals(laptop: &Laptop, hub: &Sorted) -> Result<(), String> {
    let rows = laptop.rows().map_err(|error| error.to_string())?;
    let shown: BTreeMap<_, _> = rows.iter().map(|row| (row.reservation.id.clone(), row)).collect();
    let ids: HashSet<&ReservationId> = shown.keys().chain(hub.rows.keys()).collect();
    for id in ids {
        match (shown.get(id), hub.rows.get(id)) {
            (Some(row), Some(held)) if !row.pending && row.reservation == *held => {}
            (row, held) => return Err(format!("{id} is shown as {row:?} and is {held:?}")),
        }
    }
    for stored in hub.entries.values() {
        if !laptop.holds_entry(stored.entry.id) {
            return Err(format!("{} is not known", stored.entry.id));
        }
    }
    let mut known = laptop.conflicts().map_err(|error| error.to_string())?;
    known.sort_by_key(|conflict| conflict.id);
    let open = |conflicts: &[Conflict]| -> Vec<Conflict> {
        conflicts
            .iter()
            .filter(|conflict| conflict.resolved.is_none())
            .cloned()
            .collect()
    };
    if open(&known) != open(&hub.conflicts) {
        return Err(format!("conflicts are {known:?} and are {:?}", hub.conflicts));
    }
    Ok(())
}

/// Whether the hub holds what the door made: the reservation may be another where the door knew the ticket alone, and the ticket is not passed on.
fn same(stored: &Entry, made: &Entry) -> bool {
    let stored = Entry {
        reservation: made.reservation.clone(),
        code: made.code.clone(),
        ..stored.clone()
    };
    stored == *made
}

pub(crate) fn told(hub: &Sorted, kind: ConflictKind, entry: EntryId) -> bool {
    hub.conflicts
        .iter()
        .any(|conflict| conflict.kind == kind && conflict.entries.contains(&entry))
}

/// The one reason for which a door's own entry can be refused.
fn has_reason(laptop: &Laptop, id: EntryId) -> bool {
    laptop.quarantine().is_ok_and(|reasons| {
        reasons
            .iter()
            .any(|(item, code)| *item == id.to_string() && code == Code::UndoOfUndo.as_str())
    })
}

/// Entries by the number that their device gave them.
pub(crate) fn by_number(hub: &Sorted) -> HashMap<(portero_protocol::ids::DeviceId, u64), Vec<EntryId>> {
    let mut numbers: HashMap<_, Vec<EntryId>> = HashMap::new();
    for stored in hub.entries.values() {
        numbers
            .entry((stored.device, stored.entry.sequence))
            .or_default()
            .push(stored.entry.id);
    }
    numbers
}
