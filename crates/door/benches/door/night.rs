//! A scan at one door, the change at another.

use std::time::Instant;

use crate::shared::disk::Probe;
use crate::shared::figure::{figure, ms, percentile};
use crate::shared::polling::{PEER, Poller};
use crate::shared::venue;

const SCANS: usize = 1_000;
const RESERVATIONS: usize = 200;

pub(crate) fn measure() {
    eprintln!("{SCANS} scans at one door, each seen at the other");
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "127.0.0.1", RESERVATIONS, 9_000);
    let codes = venue::codes(&hub, RESERVATIONS);
    let door = |name: &str| venue::door(folder.path(), &hub, name);
    let (mut here, mut there) = (door("Puerta 1"), door("Puerta 2"));
    let mut disk = Probe::new();
    let (mut verdicts, mut elsewhere) = (Vec::new(), Vec::new());
    for scan in 0..SCANS {
        let (id, code) = (venue::id(scan % RESERVATIONS), &codes[scan % RESERVATIONS]);
        let started = Instant::now();
        let answer = here.scan(code);
        verdicts.push(ms(started.elapsed()));
        assert!(answer["escaneoId"].is_string(), "not admitted: {answer}");
        let (seen, _) = there.event("the change at the other door", |event| {
            event["event"] == "changed"
                && event["reservas"]
                    .as_array()
                    .is_some_and(|changed| changed.is_empty() || changed.iter().any(|one| *one == *id))
        });
        elsewhere.push(ms(seen.duration_since(started)));
        if scan % 4 == 0 {
            disk.commit();
        }
    }
    here.delivered();
    hub.check();
    assert_eq!(hub.entries().len(), SCANS);

    let mut polling = Poller::new(&hub.url, &hub.token("portero", "Puerta 3"), &venue::today(&hub));
    (0..20).for_each(|_| polling.poll());
    for (name, percent) in [("p50", 50), ("p99", 99)] {
        figure(
            &format!("scan at one door -> changed at another, {name}"),
            percentile(&elsewhere, percent),
            "ms",
            Some(1_000.0),
            Some((polling.delay_ms(percent), PEER)),
        );
    }
    figure(
        "verdict with 200 reservations, p99",
        percentile(&verdicts, 99),
        "ms",
        Some(10.0 + disk.p99()),
        Some((disk.p99(), "this disk's own commit")),
    );
    disk.print();
    here.end();
    there.end();
}
