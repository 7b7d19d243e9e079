//! The hub restarts: killed, and told to end, by turns. From the moment that it accepts connections again to a door that is live.

use std::time::{Duration, Instant};

use crate::progress::Progress;
use crate::shared::figure::{figure, ms, percentile};
use crate::shared::venue;
use crate::support::door::Door;
use crate::support::hub::Hub;
use crate::support::network::run;

/// At the same time, each with doors of its own.
const HUBS: usize = 5;
const RESTARTS: usize = 20;
const DOORS: usize = 2;
/// How long a hub is away at most. The tries come less often the longer it is.
const AWAY_MS: u64 = 8_000;

pub(crate) fn measure() {
    let progress = Progress::start("hub restarts", HUBS * RESTARTS);
    let times: Vec<f64> = std::thread::scope(|scope| {
        let hubs: Vec<_> = (0..HUBS)
            .map(|number| {
                let progress = &progress;
                scope.spawn(move || restarts(number, progress))
            })
            .collect();
        hubs.into_iter().flat_map(|hub| hub.join().unwrap()).collect()
    });
    assert_eq!(times.len(), HUBS * RESTARTS * DOORS);
    figure(
        "reconnect after a hub restart (of 100), p50",
        percentile(&times, 50),
        "ms",
        Some(1_000.0),
        None,
    );
    figure(
        "reconnect after a hub restart (of 100), max",
        percentile(&times, 100),
        "ms",
        Some(5_000.0),
        None,
    );
}

fn restarts(number: usize, progress: &Progress) -> Vec<f64> {
    let folder = crate::shared::folder();
    let mut hub = venue::hub_with(folder.path(), "127.0.0.1", 20, 4);
    let mut doors: Vec<Door> = (0..DOORS)
        .map(|door| venue::door(folder.path(), &hub, &format!("Puerta {door}")))
        .collect();
    let mut random = fastrand::Rng::with_seed(number as u64);
    let mut times = Vec::new();
    for restart in 0..RESTARTS {
        if restart % 2 == 0 {
            hub.kill();
        } else {
            end(&mut hub);
        }
        for door in &mut doors {
            door.event("the loss", |event| {
                event["event"] == "state" && event["state"] != "live"
            });
        }
        std::thread::sleep(Duration::from_millis(random.u64(0..AWAY_MS)));
        let starting = Instant::now();
        hub.serve();
        let back = Instant::now();
        for door in &mut doors {
            times.push(ms(live(door, starting).saturating_duration_since(back)));
        }
        progress.step();
    }
    hub.check();
    times
}

/// Tells a hub to end, and waits until it has.
fn end(hub: &mut Hub) {
    let mut process = hub.process.take().unwrap();
    run("kill", &["-TERM", &process.id().to_string()]);
    let status = process.wait().unwrap();
    assert!(status.success(), "the hub ended with {status}");
}

/// When the door was live, not counting that it may have been so for a moment while the hub was ending.
fn live(door: &mut Door, since: Instant) -> Instant {
    loop {
        let at = door.state("live");
        if at >= since {
            return at;
        }
    }
}
