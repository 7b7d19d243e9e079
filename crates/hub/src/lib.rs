//! The hub: reservations and entries over HTTP, every change pushed by Server-Sent Events.
//!
//! | module | subject |
//! |---|---|
//! | [`serve`] | a running hub, from a bound listener to the last answer |
//! | [`options`] | what it can be told |
//! | `http` | the contract's paths |
//! | `record` | entries: what is recorded, and what becomes a conflict |
//! | `edit` | reservations: created, changed, deleted |
//! | [`bulk`] | import, export, backup, restore, check |
//! | [`store`] | SQLite: one writer, many readers, one log |
//! | `fleet` | how each laptop is, and what a manager should look at |
//! | `live` | from the commit to the streams |
//! | `redact` | what each role may see |
//! | `direct` | a stream on a connection of its own |
//! | `socket` | dead peers and slow readers |
//! | `demo` | a venue of tonight to look at |
//! | `housekeeping` | what it does by itself |
//! | [`error`] | its one error |

pub mod bulk;
mod clock;
mod demo;
mod direct;
mod edit;
pub mod error;
mod fleet;
mod housekeeping;
mod http;
mod live;
pub mod options;
mod random;
mod record;
mod redact;
pub mod serve;
#[cfg(feature = "sim")]
pub mod sim;
mod socket;
pub mod store;
mod tickets;

pub use error::{Error, Result};
pub use options::{Options, TlsFiles};
pub use serve::run;
pub use store::Store;
