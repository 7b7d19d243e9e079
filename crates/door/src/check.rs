//! The door test, before opening: does this disk keep, does the hub answer, and is the roster the hub's?
//!
//! It asks the hub for tonight's list once and compares row by row. Nothing is recorded.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use jiff::civil::Date;
use portero_protocol::problem::Code;
use portero_protocol::reservation::Reservation;
use serde::Serialize;

use crate::cache::Listed;
use crate::door::Door;
use crate::error::{DoorError, Result};
use crate::hub::{Hub, Trouble};

/// The file that is written to see whether the disk keeps.
const PROBE: &str = "door-test.tmp";
/// As much as an entry with its row of the outbox takes.
const PROBE_BYTES: [u8; 4_096] = [0x50; 4_096];
/// Reservations in a page of the hub's list.
const PAGE: u32 = 1_000;
/// Changes that arrive between the hub's answer and the comparison make a difference that is none: so often it is looked again.
const LOOKS: u32 = 3;

/// What the door test found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct DoorCheck {
    /// How long this disk took to keep one entry's worth for good, in ms; `None`: it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_ms: Option<f64>,
    /// Bytes that are free where the facts are kept; `None`: the system does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub disk_free: Option<u64>,
    /// How long the hub took to answer, in ms; `None`: it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_ms: Option<f64>,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_problem: Option<Code>,
    /// Tonight's roster beside the hub's; `None` where the hub did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roster: Option<RosterCheck>,
}

/// Tonight's roster beside the hub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct RosterCheck {
    /// Reservations here.
    pub here: u32,
    /// Reservations at the hub.
    pub hub: u32,
    /// Those that are not the same on both sides. What waits here to be delivered is none.
    pub different: u32,
}

impl Door {
    /// Tries what the door needs tonight. A hub that does not answer is part of the answer.
    ///
    /// # Errors
    /// `storage`: what is known here cannot be read.
    pub async fn check(&self) -> Result<DoorCheck> {
        let dir = self.parts.dir.clone();
        let disk = tokio::task::spawn_blocking(move || (keep(&dir).ok(), fs4::available_space(&dir).ok()));
        let (disk_ms, disk_free) = disk.await.map_err(|_| DoorError::closed())?;
        let mut check = DoorCheck {
            disk_ms,
            disk_free,
            hub_ms: None,
            hub_problem: None,
            roster: None,
        };
        let (Some(hub), Some(day)) = (self.parts.hub.clone(), self.tonights_day()) else {
            check.hub_problem = Some(Code::HubUnreachable);
            return Ok(check);
        };
        for _ in 0..LOOKS {
            let asked = Instant::now();
            let theirs = match tonights(&hub, day).await {
                Ok(theirs) => theirs,
                Err(trouble) => {
                    check.hub_problem = Some(trouble.code);
                    return Ok(check);
                }
            };
            check.hub_ms = Some(asked.elapsed().as_secs_f64() * 1_000.0);
            let roster = self.compare(day, &theirs).await?;
            check.roster = Some(roster);
            if roster.different == 0 {
                break;
            }
        }
        Ok(check)
    }

    async fn compare(&self, day: Date, theirs: &[Reservation]) -> Result<RosterCheck> {
        let ours = self.read(move |reads| reads.roster(day)).await?;
        // Entries that wait are counted here and not there.
        let entries_wait = self.status().await?.outbox.pending > 0;
        let same = |row: &Reservation, listed: &Listed| {
            listed.version == row.version && (entries_wait || listed.attendance == row.attendance)
        };
        let unlike = theirs
            .iter()
            .filter(|row| {
                ours.get(row.id.as_str())
                    .is_none_or(|listed| !listed.pending && !same(row, listed))
            })
            .count();
        let there: HashSet<&str> = theirs.iter().map(|row| row.id.as_str()).collect();
        let only_here = ours
            .iter()
            .filter(|(id, listed)| !listed.pending && !there.contains(id.as_str()))
            .count();
        Ok(RosterCheck {
            here: count(ours.len()),
            hub: count(theirs.len()),
            different: count(unlike + only_here),
        })
    }
}

/// The hub's whole list of a venue day.
async fn tonights(hub: &Hub, day: Date) -> Result<Vec<Reservation>, Trouble> {
    let mut all: Vec<Reservation> = Vec::new();
    loop {
        let page = hub.list(day, PAGE, count(all.len())).await?;
        let empty = page.reservations.is_empty();
        all.extend(page.reservations);
        if empty || all.len() as u64 >= page.total {
            return Ok(all);
        }
    }
}

/// Writes as much as an entry takes and waits until it is on the disk. How long that took, in ms.
fn keep(dir: &Path) -> std::io::Result<f64> {
    let file = dir.join(PROBE);
    let began = Instant::now();
    let written = fs::File::create(&file).and_then(|mut probe| {
        probe.write_all(&PROBE_BYTES)?;
        probe.sync_all()
    });
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    let removed = fs::remove_file(&file);
    written.and(removed).map(|()| took)
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
