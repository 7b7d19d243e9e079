//! What a door laptop knows and does: its facts, its copy of the hub's log, what waits to be delivered, and the verdict.

pub mod error;
pub mod settings;
pub mod view;

mod door;

pub use door::{Door, DoorOptions, HubAddress};
pub use error::{DoorError, Result};
pub use settings::Settings;
