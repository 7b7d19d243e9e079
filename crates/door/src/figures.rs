//! The four figures that the connection is judged by: requests this hour, bytes today, time per event, time to reconnect. Measured, not estimated, but
//! for the frames around the bytes: see [`crate::hub`].

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::hour::Hour;
use crate::view::{DayFigure, HourMinute, Percentiles, Reconnects};

/// How many of the last measurements count.
const KEPT: usize = 1_000;
const HOUR: Duration = Duration::from_secs(3_600);

/// The figures. Shared by everything that touches the wire.
#[derive(Debug, Default)]
pub(crate) struct Figures(Mutex<Measured>);

#[derive(Debug, Default)]
struct Measured {
    requests: VecDeque<Instant>,
    /// The venue's day that `bytes` and `sent` belong to.
    day: String,
    bytes: u64,
    sent: u64,
    latency_ms: VecDeque<f64>,
    reconnect_ms: VecDeque<f64>,
    opened: Option<Instant>,
    hour: Hour,
}

/// What was measured on a day: the part of the figures that is kept over a restart.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DayFigures {
    /// The venue's day.
    pub(crate) day: String,
    /// Bytes to and from the hub.
    pub(crate) bytes: u64,
    /// Requests to the hub.
    pub(crate) requests: u64,
    /// The last measurements of the time from the hub's commit to the row here, in ms.
    pub(crate) latency_ms: Vec<f64>,
    /// The last measurements of the time to reconnect, in ms.
    pub(crate) reconnect_ms: Vec<f64>,
}

impl Measured {
    /// Minutes since the first look: they only go forward.
    fn minute(&mut self) -> u64 {
        self.opened.get_or_insert_with(Instant::now).elapsed().as_secs() / 60
    }

    fn this_minute(&mut self) -> &mut HourMinute {
        let minute = self.minute();
        self.hour.minute(minute)
    }
}

