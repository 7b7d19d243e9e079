//! A night measured: a hub and two doors in one process, through real sockets and files.
//!
//! Each figure is one JSON line; other lines are for people. Everybody shares the machine, and the disk's own commit is printed beside what waits for it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a measurement that cannot go on ends"
)]

mod house;
mod night;
mod roster;

use serde_json::json;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(night::measure());
    runtime.block_on(roster::measure());
}

/// Prints a figure, where lower is better, with its budget and the control beside it.
fn figure(name: &str, value: f64, unit: &str, budget: Option<f64>, control: Option<(f64, &str)>) {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({"figure": name, "value": round(value), "unit": unit, "budget": budget, "control": control.map(|(value, _)| round(value)),
               "peer": control.map(|(_, peer)| peer), "better": "lower"})
    );
}

/// The value below which that share of the measurements lie.
fn quantile(measured: &mut [f64], share: f64) -> f64 {
    measured.sort_by(f64::total_cmp);
    let last = measured.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a short list"
    )]
    let at = ((last as f64) * share).round() as usize;
    measured[at.min(last)]
}
