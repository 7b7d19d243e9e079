//! Figures, as `cargo xtask bench` reads them. Less is better for each of these.

use std::time::Duration;

use serde_json::json;

/// Prints a figure with its budget, and what it is compared with beside it.
pub(crate) fn figure(name: &str, value: f64, unit: &str, budget: Option<f64>, control: Option<(f64, &str)>) {
    println!(
        "{}",
        json!({"figure": name, "value": short(value), "unit": unit, "budget": budget.map(short),
               "control": control.map(|(value, _)| short(value)), "peer": control.map(|(_, peer)| peer)})
    );
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The value that so many of 100 do not exceed; one of those that were measured. 100 is the largest.
pub(crate) fn percentile(measured: &[f64], percent: usize) -> f64 {
    let mut sorted = measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

fn short(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
