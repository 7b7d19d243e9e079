//! The end of a venue's day, where the venue wants it: nobody came is a no-show, somebody came is finished.

use portero_protocol::ids::ReservationId;
use portero_protocol::reservation::Status;

use super::change::write;
use crate::error::Result;
use crate::store::tx::Tx;

/// Days that are looked back on: a hub that was off for a week closes them all.
const LOOK_BACK_DAYS: i64 = 8;
/// Reservations in one commit.
const AT_ONCE: usize = 200;

/// Closes what is left open of earlier days, and gives how many that were. The caller repeats it until none are.
pub(crate) fn close_days(tx: &mut Tx<'_>) -> Result<usize> {
    if !tx.known.venue.closes_days {
        return Ok(0);
    }
    let today = tx.day(tx.now);
    let from = today.saturating_sub(jiff::ToSpan::days(LOOK_BACK_DAYS));
    let open: Vec<ReservationId> = tx.open_of_days(from, today, AT_ONCE)?;
    for id in &open {
        let mut held = tx.reservation(id)?;
        let before = held.reservation.clone();
        held.reservation.status = if before.attendance == 0 {
            Status::NoShow
        } else {
            Status::Finished
        };
        held.before_entry = None;
        held.reservation.version += 1;
        held.reservation.modified = tx.now;
        write(tx, &held, &before, None)?;
    }
    Ok(open.len())
}
