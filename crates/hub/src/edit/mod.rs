//! Editing reservations: created, changed, deleted, issued anew, and a day closed.
//!
//! | module | subject |
//! |---|---|
//! | [`create`] | new ones, and what waited for them |
//! | [`change`] | edits, merged field by field |
//! | [`remove`] | deletions, and new issues of a ticket |
//! | [`close`] | the end of a venue's day |

pub(crate) mod change;
pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod remove;

use portero_protocol::device::Role;
use portero_protocol::listing::ReservationDetail;
use rusqlite::Connection;

use crate::error::Result;
use crate::redact;
use crate::store::entry;
use crate::store::idempotency::Answer;
use crate::store::known::Known;
use crate::store::reservation::Held;
use crate::store::tx::Tx;

/// The ticket's code of a reservation, as of its last issue.
pub(crate) fn ticket_code(known: &Known, held: &Held) -> String {
    let row = &held.reservation;
    known
        .signing
        .sign(row.id.ticket_uuid(), row.party, held.day, row.issue, held.issued)
}

/// A reservation with its entries, as a role may see it where it asks for one.
pub(crate) fn detail(
    conn: &Connection,
    venue: i64,
    known: &Known,
    role: Role,
    held: &Held,
) -> Result<ReservationDetail> {
    let entries = entry::of_reservation(conn, venue, &held.reservation.id)?;
    let mut reservation = redact::reservation(role, held.reservation.clone());
    if role == Role::Manager {
        reservation.code = Some(ticket_code(known, held));
    }
    Ok(ReservationDetail {
        reservation,
        entries: entries
            .into_iter()
            .map(|stored| match role {
                // A manager who asks for one reservation sees the tickets that doors read.
                Role::Manager => stored,
                Role::Door | Role::Screen => redact::entry(role, stored),
            })
            .collect(),
    })
}

fn answer(tx: &Tx<'_>, role: Role, status: u16, held: &Held) -> Result<Answer> {
    Ok(Answer {
        status,
        body: serde_json::to_string(&detail(tx.conn, tx.venue, &tx.known, role, held)?)?,
        version: Some(held.reservation.version),
    })
}