impl DayFigures {
    /// As people see it.
    pub(crate) fn shown(&self) -> DayFigure {
        DayFigure {
            day: self.day.clone(),
            requests: self.requests,
            bytes: self.bytes,
            latency_ms: percentiles(self.latency_ms.clone()),
            reconnect_ms: reconnects(self.reconnect_ms.clone()),
            reconnects: u32::try_from(self.reconnect_ms.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Figures {
    fn with<R>(&self, work: impl FnOnce(&mut Measured) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request leaves.
    pub(crate) fn request(&self) {
        self.with(|measured| {
            measured.sent += 1;
            measured.this_minute().requests += 1;
            measured.requests.push_back(Instant::now());
            while measured.requests.front().is_some_and(|at| at.elapsed() > HOUR) {
                measured.requests.pop_front();
            }
        });
    }

    /// Bytes went over the wire, either way.
    pub(crate) fn bytes(&self, count: u64) {
        self.with(|measured| {
            measured.bytes += count;
            measured.this_minute().bytes += count;
        });
    }

    /// From the hub's commit to the row here.
    pub(crate) fn latency(&self, ms: f64) {
        self.with(|measured| {
            keep(&mut measured.latency_ms, ms);
            slowest(&mut measured.this_minute().latency_ms, ms);
        });
    }

    /// From a usable link to `connected`.
    pub(crate) fn reconnected(&self, ms: f64) {
        self.with(|measured| {
            keep(&mut measured.reconnect_ms, ms);
            slowest(&mut measured.this_minute().reconnect_ms, ms);
        });
    }

    /// The last sixty minutes, the running one last.
    pub(crate) fn minutes(&self) -> Vec<HourMinute> {
        self.with(|measured| {
            let minute = measured.minute();
            measured.hour.minutes(minute)
        })
    }

    /// Today is this day: another day starts at nothing, unless it is the one that was kept. Gives the day that is over then.
    pub(crate) fn today(&self, day: &str, kept: Option<DayFigures>) -> Option<DayFigures> {
        self.with(|measured| {
            if measured.day == day {
                return None;
            }
            let over = measured.day_figures();
            day.clone_into(&mut measured.day);
            if over.is_some() {
                (measured.bytes, measured.sent) = (0, 0);
                measured.latency_ms.clear();
                measured.reconnect_ms.clear();
            }
            // What was counted before the venue was known belongs to today.
            if let Some(kept) = kept.filter(|kept| kept.day == day) {
                measured.bytes += kept.bytes;
                measured.sent += kept.requests;
                before(&mut measured.latency_ms, kept.latency_ms);
                before(&mut measured.reconnect_ms, kept.reconnect_ms);
            }
            over
        })
    }

    /// What is kept over a restart; `None` before the venue is known.
    pub(crate) fn day(&self) -> Option<DayFigures> {
        self.with(|measured| measured.day_figures())
    }

    /// Requests in the last 60 minutes, and bytes today.
    pub(crate) fn traffic(&self) -> (u32, u64) {
        self.with(|measured| {
            let requests = measured.requests.iter().filter(|at| at.elapsed() <= HOUR).count();
            (u32::try_from(requests).unwrap_or(u32::MAX), measured.bytes)
        })
    }

    /// The middle and the tail of the time per event.
    pub(crate) fn latency_ms(&self) -> Percentiles {
        self.with(|measured| percentiles(measured.latency_ms.iter().copied().collect()))
    }

    /// How long reconnecting took.
    pub(crate) fn reconnect_ms(&self) -> Reconnects {
        self.with(|measured| reconnects(measured.reconnect_ms.iter().copied().collect()))
    }
}

impl Measured {
    fn day_figures(&self) -> Option<DayFigures> {
        (!self.day.is_empty()).then(|| DayFigures {
            day: self.day.clone(),
            bytes: self.bytes,
            requests: self.sent,
            latency_ms: self.latency_ms.iter().copied().collect(),
            reconnect_ms: self.reconnect_ms.iter().copied().collect(),
        })
    }
}

/// Puts what was measured earlier before what was measured since.
fn before(now: &mut VecDeque<f64>, earlier: Vec<f64>) {
    for value in earlier.into_iter().rev() {
        if now.len() == KEPT {
            return;
        }
        now.push_front(value);
    }
}

fn percentiles(mut measured: Vec<f64>) -> Percentiles {
    measured.sort_by(f64::total_cmp);
    Percentiles {
        p50: percentile(&measured, 50),
        p99: percentile(&measured, 99),
    }
}

fn reconnects(mut measured: Vec<f64>) -> Reconnects {
    let last = measured.last().copied();
    measured.sort_by(f64::total_cmp);
    Reconnects {
        last,
        p50: percentile(&measured, 50),
        max: measured.last().copied(),
    }
}

fn slowest(known: &mut Option<f64>, ms: f64) {
    *known = Some(known.map_or(ms, |known| known.max(ms)));
}

fn keep(all: &mut VecDeque<f64>, value: f64) {
    if all.len() == KEPT {
        all.pop_front();
    }
    all.push_back(value);
}

/// The least value that so many of 100 do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let figures = Figures::default();
        assert_eq!(figures.latency_ms(), Percentiles::default());
        for ms in 1..=200 {
            figures.latency(f64::from(ms));
        }
        assert_eq!(
            figures.latency_ms(),
            Percentiles {
                p50: Some(100.0),
                p99: Some(198.0)
            }
        );
        for ms in [300.0, 900.0, 500.0] {
            figures.reconnected(ms);
        }
        assert_eq!(
            figures.reconnect_ms(),
            Reconnects {
                last: Some(500.0),
                p50: Some(500.0),
                max: Some(900.0)
            }
        );
    }

    #[test]
    fn a_day_goes_on_after_a_restart_and_another_starts_anew() {
        let figures = Figures::default();
        figures.bytes(10);
        figures.latency(30.0);
        let kept = DayFigures {
            day: "2026-11-24".to_owned(),
            bytes: 100,
            requests: 3,
            latency_ms: vec![10.0, 20.0],
            reconnect_ms: vec![500.0],
        };
        assert_eq!(figures.today("2026-11-24", Some(kept.clone())), None);
        assert_eq!(figures.traffic().1, 110);
        assert_eq!(figures.day().unwrap().latency_ms, [10.0, 20.0, 30.0]);
        let over = figures.today("2026-11-25", Some(kept)).unwrap();
        assert_eq!(
            (over.bytes, over.reconnect_ms.as_slice()),
            (110, [500.0].as_slice())
        );
        assert_eq!(over.shown().latency_ms.p50, Some(20.0));
        assert_eq!(figures.traffic().1, 0);
        assert_eq!(figures.latency_ms(), Percentiles::default());
    }
}
