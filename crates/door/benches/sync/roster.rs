//! 100,000 reservations: the first snapshot, verdicts while it loads and after, search at each key press.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::shared::disk::Probe;
use crate::shared::figure::{figure, ms, percentile};
use crate::shared::venue;
use crate::snapshot::{PATIENCE, new_door};
use crate::support::door::Door;
use crate::support::hub::Hub;

const RESERVATIONS: usize = 100_000;
const TICKETS: usize = 500;
/// Between two scans while a snapshot loads.
const PAUSE: Duration = Duration::from_millis(10);
/// What somebody types who looks for a guest, each key of it.
const TYPED: [&str; 5] = ["maría cas", "qui", "t17 gar", "íñ", "lopez par"];

pub(crate) fn measure() {
    eprintln!("100,000 reservations: they are imported first");
    let folder = crate::shared::folder();
    let imported = Instant::now();
    let mut hub = venue::hub_with(folder.path(), "127.0.0.1", RESERVATIONS, 9_000);
    eprintln!("  imported in {:.1} s", imported.elapsed().as_secs_f64());
    let codes = venue::codes(&hub, TICKETS);

    let (mut door, started) = new_door(folder.path(), &hub);
    // Its rows are not known yet: the verdict is that, and it has to come at once as well.
    let (live, unknown) = scan_until_live(&mut door, &codes);
    figure(
        "first snapshot of 100,000 reservations",
        live.duration_since(started).as_secs_f64(),
        "s",
        Some(15.0),
        None,
    );

    let mut disk = Probe::new();
    let mut quiet = Vec::new();
    for code in &codes {
        quiet.push(verdict(&mut door, code, true));
        disk.commit();
    }
    search(&mut door);
    door.delivered();
    restore(&mut hub, &folder.path().join("copy.db"));
    door.event_within(PATIENCE, "the loss", |event| {
        event["event"] == "state" && event["state"] != "live"
    });
    let (_, loading) = scan_until_live(&mut door, &codes);
    eprintln!(
        "  verdicts: {} while the first snapshot loads, {} while another does, {} after",
        unknown.len(),
        loading.len(),
        quiet.len()
    );

    let commit = Some((disk.p99(), "this disk's own commit"));
    let budget = Some(10.0 + disk.p99());
    for (name, measured) in [
        ("verdict with 100,000 reservations, p99", &quiet),
        ("verdict while all of them are loaded anew, p99", &loading),
        ("verdict while the first snapshot loads, p99", &unknown),
    ] {
        figure(name, percentile(measured, 99), "ms", budget, commit);
    }
    disk.print();
}

/// How long a verdict takes. One that is about a known reservation is an entry.
fn verdict(door: &mut Door, code: &str, known: bool) -> f64 {
    let started = Instant::now();
    let answer = door.scan(code);
    let took = ms(started.elapsed());
    assert!(
        answer["escaneoId"].is_string() || !known,
        "not admitted: {answer}"
    );
    took
}

/// Scans one after the other until the door is live, and says when that was.
fn scan_until_live(door: &mut Door, codes: &[String]) -> (Instant, Vec<f64>) {
    let started = Instant::now();
    let mut verdicts = Vec::new();
    for code in codes.iter().cycle() {
        verdicts.push(verdict(door, code, false));
        let live = door
            .events
            .iter()
            .find(|(_, event)| event["event"] == "state" && event["state"] == "live");
        if let Some((at, _)) = live {
            let at = *at;
            // What came up to here is not to be taken for what comes next.
            door.events.clear();
            return (at, verdicts);
        }
        assert!(started.elapsed() < PATIENCE, "the door does not get live");
        std::thread::sleep(PAUSE);
    }
    unreachable!("codes are repeated for ever")
}

/// A backup is served: the log starts another life, and each door takes a snapshot of all.
fn restore(hub: &mut Hub, copy: &std::path::Path) {
    let copy = copy.to_str().unwrap();
    hub.command(&["backup", copy]);
    hub.kill();
    hub.command(&["restore", copy]);
    hub.serve();
}

fn search(door: &mut Door) {
    let mut keys = Vec::new();
    let mut slowest = (0.0, "", 0);
    for typed in TYPED {
        for (at, letter) in typed.char_indices() {
            let text = &typed[..at + letter.len_utf8()];
            for _ in 0..5 {
                let started = Instant::now();
                let found = door.ask(json!({"cmd": "search", "text": text, "limit": 20}));
                let took = ms(started.elapsed());
                keys.push(took);
                let total = found["total"].as_u64().unwrap();
                assert!(total > 0, "{text}: {found}");
                if took > slowest.0 {
                    slowest = (took, text, total);
                }
            }
        }
    }
    let (took, text, total) = slowest;
    eprintln!("  the slowest search: \"{text}\", {total} found, {took:.1} ms");
    figure(
        "search in 100,000 reservations, a key press, p99",
        percentile(&keys, 99),
        "ms",
        Some(16.0),
        None,
    );
}
