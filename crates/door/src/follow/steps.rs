//! Events and pages as positions of the log.

use portero_protocol::cursor::Cursor;
use portero_protocol::event::{Logged, PagedEvent, name};
use portero_protocol::listing::ChangesPage;

use crate::cache::Step;
use crate::hub::Heard;

/// The position that an event of the stream is; `None`: it is none.
pub(crate) fn change(heard: &Heard) -> Option<Step> {
    match heard {
        Heard::Event { name, id, data }
            if ![name::CONNECTED, name::HEARTBEAT, name::RESET].contains(&name.as_str()) =>
        {
            id.parse().ok().map(|at| step(at, name, data))
        }
        _ => None,
    }
}

/// The positions of a page.
pub(super) fn steps(page: &ChangesPage) -> Vec<Step> {
    page.events
        .iter()
        .map(|PagedEvent { id, event, data }| step(id.clone(), event, &data.to_string()))
        .collect()
}

/// One position, from its name and data.
fn step(at: Cursor, event: &str, data: &str) -> Step {
    match Logged::read(event, data) {
        Ok(logged) => Step {
            at,
            logged,
            unreadable: false,
        },
        Err(error) => {
            tracing::warn!(%at, event, %error, "a position of the log cannot be read: a snapshot follows");
            Step {
                at,
                logged: None,
                unreadable: true,
            }
        }
    }
}
