//! What the window sees of the app itself. Everything about the door is in `portero_door::view`, about the camera in `portero_scan::view`.

use portero_door::view::{Answer, Identity};
use serde::{Deserialize, Serialize};

use crate::error::ErrorView;

/// How the app stands when the window opens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct Startup {
    /// Nobody has chosen what this device is.
    pub(crate) first_start: bool,
    /// A demo venue.
    pub(crate) demo: bool,
    /// The app's version.
    pub(crate) version: String,
    /// The language that was chosen; `None`: the system's.
    #[cfg_attr(feature = "ts", ts(type = "\"es\" | \"en\" | null"))]
    pub(crate) lang: Option<String>,
    /// The theme that was chosen; `None`: the system's.
    #[cfg_attr(feature = "ts", ts(type = "\"light\" | \"dark\" | null"))]
    pub(crate) theme: Option<String>,
    /// Loudness, from 0 to 1.
    pub(crate) sound: f64,
    /// Whether changes are pushed; false: only asked for from time to time.
    pub(crate) sse_enabled: bool,
    /// Whether the window fills the screen.
    pub(crate) fullscreen: bool,
    /// Who and where this device is; `None` before the first start.
    pub(crate) identity: Option<Identity>,
    /// The hub in this process.
    pub(crate) hosted_hub: Option<HostedHub>,
    /// Why the door could not start. Nothing was overwritten.
    pub(crate) problem: Option<ErrorView>,
}

/// The hub in this process, as other devices reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct HostedHub {
    /// Its address for other devices; this computer's own where the network may not join.
    pub(crate) url: String,
    /// Whether it answers on the network without encryption.
    pub(crate) insecure_lan: bool,
}

/// What this device is to be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) enum StartChoice {
    /// A demo venue of tonight.
    Demo,
    /// The hub of a venue.
    Host {
        /// The venue's name.
        venue_name: String,
        /// Its IANA time zone.
        time_zone: String,
        /// The name of this device's own door.
        device_name: String,
        /// Whether other devices on the network may join, unencrypted.
        #[serde(default)]
        open_to_network: bool,
    },
    /// A device at a hub that was invited: by a manager's QR, or by its code.
    Accept {
        /// The hub's address.
        url: String,
        /// The invitation's code, good once.
        code: String,
        /// The name of this device's own door.
        device_name: String,
    },
    /// A device at a hub.
    Join {
        /// The hub's address.
        url: String,
        /// This device's token.
        token: String,
        /// The name of this device's own door.
        device_name: String,
    },
}

/// An answer to a scan that the window did not ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct CameraAnswer {
    /// The answer.
    #[serde(flatten)]
    pub(crate) answer: Answer,
    /// Where the scan came from: `camera`, or `scanner` on a serial port.
    pub(crate) source: String,
}

/// A camera that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct CameraChoice {
    /// What to choose it by: `none`, a number, `sim`, `file:GLOB`.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
}

/// A ticket, to be shown or printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct TicketView {
    /// Its code.
    pub(crate) code: String,
    /// Its QR as an SVG picture.
    pub(crate) svg: String,
}

/// As what a ticket is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) enum TicketFormat {
    /// The code as a picture, to be sent.
    Png,
    /// A page with the guest's name, to be printed.
    Pdf,
}

/// What stands on a saved ticket, in the window's language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct TicketWords {
    /// The file's name, without its ending.
    pub(crate) file: String,
    /// The venue.
    pub(crate) venue: String,
    /// Who reserved.
    pub(crate) name: String,
    /// When, how many, which table.
    pub(crate) lines: Vec<String>,
    /// Small, at the foot.
    pub(crate) foot: String,
}

/// How far the writing of a list is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct ExportView {
    /// Rows that were written.
    pub(crate) done: u32,
    /// Rows in all.
    pub(crate) total: u32,
    /// Where the file is; `None`: it is not whole.
    pub(crate) path: Option<String>,
}
