//! What the window sees of a scanner on a serial port.

use serde::{Deserialize, Serialize};

/// State of the scanner. None of these stops the door: the camera and search go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum SerialStatus {
    /// No scanner on a serial port is wanted.
    Off,
    /// The port is open: codes arrive when the scanner sends them.
    Running {
        /// The port's path or name.
        port: String,
    },
    /// The port is not open; it is tried again by itself.
    Unavailable {
        /// The port's path or name.
        port: String,
        /// Why; the window has a sentence for each.
        reason: SerialFault,
        /// What the system said, for the log and for support.
        detail: String,
    },
}

/// Why a serial port is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum SerialFault {
    /// There is no such port.
    NotFound,
    /// Another program has it.
    Busy,
    /// The system does not let this program use it.
    Denied,
    /// It was open and is gone.
    Unplugged,
    /// Anything else; `detail` says what.
    Failed,
}
