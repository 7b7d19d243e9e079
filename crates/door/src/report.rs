//! What this laptop says of itself to the hub, and when: with requests that are made anyway, and by a request of its own only where a manager
//! should know of something before guests notice.

use std::sync::{Mutex, PoisonError};

use portero_protocol::device::{CameraHealth, Report};

/// The least time between two requests that are made for a report, in ms.
const PAUSE_MS: u64 = 60_000;

/// The report, shared by everything that touches the wire.
#[derive(Debug, Default)]
pub(crate) struct Reporter(Mutex<Reports>);

#[derive(Debug, Default)]
struct Reports {
    camera: Option<CameraHealth>,
    now: Option<Report>,
    /// The last one that the hub answered to.
    told: Option<Report>,
    /// When one was last sent by itself, in [`crate::shell::Ticks`].
    sent: Option<u64>,
}

impl Reporter {
    fn with<R>(&self, work: impl FnOnce(&mut Reports) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The camera is so.
    pub(crate) fn camera(&self, health: CameraHealth) {
        self.with(|reports| reports.camera = Some(health));
    }

    /// This laptop is so, but for its camera.
    pub(crate) fn update(&self, report: Report) {
        self.with(|reports| {
            reports.now = Some(Report {
                camera: reports.camera,
                ..report
            });
        });
    }

    /// What a request that is made anyway takes along; `None`: the hub knows it.
    pub(crate) fn along(&self) -> Option<Report> {
        self.with(|reports| {
            let now = reports.now.as_ref()?;
            let known = reports.told.as_ref().is_some_and(|told| told.says_the_same(now));
            (!known).then(|| now.clone())
        })
    }

    /// The hub answered to a request that took it along.
    pub(crate) fn told(&self, report: Report) {
        self.with(|reports| reports.told = Some(report));
    }

    /// The last word: as this laptop was when it was looked at last, what it takes along, and that it closes.
    pub(crate) fn goodbye(&self, pending: u32) -> Option<Report> {
        self.with(|reports| reports.now.clone()).map(|report| Report {
            pending,
            closed: true,
            ..report
        })
    }

    /// What has to be said now by itself: an alarm came or went, and no request took it along.
    pub(crate) fn due(&self, ticks: u64) -> Option<Report> {
        self.with(|reports| {
            let now = reports.now.as_ref()?;
            let before = reports.told.as_ref().map(Report::alarms).unwrap_or_default();
            let soon = reports.sent.is_some_and(|sent| ticks < sent + PAUSE_MS);
            if soon || now.alarms() == before {
                return None;
            }
            let report = now.clone();
            reports.sent = Some(ticks);
            Some(report)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(pending: u32) -> Report {
        Report {
            version: "0.1.0".to_owned(),
            pending,
            ..Report::default()
        }
    }

    #[test]
    fn what_the_hub_knows_is_not_said_again() {
        let reporter = Reporter::default();
        assert_eq!(reporter.along(), None);
        reporter.update(report(0));
        let said = reporter.along().unwrap();
        assert!(reporter.along().is_some(), "nobody answered yet");
        reporter.told(said);
        assert_eq!(reporter.along(), None);
        reporter.update(report(3));
        assert_eq!(reporter.along().unwrap().pending, 3);
    }

    #[test]
    fn a_calm_laptop_makes_no_request_of_its_own() {
        let reporter = Reporter::default();
        for minute in 0..600 {
            reporter.update(report(minute % 4));
            assert_eq!(reporter.due(u64::from(minute) * 60_000), None);
        }
    }

    #[test]
    fn an_alarm_is_said_once_and_at_most_each_minute() {
        let reporter = Reporter::default();
        reporter.camera(CameraHealth::Broken);
        reporter.update(report(0));
        let said = reporter.due(1_000).unwrap();
        assert_eq!(said.camera, Some(CameraHealth::Broken));
        assert_eq!(reporter.due(2_000), None, "not answered, and too soon");
        assert!(reporter.due(61_000).is_some(), "not answered: again");
        reporter.told(said);
        assert_eq!(reporter.due(200_000), None);
        reporter.camera(CameraHealth::Good);
        reporter.update(report(0));
        assert!(reporter.due(200_000).is_some(), "it went, and that is news too");
    }
}
