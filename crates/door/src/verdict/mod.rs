//! The verdict: what a code, what is known here and the hub's time say together. No clock, no disk, no network: see the contract's "Ticket codes".

use jiff::civil::Date;
use portero_protocol::day::Calendar;
use portero_protocol::entry::Verdict;
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Invalid;
use portero_protocol::reservation::{Reservation, Status};
use portero_protocol::ticket::{self, Reading, Ticket};
use portero_protocol::venue::{ExcessPolicy, PublicKey, Venue};

use crate::view::Detail;

/// How long before and after its venue day a ticket is of "another day" rather than early or expired, in ms.
const NEAR_MS: i64 = 24 * 60 * 60 * 1_000;

/// A venue with its calendar, read once.
#[derive(Debug)]
pub(crate) struct House {
    /// The venue.
    pub(crate) venue: Venue,
    /// Its days.
    pub(crate) calendar: Calendar,
}

impl House {
    /// Reads the venue's time zone.
    pub(crate) fn new(venue: Venue) -> Result<Self, Invalid> {
        Ok(Self {
            calendar: Calendar::of(&venue)?,
            venue,
        })
    }
}

/// What a code claims, once its proof was checked as far as it can be without the reservation's row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Claim {
    /// A signed ticket whose signature is good.
    Signed {
        /// The ticket.
        ticket: Box<Ticket>,
        /// The device that signed it and how many people it may let in; `None`: the hub signed it.
        walk_in: Option<u32>,
    },
    /// An older code with a token, whose hash the row has to hold.
    Token {
        /// Which reservation.
        reservation: ReservationId,
        /// SHA-256 of the token, in hex.
        hash: String,
    },
    /// A bare id, and the venue accepts those.
    Bare(ReservationId),
    /// No code: a person chose it from the list.
    ByHand(ReservationId),
}

/// What is known here about the reservation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// Its row, with the attendance as counted here.
    Row(&'a Reservation),
    /// It was deleted.
    Deleted,
    /// Nothing.
    Nobody {
        /// How many people were let in here on this ticket.
        attendance: u32,
        /// How many people were let in here on all tickets of the device that signed it.
        allotment_used: u32,
    },
}

/// When and where it is decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Night<'a> {
    /// The venue; `None` before the first snapshot.
    pub(crate) house: Option<&'a House>,
    /// The hub's time as known here.
    pub(crate) now: Instant,
    /// Up to when what is known here is proven complete.
    pub(crate) proven: Option<Instant>,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ruling {
    /// What to show.
    pub(crate) verdict: Verdict,
    /// More about it.
    pub(crate) detail: Option<Detail>,
    /// Whether an entry is recorded.
    pub(crate) records: bool,
}

impl Ruling {
    fn refuse(verdict: Verdict) -> Self {
        Self {
            verdict,
            detail: None,
            records: false,
        }
    }

    fn refuse_with(verdict: Verdict, detail: Detail) -> Self {
        Self {
            verdict,
            detail: Some(detail),
            records: false,
        }
    }
}

/// Reads a code and checks what can be checked without a row.
pub(crate) fn claim(code: &[u8], house: Option<&House>) -> Result<Claim, Ruling> {
    match ticket::read(code) {
        Reading::NotATicket => Err(Ruling::refuse(Verdict::Invalid)),
        // Before the first snapshot no key is known, so nothing can be said against the signature either.
        Reading::Signed(ticket) => match house.map(|house| verify(&ticket, &house.venue.keys)) {
            None => Err(Ruling::refuse(Verdict::Unknown)),
            Some(None) => Err(Ruling::refuse_with(Verdict::Unknown, Detail::Forged)),
            Some(Some(walk_in)) => Ok(Claim::Signed { ticket, walk_in }),
        },
        Reading::Token {
            reservation,
            token_hash,
        } => Ok(Claim::Token {
            reservation,
            hash: token_hash,
        }),
        Reading::Bare(_) if house.is_none_or(|house| !house.venue.unsigned_codes) => {
            Err(Ruling::refuse_with(Verdict::Unknown, Detail::Unsigned))
        }
        Reading::Bare(reservation) => Ok(Claim::Bare(reservation)),
    }
}

