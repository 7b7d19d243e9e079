//! What the app and the process of its page hold.
//!
//! What the page throws away stays until it is collected, so memory is a saw's teeth: what counts is where they start.

use std::time::Duration;

use crate::proc::Task;

/// From one look to the next.
pub(crate) const GLANCE: Duration = Duration::from_secs(2);

/// All of it now, in MB.
pub(crate) fn resident() -> f64 {
    let all = Task::process(std::process::id()).below();
    let ours = |task: &&Task| ["portero", "WebKitWebProces"].contains(&task.name().as_str());
    all.iter().filter(ours).map(Task::pss_mb).sum()
}

/// The lowest of the first half, and how much higher the lowest of the second half is.
pub(crate) fn grown(looks: &[f64]) -> (f64, f64) {
    let lowest = |part: &[f64]| part.iter().copied().fold(f64::INFINITY, f64::min);
    let (first, second) = looks.split_at(looks.len() / 2);
    (lowest(first), (lowest(second) - lowest(first)).max(0.0))
}
