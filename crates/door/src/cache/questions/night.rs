//! A night in numbers, and a month's load.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use portero_protocol::instant::Instant;
use portero_protocol::listing::QuarterHour;
use portero_protocol::reservation::Status;

use super::super::slot::{day_of, day_places, day_start};
use super::{COLUMNS, Reads, raw, read};
use crate::error::Result;
use crate::verdict::House;
use crate::view::{DayLoad, DoorNight, Tonight};

const QUARTER_MS: i64 = 15 * 60 * 1_000;

impl Reads {
    /// A venue day in numbers, from what is known here; `over`: it has ended.
    pub(crate) fn night(&self, house: &House, day: Date, over: bool) -> Result<Tonight> {
        let (from, to) = day_places(day);
        let view = self.view()?;
        let slot = view.slot();
        let mut night = Tonight {
            day,
            reservations: 0,
            expected: 0,
            inside: 0,
            to_come: 0,
            excess: 0,
            no_shows: 0,
            capacity: house.venue.capacity,
            curve: Vec::new(),
            planned: Vec::new(),
            doors: Vec::new(),
        };
        let mut planned = BTreeMap::new();
        let mut statement = slot.sql(&format!(
            "SELECT {COLUMNS} FROM row_# WHERE place >= ?1 AND place < ?2"
        ))?;
        for found in statement.query_map([from, to], raw)? {
            let row = read(found?)?.reservation;
            night.inside += row.attendance;
            if row.status == Status::Cancelled {
                continue;
            }
            night.reservations += 1;
            night.expected += row.party;
            night.excess += row.excess();
            if row.attendance == 0 && (over || row.status == Status::NoShow) {
                night.no_shows += 1;
            }
            // Of a party that has left, or that nobody waits for, no one comes any more.
            if !over && !matches!(row.status, Status::Finished | Status::NoShow) {
                night.to_come += row.party.saturating_sub(row.attendance);
            }
            add(
                &mut planned,
                house.calendar.instant(row.date, row.time).ms(),
                row.party,
            );
        }
        let mut arrivals = BTreeMap::new();
        let mut doors: BTreeMap<String, BTreeMap<i64, u32>> = BTreeMap::new();
        let mut statement = slot.sql(
            "SELECT entry_#.at, entry_#.quantity, COALESCE(json_extract(entry_#.json, '$.puerta'), '') FROM row_# CROSS JOIN entry_# ON entry_#.reservation = row_#.id
             WHERE row_#.place >= ?1 AND row_#.place < ?2 AND entry_#.voids IS NULL AND NOT entry_#.voided",
        )?;
        let entries = statement.query_map([from, to], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, u32>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        for entry in entries {
            let (at, quantity, door) = entry?;
            add(&mut arrivals, at, quantity);
            add(doors.entry(door).or_default(), at, quantity);
        }
        night.doors = doors.into_iter().map(door_night).collect();
        night.doors.sort_by_key(|door| std::cmp::Reverse(door.arrivals));
        night.curve = quarters(arrivals);
        night.planned = quarters(planned);
        Ok(night)
    }

    /// Reservations and people by venue day of a month.
    pub(crate) fn month_load(&self, month: Date) -> Result<Vec<DayLoad>> {
        let first = month.first_of_month();
        let (from, to) = (
            day_start(first),
            day_start(month.last_of_month().saturating_add(1.day())),
        );
        let view = self.view()?;
        let mut statement = view
            .slot()
            .sql("SELECT place, party FROM row_# WHERE place >= ?1 AND place < ?2 AND status <> ?3")?;
        let rows = statement.query_map(rusqlite::params![from, to, Status::Cancelled.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?))
        })?;
        let mut days: Vec<DayLoad> = Vec::new();
        for row in rows {
            let (place, party) = row?;
            let day = day_of(place);
            match days.last_mut() {
                Some(load) if load.day == day => {
                    load.reservations += 1;
                    load.people += party;
                }
                _ => days.push(DayLoad {
                    day,
                    reservations: 1,
                    people: party,
                }),
            }
        }
        Ok(days)
    }
}

fn door_night((door, arrivals): (String, BTreeMap<i64, u32>)) -> DoorNight {
    DoorNight {
        door,
        arrivals: arrivals.values().sum(),
        curve: quarters(arrivals),
    }
}

fn add(quarters: &mut BTreeMap<i64, u32>, at_ms: i64, people: u32) {
    *quarters
        .entry(at_ms.div_euclid(QUARTER_MS) * QUARTER_MS)
        .or_default() += people;
}

fn quarters(quarters: BTreeMap<i64, u32>) -> Vec<QuarterHour> {
    quarters
        .into_iter()
        .map(|(from, arrivals)| QuarterHour {
            from: Instant::from_ms(from),
            arrivals,
        })
        .collect()
}
