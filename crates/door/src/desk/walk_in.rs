//! Guests without a reservation: within this door's allotment, with a ticket that this door signs itself, so that the other doors let them in without a
//! network too.

use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::Draft;
use portero_protocol::venue::PublicKey;

use super::Desk;
use crate::error::{DoorError, Result};
use crate::facts::{self, WriteBody};
use crate::verdict::House;
use crate::view::Allotment;

/// The issue of a ticket that was never issued anew.
const FIRST_ISSUE: u32 = 1;

impl Desk {
    /// How many people this door may let in as walk-ins tonight, and how many of those places are taken; `None`: nobody gave it an allotment, or its key is
    /// not published yet.
    pub(crate) fn allotment(&self) -> Result<Option<Allotment>> {
        let Some(house) = self.known.house() else {
            return Ok(None);
        };
        let Some(seats) = self.published(&house)?.and_then(|key| key.allotment) else {
            return Ok(None);
        };
        let tonight = house.calendar.day(self.known.hub_now());
        let mut used = 0_u32;
        for (_, draft) in self.walk_ins()? {
            if house.calendar.day_of(draft.date, draft.time) == tonight {
                used = used.saturating_add(draft.party);
            }
        }
        Ok(Some(Allotment { seats, used }))
    }

    /// Fails where the allotment is known and has no room for a walk-in. The hub would refuse it too, but later.
    pub(super) fn check_allotment(&self, draft: &Draft) -> Result<()> {
        match self.allotment()? {
            Some(Allotment { seats, used }) if used.saturating_add(draft.party) > seats => {
                Err(DoorError::new(
                    Code::WalkInOnly,
                    format!(
                        "this door may let {seats} people in without a reservation tonight, and {used} of those places are taken: a manager can give it more"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    /// The ticket of a walk-in that was made here, signed with this door's key; `None`: the reservation is none that was made here.
    ///
    /// # Errors
    /// `walk_in_only`: there is no allotment yet, or it had no room for this one. `stale_code`s are not made: `forbidden` where a manager issued it anew.
    pub(crate) fn walk_in_ticket(&self, id: &ReservationId) -> Result<Option<String>> {
        let house = self.known.house().ok_or_else(super::write::never_reached)?;
        let made = self.walk_ins()?;
        let Some((_, draft)) = made.iter().find(|(made, _)| made == id) else {
            return Ok(None);
        };
        let row = self.reads.sought_by_id(id)?.row;
        let (party, date, time, issue) = row
            .map_or((draft.party, draft.date, draft.time, FIRST_ISSUE), |row| {
                (row.party, row.date, row.time, row.issue.max(FIRST_ISSUE))
            });
        if issue > FIRST_ISSUE {
            return Err(DoorError::new(
                Code::Forbidden,
                "a manager issued this ticket anew: only managers can show it",
            ));
        }
        let day = house.calendar.day_of(date, time);
        let seats = self.published(&house)?.and_then(|key| key.allotment);
        let taken = made
            .iter()
            .filter(|(_, other)| house.calendar.day_of(other.date, other.time) == day)
            // Those after it do not take its place away.
            .scan(false, |past, (made, other)| {
                let before = !*past;
                *past |= made == id;
                Some(if before { other.party } else { 0 })
            })
            .fold(0_u32, u32::saturating_add);
        match seats {
            None => Err(DoorError::new(
                Code::WalkInOnly,
                "this door has no allotment for walk-in tickets: a manager gives it one among the devices. Without a ticket, admit the guests by hand",
            )),
            Some(seats) if taken > seats => Err(DoorError::new(
                Code::WalkInOnly,
                format!(
                    "this door's allotment of {seats} people has no room for a ticket of these: admit them by hand"
                ),
            )),
            Some(_) => {
                let key = self.facts.signing_key()?;
                Ok(Some(key.sign(
                    id.ticket_uuid(),
                    party,
                    day,
                    issue,
                    self.known.hub_now(),
                )))
            }
        }
    }

    /// This door's own key, as the venue has published it; `None`: it has not, or it has ended.
    pub(super) fn published<'h>(&self, house: &'h House) -> Result<Option<&'h PublicKey>> {
        let mut of_devices = house
            .venue
            .keys
            .iter()
            .filter(|key| key.device.is_some() && key.until.is_none())
            .peekable();
        if of_devices.peek().is_none() {
            return Ok(None);
        }
        let public = self.facts.signing_key()?.public_hex();
        Ok(of_devices.find(|key| key.key == public))
    }

    /// The walk-ins that were made here and not refused, in order.
    fn walk_ins(&self) -> Result<Vec<(ReservationId, Draft)>> {
        Ok(facts::walk_ins(self.facts.db())?
            .into_iter()
            .filter_map(|write| match write.body {
                WriteBody::Create { draft } => Some((write.reservation, *draft)),
                WriteBody::Update { .. } | WriteBody::Delete { .. } => None,
            })
            .collect())
    }
}
