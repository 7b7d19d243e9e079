//! Nights summed up for a report.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use portero_protocol::reservation::Status;

use super::super::slot::{day_places, day_start};
use super::{COLUMNS, Reads, raw, read};
use crate::error::Result;
use crate::view::{Group, NightsReport, Range, Row, Sums};

/// A report that is being made: some nights after the other, so that nobody waits behind it.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    days: BTreeMap<String, Tally>,
    weekdays: BTreeMap<String, Tally>,
    promoters: BTreeMap<String, Tally>,
    occasions: BTreeMap<String, Tally>,
    origins: BTreeMap<String, Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    sums: Sums,
    nights: BTreeSet<Date>,
}

impl Tallies {
    /// Counts a reservation; `over`: its night has ended.
    fn count(&mut self, row: &Row, over: bool) {
        let reservation = &row.reservation;
        let promoter = reservation
            .promoter
            .as_ref()
            .map(|promoter| promoter.name.clone());
        let origin = reservation.origin.as_str();
        let weekday = row.day.weekday().to_monday_one_offset();
        for (group, key) in [
            (&mut self.days, row.day.to_string()),
            (&mut self.weekdays, weekday.to_string()),
            (&mut self.promoters, promoter.unwrap_or_default()),
            (
                &mut self.occasions,
                reservation
                    .occasion
                    .as_deref()
                    .unwrap_or_default()
                    .trim()
                    .to_owned(),
            ),
            (&mut self.origins, origin.to_owned()),
        ] {
            group.entry(key).or_default().count(row, over);
        }
    }

    /// The report.
    pub(crate) fn report(self) -> NightsReport {
        let mut total = Sums::default();
        for tally in self.days.values() {
            total.add(tally.sums());
        }
        NightsReport {
            total,
            days: in_order(self.days),
            weekdays: in_order(self.weekdays),
            promoters: most_first(self.promoters),
            occasions: most_first(self.occasions),
            origins: most_first(self.origins),
        }
    }
}

impl Tally {
    fn count(&mut self, row: &Row, over: bool) {
        let reservation = &row.reservation;
        self.nights.insert(row.day);
        self.sums.came += reservation.attendance;
        if reservation.status == Status::Cancelled {
            self.sums.cancelled += 1;
            return;
        }
        self.sums.reservations += 1;
        self.sums.expected += reservation.party;
        self.sums.excess += reservation.excess();
        if reservation.attendance == 0 && (over || reservation.status == Status::NoShow) {
            self.sums.no_shows += 1;
        }
    }

    fn sums(&self) -> Sums {
        Sums {
            nights: u32::try_from(self.nights.len()).unwrap_or(u32::MAX),
            ..self.sums
        }
    }
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.nights += other.nights;
        self.reservations += other.reservations;
        self.expected += other.expected;
        self.came += other.came;
        self.excess += other.excess;
        self.no_shows += other.no_shows;
        self.cancelled += other.cancelled;
    }
}

fn in_order(tallies: BTreeMap<String, Tally>) -> Vec<Group> {
    tallies
        .into_iter()
        .map(|(key, tally)| Group {
            key,
            sums: tally.sums(),
        })
        .collect()
}

fn most_first(tallies: BTreeMap<String, Tally>) -> Vec<Group> {
    let mut groups = in_order(tallies);
    groups.sort_by_key(|group| std::cmp::Reverse((group.sums.came, group.sums.expected)));
    groups
}

impl Reads {
    /// Counts the nights of a range; `tonight`: the first that is not over.
    pub(crate) fn tally(&self, range: Range, tonight: Date, mut tallies: Tallies) -> Result<Tallies> {
        let (from, to) = (day_start(range.from), day_places(range.to).1);
        let view = self.view()?;
        let mut statement = view.slot().sql(&format!(
            "SELECT {COLUMNS} FROM row_# WHERE place >= ?1 AND place < ?2 ORDER BY place"
        ))?;
        for found in statement.query_map([from, to], raw)? {
            let row = read(found?)?;
            tallies.count(&row, row.day < tonight);
        }
        Ok(tallies)
    }
}
