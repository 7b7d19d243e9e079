//! Whole databases and whole lists: in, out, copied, put back, proved.

pub(crate) mod check;
mod copy;
mod export;
mod import;
mod outbox;

pub use check::Report;
pub use copy::Restored;
pub use export::{Format, What};
pub use import::{BadRow, Imported, RefusedImport};
