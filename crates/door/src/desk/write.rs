//! Creates, edits and deletions: kept on disk, shown at once, sent when the hub can be reached.

use portero_protocol::day::Calendar;
use portero_protocol::device::Role;
use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::problem::{Code, Invalid};
use portero_protocol::reservation::{Draft, Origin, Patch};

use super::Desk;
use crate::error::{DoorError, Result};
use crate::facts::{Item, ItemId, Write, WriteBody};
use crate::known::wall_ms;

impl Desk {
    /// Keeps a new reservation.
    pub(crate) fn create(&mut self, mut draft: Draft, role: Option<Role>) -> Result<Write> {
        draft.check()?;
        draft.check_read_only(None)?;
        let house = self.known.house().ok_or_else(never_reached)?;
        if role == Some(Role::Door) {
            check_walk_in(&draft, &house.calendar, self.known.hub_now())?;
            self.check_allotment(&draft)?;
        }
        let id = draft.id.clone().unwrap_or_else(|| ReservationId::new(wall_ms()));
        let sought = self.reads.sought_by_id(&id)?;
        if sought.row.is_some() {
            return Err(DoorError::new(
                Code::IdTaken,
                format!("reservation {id} exists already"),
            ));
        }
        if sought.deleted {
            return Err(DoorError::new(
                Code::IdUsed,
                format!("{id} belonged to a reservation that was deleted: use another id"),
            ));
        }
        draft.id = Some(id.clone());
        self.keep(
            id,
            WriteBody::Create {
                draft: Box::new(draft),
            },
        )
    }

    /// Keeps an edit.
    pub(crate) fn update(
        &mut self,
        id: ReservationId,
        patch: Patch,
        version: u64,
        role: Option<Role>,
    ) -> Result<Write> {
        patch.check()?;
        if patch.is_empty() {
            return Err(Invalid::field("updates", "names no field").into());
        }
        self.check_manager(role)?;
        self.check_exists(&id)?;
        self.keep(
            id,
            WriteBody::Update {
                patch: Box::new(patch),
                version,
            },
        )
    }

    /// Keeps a deletion.
    pub(crate) fn delete(&mut self, id: ReservationId, version: u64, role: Option<Role>) -> Result<Write> {
        self.check_manager(role)?;
        self.check_exists(&id)?;
        self.keep(id, WriteBody::Delete { version })
    }

    pub(super) fn check_manager(&self, role: Option<Role>) -> Result<()> {
        match role {
            None | Some(Role::Manager) => Ok(()),
            Some(Role::Door | Role::Screen) => Err(DoorError::new(
                Code::Forbidden,
                "only a manager's device may change or delete reservations",
            )),
        }
    }

    fn check_exists(&self, id: &ReservationId) -> Result<()> {
        let sought = self.reads.sought_by_id(id)?;
        // A create that was kept a moment ago may not be shown yet.
        if (sought.row.is_some() && !sought.deleted) || self.facts.creates(id)? {
            Ok(())
        } else {
            Err(DoorError::new(
                Code::NotFound,
                format!("reservation {id} is not known here"),
            ))
        }
    }

    fn keep(&mut self, reservation: ReservationId, body: WriteBody) -> Result<Write> {
        let write = self.write(reservation, body);
        self.keep_writes(vec![write.clone()])?;
        Ok(write)
    }

    /// Keeps writes of many reservations in one transaction: all of them or none.
    pub(super) fn keep_all(&mut self, bodies: Vec<(ReservationId, WriteBody)>) -> Result<()> {
        let writes = bodies
            .into_iter()
            .map(|(reservation, body)| self.write(reservation, body))
            .collect();
        self.keep_writes(writes)
    }

    /// A write of this moment.
    fn write(&self, reservation: ReservationId, body: WriteBody) -> Write {
        Write {
            id: OpId::new(wall_ms()),
            reservation,
            body,
            at: self.known.hub_now(),
            led_to: None,
        }
    }

    /// Puts writes on disk, on their way, and on the screens. They are on disk when this returns; the rest follows.
    fn keep_writes(&mut self, writes: Vec<Write>) -> Result<()> {
        self.facts.keep(&writes)?;
        for write in &writes {
            // The courier is gone only while the door is being closed; the item is on disk.
            let _ = self.out.send(Item {
                id: ItemId::Write(write.id),
                reservation: write.reservation.clone(),
            });
        }
        self.show(move |cache| {
            let mut changed = Vec::new();
            for write in writes {
                changed.extend(cache.add_write(write)?);
            }
            Ok(changed)
        });
        Ok(())
    }
}

/// A door creates walk-ins of tonight, and nothing else. The hub checks the allotment.
fn check_walk_in(draft: &Draft, calendar: &Calendar, now: portero_protocol::instant::Instant) -> Result<()> {
    if draft.origin == Origin::WalkIn && calendar.day_of(draft.date, draft.time) == calendar.day(now) {
        return Ok(());
    }
    Err(DoorError::new(
        Code::WalkInOnly,
        "a door may create walk-ins (`origen`: `sinReserva`) of tonight; other reservations are a manager's",
    ))
}

pub(super) fn never_reached() -> DoorError {
    DoorError::new(
        Code::NotFound,
        "this device has never reached its hub: the venue is not known yet",
    )
}
