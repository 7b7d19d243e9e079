//! Who this device is, and what the badge shows.

use portero_protocol::device::CLOCK_FAR_MS;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::reservation::wire_time;

use super::Door;
use crate::error::Result;
use crate::facts;
use crate::known::wall_ms;
use crate::view::{DoorStatus, HourMinute, Identity};

impl Door {
    /// Who and where this device is.
    ///
    /// # Errors
    /// `storage`.
    pub fn identity(&self) -> Result<Identity> {
        let view = self.parts.view.get();
        let house = self.parts.known.house();
        let house = house.as_deref();
        Ok(Identity {
            device_id: self.parts.device(),
            door: self.parts.known.door(),
            role: view.role,
            venue: house.map(|house| house.venue.name.clone()),
            time_zone: house.map(|house| house.venue.time_zone.clone()),
            today: house.map(|house| house.calendar.day(self.parts.known.hub_now())),
            cutoff: house.map(|house| wire_time::format(house.venue.cutoff)),
        })
    }

    /// The last sixty minutes of the connection, the running one last.
    #[must_use]
    pub fn minutes(&self) -> Vec<HourMinute> {
        self.parts.figures.minutes()
    }

    /// What the badge shows.
    ///
    /// # Errors
    /// `storage`.
    pub async fn status(&self) -> Result<DoorStatus> {
        let wall = wall_ms();
        let walk_ins = self.parts.desk.ask(|desk| desk.allotment()).await?;
        let mut outbox = self
            .parts
            .reads
            .ask(move |reads| facts::counts(reads.facts(), wall))
            .await?;
        let parts = &self.parts;
        outbox.sent = Some(parts.under_way.count().min(outbox.pending)).filter(|sent| *sent > 0);
        let view = parts.view.get();
        let (offset, error) = parts
            .known
            .clock(|clock| (clock.offset_ms(), clock.error_ms(wall)));
        let (requests_this_hour, bytes_today) = parts.figures.traffic();
        let age = match view.proven {
            Some(proven) => Some(i64::try_from(parts.ticks.now().saturating_sub(proven)).unwrap_or(i64::MAX)),
            // Not in this run: from what was kept.
            None => parts
                .known
                .proven()
                .map(|proven| (parts.known.hub_now().ms() - proven.ms()).max(0)),
        };
        Ok(DoorStatus {
            state: view.state,
            since: Instant::from_ms(view.since_ms + offset),
            problem: if view.disk_full {
                Some(Code::DiskFull)
            } else {
                view.problem
            },
            epoch: view
                .cursor
                .as_ref()
                .map(|cursor| cursor.epoch.as_str().to_owned()),
            cursor: view.cursor.as_ref().map_or(0, |cursor| cursor.pos),
            head: view.head,
            outbox,
            clock_offset_ms: offset,
            clock_error_ms: error,
            clock_warning_ms: error
                .filter(|error| offset.abs() - error > CLOCK_FAR_MS)
                .map(|_| offset),
            data_age_ms: age,
            requests_this_hour,
            bytes_today,
            latency_ms: parts.figures.latency_ms(),
            reconnect_ms: parts.figures.reconnect_ms(),
            walk_ins,
        })
    }
}
