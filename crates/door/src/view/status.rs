//! The badge: the connection, what waits, and the four figures.

use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use serde::{Deserialize, Serialize};

use super::Allotment;

/// The state of the connection, as the badge shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum LinkState {
    /// Connecting for the first time, or again.
    Connecting,
    /// Connected, behind the hub.
    CatchingUp,
    /// Every change arrives as it happens.
    Live,
    /// No stream: asks from time to time.
    Polling,
    /// The hub cannot be reached.
    Offline,
    /// The hub refuses this device to read. Entries are still delivered.
    Refused,
}

impl LinkState {
    /// Whether the hub answered lately, and may be told something.
    #[must_use]
    pub(crate) const fn reaches(self) -> bool {
        matches!(self, Self::Live | Self::CatchingUp | Self::Polling)
    }
}

/// What the badge and `status` show.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct DoorStatus {
    /// The connection.
    pub state: LinkState,
    /// Since when.
    pub since: Instant,
    /// Why reading is refused or the disk is full, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Code>,
    /// The log's life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// The last position that is known here.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub cursor: u64,
    /// The log's last position, as last heard.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub head: u64,
    /// What waits.
    pub outbox: OutboxStatus,
    /// What has to be added to this clock to get the hub's, in ms.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub clock_offset_ms: i64,
    /// How far that may be wrong, in ms; `None`: never measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub clock_error_ms: Option<i64>,
    /// The offset, where it is certainly more than 30 s: this device's clock should be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub clock_warning_ms: Option<i64>,
    /// Time since what is here was last proven to be all, in ms; `None`: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub data_age_ms: Option<i64>,
    /// Requests to the hub in the last 60 minutes.
    pub requests_this_hour: u32,
    /// Bytes to and from the hub since the venue's day began.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes_today: u64,
    /// From the hub's commit to the row here, in ms.
    pub latency_ms: Percentiles,
    /// From a usable link to `connected`, in ms.
    pub reconnect_ms: Reconnects,
    /// How many people this door may let in as walk-ins tonight, where it has an allotment.
    #[serde(rename = "sinReserva", skip_serializing_if = "Option::is_none")]
    pub walk_ins: Option<Allotment>,
}

/// What waits to be delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct OutboxStatus {
    /// Not yet confirmed, those on their way included.
    pub pending: u32,
    /// Of those: on their way, and not answered yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u32>,
    /// Refused by the hub, kept here with a reason.
    pub quarantined: u32,
    /// Held by the hub for a manager.
    pub held: u32,
    /// How long the oldest has waited, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub oldest_ms: Option<i64>,
}

/// The middle and the tail of what was measured, in ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Percentiles {
    /// Half were faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 99 of 100 were faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

/// How long reconnecting took, in ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Reconnects {
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<f64>,
    /// Half were faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// The slowest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// What was measured in a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "MinutoMedido")
)]
pub struct HourMinute {
    /// Requests to the hub.
    #[serde(rename = "peticiones")]
    pub requests: u32,
    /// Bytes to and from it.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// The slowest change, from the hub's commit to the row here, in ms.
    #[serde(rename = "latenciaMs", skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// The slowest reconnect, in ms.
    #[serde(rename = "reconexionMs", skip_serializing_if = "Option::is_none")]
    pub reconnect_ms: Option<f64>,
}
