//! The hub measured as a process of its own: entries acknowledged, fan-out, memory of a stream, the first snapshot.
//!
//! Each figure is one JSON line; other lines are for people. Client and hub share the machine.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a measurement that cannot go on ends"
)]

mod control;
mod entries;
mod fan;
mod place;
mod snapshot;

use serde_json::json;

fn main() {
    if let Ok(address) = std::env::var(control::ADDRESS) {
        control::serve(&address);
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let only: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    if wanted("entries") {
        runtime.block_on(entries::measure());
    }
    if wanted("fan") {
        runtime.block_on(fan::measure());
    }
    if wanted("snapshot") {
        runtime.block_on(snapshot::measure());
    }
}

/// Prints a figure with its budget, and the control beside it.
fn figure(
    name: &str,
    value: f64,
    unit: &str,
    budget: Option<f64>,
    control: Option<(f64, &str)>,
    higher_is_better: bool,
) {
    let better = if higher_is_better { "higher" } else { "lower" };
    println!(
        "{}",
        json!({"figure": name, "value": (value * 100.0).round() / 100.0, "unit": unit, "budget": budget,
               "control": control.map(|(value, _)| (value * 100.0).round() / 100.0), "peer": control.map(|(_, peer)| peer), "better": better})
    );
}

/// The value below which that share of the sorted ones lie.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}
