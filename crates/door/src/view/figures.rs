//! The four figures day by day.

use serde::Serialize;

use super::{Percentiles, Reconnects};

/// What was measured on a venue day.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "CifrasDelDia"))]
pub struct DayFigure {
    /// The venue's day, `YYYY-MM-DD`.
    #[serde(rename = "fecha")]
    pub day: String,
    /// Requests to the hub.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub requests: u64,
    /// Bytes to and from the hub.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// From the hub's commit to the row here, in ms.
    pub latency_ms: Percentiles,
    /// From a usable link to `connected`, in ms.
    pub reconnect_ms: Reconnects,
    /// How often it reconnected; at most 1,000 are counted.
    pub reconnects: u32,
}
