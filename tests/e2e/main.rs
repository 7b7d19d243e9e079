//! The real window, driven as a person would: under Xvfb, by WebDriver, against real hubs.
//!
//! These tests open windows, so a plain `cargo test` leaves them out (`test = false` in Cargo.toml); `cargo xtask test` brings a display, a session bus
//! and the drivers, and runs them one at a time.
//!
//! - [`stage`]: a folder, a hub and its windows, gone when the test ends
//! - [`hub`]: `portero-hub` as a process that can be killed, and its requests
//! - [`window`]: `portero` behind its driver, and what can be seen and done in it
//! - [`guests`]: pictures for the camera
//! - [`process`]: starting and ending programs
//! - scenarios: [`opening`], [`joining`], [`scanning`], [`serial`], [`outage`], [`refusals`], [`desk`], [`manager`], [`portraits`]

mod desk;
mod guests;
mod hub;
mod joining;
mod manager;
mod opening;
mod outage;
#[path = "../support/serial.rs"]
mod plug;
mod portraits;
mod process;
mod refusals;
mod scanning;
mod serial;
mod stage;
mod window;
