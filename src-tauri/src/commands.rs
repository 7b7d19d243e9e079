//! What the window can ask for. Each command forwards and decides nothing. `commands/list.rs` names them all: the build script makes a
//! permission of each.

pub(crate) mod camera;
pub(crate) mod carry;
pub(crate) mod door;
pub(crate) mod files;
pub(crate) mod house;
pub(crate) mod many;
pub(crate) mod night;
pub(crate) mod reservations;
pub(crate) mod startup;
pub(crate) mod tables;
pub(crate) mod window;
