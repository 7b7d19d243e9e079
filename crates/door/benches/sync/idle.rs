//! A door that is live while nothing happens: what it asks, and what goes over the wire.
//!
//! A stretch of two minutes is measured, four heartbeats. A stream lives for 50 to 70 minutes, so its renewal is measured beside it: at a hub whose
//! streams end after some seconds.

use std::time::{Duration, Instant};

use crate::meter::{Meter, Reading};
use crate::progress::Progress;
use crate::shared::figure::figure;
use crate::shared::polling::{EVERY_S, PEER, Poller};
use crate::shared::venue;
use crate::support::door::Door;
use crate::support::hub::Hub;

/// Four heartbeats, and four polls of the control.
const STRETCH_S: u32 = 120;
/// Seconds that a stream lives at least.
const STREAM_LIFE_S: f64 = 50.0 * 60.0;
const HOUR_S: f64 = 3_600.0;
const RESERVATIONS: usize = 200;

/// What quiet costs.
pub(crate) struct Quiet {
    /// Bytes a second of an open stream.
    stream_bytes: f64,
    /// Bytes that renewing a stream takes.
    renewal_bytes: f64,
}

impl Quiet {
    /// Bytes of that many quiet seconds.
    pub(crate) fn bytes(&self, seconds: f64) -> f64 {
        seconds * (self.stream_bytes + self.renewal_bytes / STREAM_LIFE_S)
    }
}

pub(crate) fn measure() -> Quiet {
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "127.0.0.1", RESERVATIONS, 4);
    let short_folder = crate::shared::folder();
    let short = Hub::start_with(
        short_folder.path(),
        "127.0.0.1",
        &["--set", "hub.stream_life_s=15"],
    );
    let (meter, renewals) = (Meter::before(&hub.url), Meter::before(&short.url));
    let door = |meter: &Meter, hub: &Hub, name: &str| {
        let token = hub.token("portero", name);
        Door::live(&folder.path().join(name), &meter.url, &token, name)
    };
    let _idle = door(&meter, &hub, "Puerta 1");
    let _renewing = door(&renewals, &short, "Puerta 2");
    let mut polling = Poller::new(&hub.url, &hub.token("portero", "Puerta 3"), &venue::today(&hub));
    // Loads its page.
    polling.poll();

    let progress = Progress::start("an idle door, in seconds", STRETCH_S as usize);
    let before = (meter.read(), renewals.read(), polling.requests);
    let started = Instant::now();
    for second in 1..=STRETCH_S {
        std::thread::sleep((started + Duration::from_secs(second.into())).duration_since(Instant::now()));
        if second % EVERY_S == 0 {
            polling.poll();
        }
        progress.step();
    }
    let live = meter.read().since(before.0);
    let renewed = renewals.read().since(before.1);
    print(live, renewed, polling.requests - before.2)
}

fn print(live: Reading, renewed: Reading, polls: u32) -> Quiet {
    assert!(
        renewed.streams >= 5,
        "only {} streams were renewed",
        renewed.streams
    );
    let stretch = f64::from(STRETCH_S);
    let streams = renewed.streams as f64;
    let requests_each = renewed.requests as f64 / streams;
    let quiet = Quiet {
        stream_bytes: live.bytes as f64 / stretch,
        renewal_bytes: renewed.bytes as f64 / streams,
    };
    eprintln!(
        "  in {STRETCH_S} s: {} requests and {} bytes; {} streams renewed with {} requests and {:.0} bytes each",
        live.requests, live.bytes, renewed.streams, renewed.requests, quiet.renewal_bytes
    );
    eprintln!(
        "  an hour: {} × 3600/{STRETCH_S} + {requests_each:.2} a renewal × 3600/{STREAM_LIFE_S} (the shortest that a stream lives)",
        live.requests
    );
    figure(
        "requests an hour, live and idle",
        live.requests as f64 * HOUR_S / stretch + requests_each * HOUR_S / STREAM_LIFE_S,
        "",
        Some(2.0),
        Some((f64::from(polls) * HOUR_S / stretch, PEER)),
    );
    quiet
}
