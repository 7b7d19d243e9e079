//! The first snapshot of a new door.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::shared::figure::figure;
use crate::shared::venue;
use crate::support::door::Door;
use crate::support::hub::Hub;

/// Longer than any budget: a door that takes so long does not get there.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// 10,000 reservations; 100,000 are the [`crate::roster`]'s.
pub(crate) fn measure() {
    eprintln!("a first snapshot of 10,000 reservations");
    let folder = crate::shared::folder();
    let hub = venue::hub_with(folder.path(), "127.0.0.1", 10_000, 4);
    let (mut door, started) = new_door(folder.path(), &hub);
    let (live, _) = door.event_within(PATIENCE, "live", |event| event["state"] == "live");
    figure(
        "first snapshot of 10,000 reservations",
        live.duration_since(started).as_secs_f64(),
        "s",
        Some(2.0),
        None,
    );
}

/// A door with nothing on its disk, and when its first line came.
pub(crate) fn new_door(folder: &Path, hub: &Hub) -> (Door, Instant) {
    let token = hub.token("portero", "Puerta 1");
    let door = Door::start(&folder.join("1"), &hub.url, &token, "Puerta 1");
    (door, Instant::now())
}