/// The outer `None`: not signed by this venue. The inner one: signed by the hub.
fn verify(ticket: &Ticket, keys: &[PublicKey]) -> Option<Option<u32>> {
    let key = ticket.verify(keys).ok()?;
    Some(key.device.map(|_| key.allotment.unwrap_or(0)))
}

/// Decides.
pub(crate) fn decide(claim: &Claim, found: Found<'_>, night: Night<'_>, quantity: u32) -> Ruling {
    let Some(house) = night.house else {
        return Ruling::refuse(Verdict::Unknown);
    };
    match found {
        Found::Deleted => Ruling::refuse_with(Verdict::Cancelled, Detail::Deleted),
        Found::Row(row) => of_row(claim, row, house, night.now, quantity),
        Found::Nobody {
            attendance,
            allotment_used,
        } => match claim {
            Claim::Signed { ticket, walk_in } => {
                let vouched = match walk_in {
                    // The hub's tickets are all known up to the proven time: only a newer one can be missing here.
                    None => night.proven.is_some_and(|proven| ticket.issued > proven),
                    Some(allotment) => allotment_used.saturating_add(quantity) <= *allotment,
                };
                if !vouched {
                    return Ruling::refuse(Verdict::Unknown);
                }
                other_day(&house.calendar, ticket.day, night.now)
                    .unwrap_or_else(|| by_size(house.venue.excess, attendance, ticket.party, quantity))
            }
            _ => Ruling::refuse(Verdict::Unknown),
        },
    }
}

/// The row decides size, day and state; the code only proves that it is the guest's, and its issue.
fn of_row(claim: &Claim, row: &Reservation, house: &House, now: Instant, quantity: u32) -> Ruling {
    let stale = match claim {
        Claim::Signed { ticket, .. } => ticket.issue < row.issue,
        Claim::Token { hash, .. } => {
            if row.token_hash.as_ref() != Some(hash) {
                return Ruling::refuse_with(Verdict::Unknown, Detail::Forged);
            }
            row.issue > 1
        }
        // These have no issue: they are the first one, whatever they are printed on.
        Claim::Bare(_) => row.issue > 1,
        Claim::ByHand(_) => false,
    };
    if row.status == Status::Cancelled {
        return Ruling::refuse(Verdict::Cancelled);
    }
    if stale {
        return Ruling::refuse(Verdict::StaleCode);
    }
    let day = house.calendar.day_of(row.date, row.time);
    if let Some(refused) = other_day(&house.calendar, day, now) {
        return refused;
    }
    if row.status == Status::Finished {
        return Ruling::refuse_with(Verdict::AlreadyIn, Detail::Finished);
    }
    by_size(house.venue.excess, row.attendance, row.party, quantity)
}

/// `None`: it is the ticket's night.
fn other_day(calendar: &Calendar, day: Date, now: Instant) -> Option<Ruling> {
    let (from, until) = calendar.ticket_window(day);
    if from <= now && now < until {
        return None;
    }
    let detail = if now < calendar.start(day).plus_ms(-NEAR_MS) {
        Some(Detail::Early)
    } else if now >= until.plus_ms(NEAR_MS) {
        Some(Detail::Expired)
    } else {
        None
    };
    Some(Ruling {
        verdict: Verdict::WrongDay,
        detail,
        records: false,
    })
}

fn by_size(policy: ExcessPolicy, attendance: u32, party: u32, quantity: u32) -> Ruling {
    let fits = attendance.saturating_add(quantity) <= party;
    match (fits, policy) {
        (true, _) => Ruling {
            verdict: Verdict::Admitted,
            detail: None,
            records: true,
        },
        (false, ExcessPolicy::Warn) => Ruling {
            verdict: Verdict::Excess,
            detail: None,
            records: true,
        },
        (false, ExcessPolicy::Refuse) if attendance >= party => Ruling::refuse(Verdict::AlreadyIn),
        // Some places are left, fewer than came.
        (false, ExcessPolicy::Refuse) => Ruling::refuse(Verdict::Excess),
    }
}

#[cfg(test)]
mod tests;
