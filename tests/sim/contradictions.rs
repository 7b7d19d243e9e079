//! When all is quiet: every admitted-but-wrong case has a conflict in what the hub shows, and its rows hold what its log says.

use portero_protocol::conflict::ConflictKind;

use crate::verdict::{Sorted, by_number, told};
use crate::world::World;

/// Compares what the hub shows with what its log told.
pub(crate) fn all_known(world: &World, hub: &Sorted) -> Result<(), String> {
    let Some(life) = world.oracle.life() else {
        return Err("nothing is known of this life of the log".to_owned());
    };
    let story = &life.story;
    for wrong in story.wrong() {
        if !wrong.is_told(hub.conflicts.iter()) {
            return Err(format!("{wrong:?}: the hub shows nobody"));
        }
    }
    for row in hub.rows.values() {
        let counted = story.inside(&row.id);
        if counted != row.attendance {
            return Err(format!(
                "{} holds {} and the log says {counted}",
                row.id, row.attendance
            ));
        }
    }
    chains(world, hub)
}

/// Two entries with one number are two laptops with one identity, and somebody was told; without such a laptop nobody is bothered.
fn chains(world: &World, hub: &Sorted) -> Result<(), String> {
    for entries in by_number(hub).values().filter(|entries| entries.len() > 1) {
        if !entries.iter().any(|entry| told(hub, ConflictKind::Chain, *entry)) {
            return Err(format!("{entries:?} have one number and nobody was told"));
        }
    }
    let twins = world.seats.iter().any(|seat| seat.twin_of.is_some());
    let alarm = hub
        .conflicts
        .iter()
        .find(|conflict| conflict.kind == ConflictKind::Chain);
    match alarm {
        Some(conflict) if !twins => Err(format!("a chain is said to be broken and is not: {conflict:?}")),
        _ => Ok(()),
    }
}
