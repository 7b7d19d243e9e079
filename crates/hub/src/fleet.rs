//! How each laptop is: its streams, what it last said of itself, and what a manager should look at. In memory: after a start it is known again as
//! soon as the laptops are back, which takes them seconds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portero_protocol::day::Calendar;
use portero_protocol::device::{Alarm, Device, DeviceState, Report, Role};
use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;

use crate::clock;
use crate::error::Result;
use crate::http::App;

/// A laptop without a stream asks every two minutes; after this long, in ms, it is silent.
const SILENT_MS: i64 = 150_000;

/// Every device that was heard since the start.
#[derive(Default)]
pub(crate) struct Fleet(Arc<Mutex<HashMap<DeviceId, Laptop>>>);

#[derive(Default)]
struct Laptop {
    /// The last position that went out on each of its streams.
    streams: Vec<Arc<AtomicU64>>,
    /// Whether guests stand before it.
    door: bool,
    heard: Option<Instant>,
    report: Option<(Report, Instant)>,
    /// The alarms that managers were told of.
    told: Vec<Alarm>,
}

impl Fleet {
    fn laptops(&self) -> MutexGuard<'_, HashMap<DeviceId, Laptop>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device made a request, perhaps with a report.
    pub(crate) fn heard(&self, device: DeviceId, role: Role, now: Instant, report: Option<Report>) {
        let mut laptops = self.laptops();
        let laptop = laptops.entry(device).or_default();
        laptop.door = role == Role::Door;
        laptop.heard = Some(now);
        if let Some(report) = report {
            laptop.report = Some((report, now));
        }
    }

    /// A device opened a stream that starts after `pos`. It is open as long as what is given lives.
    pub(crate) fn follow(&self, device: DeviceId, pos: u64) -> Following {
        let pos = Arc::new(AtomicU64::new(pos));
        let mut laptops = self.laptops();
        laptops.entry(device).or_default().streams.push(Arc::clone(&pos));
        Following {
            fleet: Arc::clone(&self.0),
            device,
            pos,
        }
    }

    /// Adds to devices what is known here of how they are.
    pub(crate) fn describe(&self, devices: &mut [Device], head: u64, calendar: &Calendar) {
        let laptops = self.laptops();
        let now = clock::now();
        for device in devices {
            if let Some(laptop) = laptops.get(&device.id) {
                laptop.describe(device, head, now, calendar);
            }
        }
    }

    /// Those whose alarms are others than managers were told of. From now on they are told.
    fn news(&self, calendar: &Calendar) -> Vec<DeviceId> {
        let now = clock::now();
        let mut laptops = self.laptops();
        let mut news = Vec::new();
        for (device, laptop) in laptops.iter_mut() {
            let alarms = laptop.alarms(now, calendar);
            if laptop.told != alarms {
                laptop.told = alarms;
                news.push(*device);
            }
        }
        news
    }
}

impl Laptop {
    fn alarms(&self, now: Instant, calendar: &Calendar) -> Vec<Alarm> {
        let mut alarms = self
            .report
            .as_ref()
            .map(|(report, _)| report.alarms())
            .unwrap_or_default();
        // One that was put away after its night alarms nobody in the next.
        let silent = self.door
            && self.report.as_ref().is_some_and(|(report, _)| !report.rests())
            && self.streams.is_empty()
            && self.heard.is_some_and(|heard| {
                now.ms() - heard.ms() > SILENT_MS && calendar.day(heard) == calendar.day(now)
            });
        if silent {
            let worst = usize::from(alarms.first() == Some(&Alarm::Disk));
            alarms.insert(worst, Alarm::Silent);
        }
        alarms
    }

    fn describe(&self, device: &mut Device, head: u64, now: Instant, calendar: &Calendar) {
        let report = self.report.as_ref().map(|(report, _)| report.clone());
        let position = self
            .streams
            .iter()
            .map(|pos| pos.load(Ordering::Relaxed))
            .max()
            .or_else(|| Some(report.as_ref()?.position).filter(|pos| *pos > 0));
        device.seen = device.seen.max(self.heard);
        device.state = Some(Box::new(DeviceState {
            connected: !self.streams.is_empty(),
            behind: position.map(|pos| head.saturating_sub(pos)),
            report,
            reported: self.report.as_ref().map(|(_, at)| *at),
            alarms: if device.revoked.is_some() {
                Vec::new()
            } else {
                self.alarms(now, calendar)
            },
        }));
    }
}

/// A stream that is open.
pub(crate) struct Following {
    fleet: Arc<Mutex<HashMap<DeviceId, Laptop>>>,
    device: DeviceId,
    pos: Arc<AtomicU64>,
}

impl Following {
    /// This position went out.
    pub(crate) fn sent(&self, pos: u64) {
        self.pos.store(pos, Ordering::Relaxed);
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut laptops = self.fleet.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(laptop) = laptops.get_mut(&self.device) {
            laptop.streams.retain(|pos| !Arc::ptr_eq(pos, &self.pos));
            // It was there until now, however long it said nothing.
            laptop.heard = laptop.heard.max(Some(clock::now()));
        }
    }
}

/// Tells managers of alarms that came or went: an event of each such device.
pub(crate) async fn watch(app: &App) -> Result<()> {
    let known = app.store.shared().known();
    let news = app.fleet.news(&known.calendar);
    for id in news {
        let head = app.store.shared().live.head();
        let mut devices = [app.store.read(move |view| view.device(id)).await?];
        app.fleet.describe(&mut devices, head, &known.calendar);
        let [device] = devices;
        app.store.write(move |tx| tx.device_told(&device)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    /// What alarms in a door that said this three minutes ago, and nothing since.
    fn alarms(report: Report) -> Vec<Alarm> {
        let calendar = Calendar::new(
            TimeZone::get("America/Guayaquil").unwrap(),
            jiff::civil::time(4, 0, 0, 0),
        );
        let now = "2026-11-28T03:40:00Z".parse::<Instant>().unwrap();
        let heard = Instant::from_ms(now.ms() - 180_000);
        let laptop = Laptop {
            door: true,
            heard: Some(heard),
            report: Some((report, heard)),
            ..Laptop::default()
        };
        laptop.alarms(now, &calendar)
    }

    #[test]
    fn a_door_that_said_goodbye_is_not_missed_unless_it_took_something_along() {
        let said = |closed, pending| Report {
            closed,
            pending,
            ..Report::default()
        };
        assert_eq!(alarms(said(false, 0)), [Alarm::Silent]);
        assert_eq!(alarms(said(true, 0)), []);
        assert_eq!(alarms(said(true, 1)), [Alarm::Silent]);
    }
}
