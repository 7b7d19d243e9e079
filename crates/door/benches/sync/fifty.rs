//! Fifty doors: from a check-in at one to `changed` at each of the others.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::progress::Progress;
use crate::shared::figure::{figure, ms, percentile};
use crate::shared::polling::{PEER, Poller};
use crate::shared::venue;
use crate::support::door::Door;

const DOORS: usize = 50;
/// A check-in each five seconds at each door for half a minute.
const SCANS: usize = 300;
const PACE: Duration = Duration::from_millis(100);

pub(crate) fn measure() {
    let progress = Progress::start("check-ins seen at 50 doors", SCANS);
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "127.0.0.1", SCANS, 4);
    let codes = venue::codes(&hub, SCANS);
    let mut doors: Vec<Door> = (0..DOORS)
        .map(|number| venue::door(folder.path(), &hub, &format!("Puerta {number}")))
        .collect();
    let mut delays = Vec::new();
    for (scan, code) in codes.iter().enumerate() {
        let began = Instant::now();
        let here = scan % DOORS;
        let answer = doors[here].scan(code);
        assert_eq!(answer["verdict"], "admitted", "{answer}");
        let id = json!(venue::id(scan));
        for (number, door) in doors.iter_mut().enumerate() {
            if number != here {
                let (seen, _) = door.event("the change", |event| names(event, &id));
                delays.push(ms(seen.duration_since(began)));
            }
        }
        progress.step();
        std::thread::sleep(PACE.saturating_sub(began.elapsed()));
    }
    hub.check();
    let mut polling = Poller::new(&hub.url, &hub.token("portero", "Puerta 99"), &venue::today(&hub));
    (0..20).for_each(|_| polling.poll());
    for (name, percent, budget) in [("p50", 50, None), ("p99", 99, Some(100.0))] {
        figure(
            &format!("check-in -> changed at the other 49 doors, {name}"),
            percentile(&delays, percent),
            "ms",
            budget,
            Some((polling.delay_ms(percent), PEER)),
        );
    }
}

/// Whether an event says that this reservation changed.
fn names(event: &Value, id: &Value) -> bool {
    event["event"] == "changed" && event["reservas"].as_array().is_some_and(|all| all.contains(id))
}
