//! What a door laptop knows and does: its facts, its copy of the hub's log, what waits to be delivered, and the verdict.

pub mod check;
pub mod error;
pub mod settings;
pub mod spreadsheet;
pub mod view;

mod announce;
mod arrivals;
mod backoff;
mod cache;
mod clock;
mod connection;
mod database;
mod desk;
mod door;
mod facts;
mod figures;
mod follow;
mod hour;
mod hub;
mod known;
mod lane;
mod open;
mod outbox;
mod pair;
mod report;
mod shell;
#[cfg(feature = "sim")]
pub mod sim;
mod verdict;

pub use arrivals::{Arrival, Arrivals, Way};
pub use door::{Door, DoorOptions, HubAddress, Invited};
pub use error::{DoorError, Result};
pub use pair::pair;
pub use settings::Settings;
