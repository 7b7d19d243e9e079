//! What a night costs in bytes: 2,000 entries of two doors in 8 hours.
//!
//! Each entry is made, delivered and seen before the next, as they are when seconds lie between them: nothing is sent together that would not be in a night.
//! The quiet between them is added from what was measured of it. The control polls the same hub at the same moments of the same night.

use std::time::Instant;

use serde_json::json;

use crate::idle::Quiet;
use crate::meter::Meter;
use crate::progress::Progress;
use crate::shared::figure::figure;
use crate::shared::polling::{EVERY_S, PEER, Poller};
use crate::shared::venue;
use crate::support::door::Door;

const ENTRIES: u32 = 2_000;
const RESERVATIONS: usize = 500;
/// A night has 8 hours; all come in the middle 4, so that the control's polls in the other 4 find nothing new.
const NIGHT_S: u32 = 8 * 3_600;
const FIRST_S: f64 = 2.0 * 3_600.0;
const BETWEEN_S: f64 = 4.0 * 3_600.0 / ENTRIES as f64;
const MEGABYTE: f64 = 1e6;

pub(crate) fn measure(quiet: &Quiet) {
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "127.0.0.1", RESERVATIONS, 4);
    let codes = venue::codes(&hub, RESERVATIONS);
    let meter = Meter::before(&hub.url);
    let mut polling = Poller::new(&hub.url, &hub.token("portero", "Puerta 3"), &venue::today(&hub));
    let door =
        |name: &str, url: &str| Door::live(&folder.path().join(name), url, &hub.token("portero", name), name);
    let started = Instant::now();
    let mut here = door("Puerta 1", &meter.url);
    let mut there = door("Puerta 2", &hub.url);

    let progress = Progress::start("2,000 entries", ENTRIES as usize);
    let mut polls = (0..=NIGHT_S / EVERY_S).map(|poll| poll * EVERY_S).peekable();
    for entry in 0..ENTRIES {
        let now = FIRST_S + f64::from(entry) * BETWEEN_S;
        while polls.next_if(|poll| f64::from(*poll) < now).is_some() {
            polling.poll();
        }
        let reservation = entry as usize % RESERVATIONS;
        if entry % 2 == 0 {
            let answer = here.scan(&codes[reservation]);
            assert_eq!(answer["verdict"], "admitted", "{answer}");
            let id = answer["escaneoId"].clone();
            here.event("the second tick", |event| {
                event["event"] == "confirmed" && event["escaneoId"] == id
            });
        } else {
            let answer = there.scan(&codes[reservation]);
            assert_eq!(answer["verdict"], "admitted", "{answer}");
            let id = json!(venue::id(reservation));
            here.event("the other door's entry", |event| {
                event["event"] == "changed" && event["reservas"].as_array().unwrap().contains(&id)
            });
        }
        progress.step();
    }
    polls.for_each(|_| polling.poll());
    let status = here.ask(json!({"cmd": "status"}));
    assert_eq!(status["cursor"], status["head"], "{status}");
    let took = started.elapsed().as_secs_f64();
    let measured = meter.read();
    assert_eq!(hub.entries().len(), ENTRIES as usize);
    hub.check();

    let rest = f64::from(NIGHT_S) - took;
    let bytes = measured.bytes as f64 + quiet.bytes(rest);
    eprintln!(
        "  a day: {} bytes of start, snapshot and {ENTRIES} entries, half of them its own, in {} requests (the door itself counts {}), and {:.0} bytes of the \
         other {rest:.0} s of 8 h",
        measured.bytes,
        measured.requests,
        status["bytesToday"],
        quiet.bytes(rest)
    );
    eprintln!(
        "  its control: {} requests, {} of them answered 304",
        polling.requests, polling.unchanged
    );
    figure(
        "data a day, 2,000 entries, 8 h live",
        bytes / MEGABYTE,
        "MB",
        Some(5.0),
        Some((polling.bytes as f64 / MEGABYTE, PEER)),
    );
}
