//! The hub's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use portero_protocol::instant::Instant;

/// Now, in Unix milliseconds.
#[must_use]
pub(crate) fn now() -> Instant {
    #[cfg(feature = "sim")]
    if let Some(now) = crate::sim::levers::now() {
        return now;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
