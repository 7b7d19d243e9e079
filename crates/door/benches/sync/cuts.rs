//! Cables that are pulled: no FIN, no RST, nothing. How soon a door sees it, and how soon it is back.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::progress::Progress;
use crate::shared::figure::{figure, ms, percentile};
use crate::shared::venue;
use crate::support::door::Door;
use crate::support::network::{Network, may_change_the_system};
use crate::support::program;

/// At the same time, each on a cable of its own.
const DOORS: u8 = 10;
const CUTS: usize = 10;
/// The second part of the addresses of these networks.
const KIND: u8 = 204;
/// How long a cable stays pulled at most after the door has seen it.
const AWAY_MS: u64 = 5_000;

const SEEN: &str = "dead link seen (100 cuts)";
const BACK: &str = "reconnect after a cut link (of 100)";

pub(crate) fn measure() {
    if !may_change_the_system("cut links") {
        for figure in [SEEN, BACK] {
            println!("{}", json!({"figure": figure, "leftOut": "takes root on Linux"}));
        }
        return;
    }
    let progress = Progress::start("cut links", usize::from(DOORS) * CUTS);
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "0.0.0.0", 20, 4);
    let port = hub.url.rsplit(':').next().unwrap();
    let times: Vec<Cut> = std::thread::scope(|scope| {
        let doors: Vec<_> = (0..DOORS)
            .map(|number| {
                let name = format!("Puerta {number}");
                let token = hub.token("portero", &name);
                let folder = folder.path().join(&name);
                let progress = &progress;
                scope.spawn(move || {
                    let network = Network::new(KIND, number);
                    let door = Door::start_by(
                        network.there(&program("portero-door")),
                        &folder,
                        &format!("http://{}:{port}", network.host()),
                        &token,
                        &name,
                    );
                    cuts(&network, door, number, progress)
                })
            })
            .collect();
        doors.into_iter().flat_map(|door| door.join().unwrap()).collect()
    });
    hub.check();
    assert_eq!(times.len(), usize::from(DOORS) * CUTS);
    let of = |part: fn(&Cut) -> f64| times.iter().map(part).collect::<Vec<_>>();
    let (seen, back) = (of(|cut| cut.seen_ms), of(|cut| cut.back_ms));
    figure(&format!("{SEEN}, p50"), percentile(&seen, 50), "ms", None, None);
    figure(
        &format!("{SEEN}, max"),
        percentile(&seen, 100),
        "ms",
        Some(10_000.0),
        None,
    );
    figure(
        &format!("{BACK}, p50"),
        percentile(&back, 50),
        "ms",
        Some(1_000.0),
        None,
    );
    figure(
        &format!("{BACK}, max"),
        percentile(&back, 100),
        "ms",
        Some(5_000.0),
        None,
    );
}

struct Cut {
    seen_ms: f64,
    back_ms: f64,
}

fn cuts(network: &Network, mut door: Door, number: u8, progress: &Progress) -> Vec<Cut> {
    door.state("live");
    let mut random = fastrand::Rng::with_seed(number.into());
    (0..CUTS)
        .map(|_| {
            let cut = Instant::now();
            network.cut();
            // What the badge says: not that a try is under way, but that there is no link.
            let seen = door.state("offline").duration_since(cut);
            std::thread::sleep(Duration::from_millis(random.u64(0..AWAY_MS)));
            let mended = Instant::now();
            network.mend();
            let back = door.state("live").duration_since(mended);
            progress.step();
            Cut {
                seen_ms: ms(seen),
                back_ms: ms(back),
            }
        })
        .collect()
}
