//! A door that was alone for long: 10,000 entries are delivered when the hub returns.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::progress::Progress;
use crate::shared::figure::figure;
use crate::shared::venue;
use crate::support::until;

const ENTRIES: usize = 10_000;
const RESERVATIONS: usize = 200;
/// So many scans are asked for before the first is answered.
const AT_ONCE: usize = 500;

pub(crate) fn measure() {
    let progress = Progress::start("entries without a hub", ENTRIES);
    let folder = crate::shared::folder();
    let mut hub = venue::hub_with(folder.path(), "127.0.0.1", RESERVATIONS, 9_000);
    let codes = venue::codes(&hub, RESERVATIONS);
    let mut door = venue::door(folder.path(), &hub, "Puerta 1");
    hub.kill();
    door.state("offline");
    let mut shown = BTreeSet::new();
    for first in (0..ENTRIES).step_by(AT_ONCE) {
        let asked: Vec<u64> = (first..first + AT_ONCE)
            .map(|scan| door.send(json!({"cmd": "scan", "code": codes[scan % RESERVATIONS]})))
            .collect();
        for request in asked {
            let answer = door.answer(request).unwrap().unwrap();
            shown.insert(answer["escaneoId"].as_str().unwrap().to_owned());
            progress.step();
        }
    }
    assert_eq!(shown.len(), ENTRIES);

    hub.serve();
    let back = Instant::now();
    until("the outbox to be empty", Duration::from_secs(120), || {
        (door.ask(json!({"cmd": "status"}))["outbox"]["pending"] == 0).then_some(())
    });
    let took = back.elapsed().as_secs_f64();
    let entries = hub.entries();
    let held: BTreeSet<String> = entries
        .iter()
        .map(|entry| entry["escaneoId"].as_str().unwrap().to_owned())
        .collect();
    let lost = shown.difference(&held).count();
    let doubled = entries.len() - held.len();
    hub.check();
    figure(
        "10,000 outbox entries replayed, from the hub's return",
        took,
        "s",
        Some(10.0),
        None,
    );
    figure("  of them lost", lost as f64, "", Some(0.0), None);
    figure("  of them doubled", doubled as f64, "", Some(0.0), None);
}
