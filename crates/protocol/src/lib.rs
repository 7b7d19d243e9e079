//! What crosses the network between a Portero hub and everything else: types, ids, event names, error codes, ticket codes.
//!
//! Names on the wire are Spanish and camelCase, as venues' systems have them; names in Rust are English. This crate is
//! the one place that maps the two. It knows no network, no database and no clock.
//!
//! | module | subject |
//! |---|---|
//! | [`ids`] | identifiers: reservation, entry, device, venue, conflict, operation |
//! | [`cursor`] | `<epoch>:<pos>`, a place in a venue's log |
//! | [`instant`] | points in time: RFC 3339, UTC, milliseconds |
//! | [`day`] | the venue's day: time zone, cutoff, hours that the clock skips or doubles |
//! | [`reservation`] | a reservation, its draft and its edits |
//! | [`entry`] | a check-in: who came in, when, where; and its undo |
//! | [`chain`] | the hash that links a device's entries |
//! | [`venue`] | the venue's settings and published keys |
//! | [`device`] | devices and their roles |
//! | [`conflict`] | what has to reach a person |
//! | [`event`] | the log's events and the stream's own |
//! | [`attendance`] | delivering entries: request, results |
//! | [`listing`] | lists, snapshot lines, pages of changes, statistics |
//! | [`problem`] | errors: stable codes and `problem+json` |
//! | [`history`] | who changed what in a reservation |
//! | [`spreadsheet`] | cells that no spreadsheet takes for a formula |
//! | [`limits`] | every size the contract names |
//! | [`ticket`] | ticket codes: signed, and the older forms that venues have |
//! | [`sealed`] | a laptop's outbox as a signed file |

pub mod attendance;
pub mod chain;
pub mod conflict;
pub mod cursor;
pub mod day;
pub mod device;
pub mod entry;
pub mod event;
pub mod history;
pub mod ids;
pub mod instant;
pub mod limits;
pub mod listing;
pub mod problem;
pub mod reservation;
pub mod sealed;
#[cfg(feature = "sim")]
pub mod sim;
pub mod spreadsheet;
mod text;
pub mod ticket;
pub mod venue;

/// The protocol's number, sent as `Portero-Protocol` and in `connected`.
pub const PROTOCOL: u32 = 1;
/// Request header: the client's protocol number.
pub const HEADER_PROTOCOL: &str = "portero-protocol";
/// Request header: the number of the last entry that the device has made, so that the hub knows what it still lacks.
pub const HEADER_SEQUENCE: &str = "portero-sequence";
/// Answer header: the hub's clock in Unix milliseconds.
pub const HEADER_TIME: &str = "portero-time";
/// Answer header: the life of the hub's log, also where the device may not read it.
pub const HEADER_EPOCH: &str = "portero-epoch";
/// Request header on every write: a `UUIDv7`, kept for seven days.
pub const HEADER_IDEMPOTENCY: &str = "idempotency-key";
