//! What the window sees of the venue's devices and of this one's settings.

use portero_door::Settings;
use portero_protocol::device::InvitationLink;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use serde::Serialize;

use crate::error::{ErrorView, Result};

/// An invitation, to be shown to the camera of a new laptop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "InvitacionVista"))]
pub(crate) struct InvitationView {
    /// What it says.
    #[serde(rename = "invitacion")]
    link: InvitationLink,
    /// When it ends.
    #[serde(rename = "vence")]
    expires: Instant,
    /// The whole of it as text, to be pasted.
    #[serde(rename = "texto")]
    text: String,
    /// Its QR as an SVG picture.
    svg: String,
}

impl InvitationView {
    /// Draws it.
    pub(crate) fn new(link: InvitationLink, expires: Instant) -> Result<Self> {
        let text = link.text();
        let svg = portero_scan::qr::svg(&text)
            .map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?;
        Ok(Self {
            link,
            expires,
            text,
            svg,
        })
    }
}

/// The settings of this device that a person may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Ajustes"))]
pub(crate) struct SettingsView {
    /// `sse.enabled`.
    sse_enabled: bool,
    /// `sse.reconnect_cap_ms`.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    reconnect_cap_ms: u64,
    /// `polling.interval_s`.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    polling_interval_s: u64,
    /// `polling.stale_after_s`.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    stale_after_s: u64,
    /// `polling.refetch_on_focus`.
    refetch_on_focus: bool,
    /// `scan.same_code_pause_ms`.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    same_code_pause_ms: u64,
    /// `scan.serial_port`.
    serial_port: Option<String>,
    /// `scan.serial_baud`.
    serial_baud: u32,
    /// `scan.serial_prefix`.
    serial_prefix: Option<String>,
    /// `scan.serial_suffix`.
    serial_suffix: Option<String>,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> Self {
        Self {
            sse_enabled: settings.sse_enabled,
            reconnect_cap_ms: settings.reconnect_cap_ms,
            polling_interval_s: settings.polling_interval_s,
            stale_after_s: settings.stale_after_s,
            refetch_on_focus: settings.refetch_on_focus,
            same_code_pause_ms: settings.same_code_pause_ms,
            serial_port: settings.serial_port,
            serial_baud: settings.serial_baud,
            serial_prefix: settings.serial_prefix,
            serial_suffix: settings.serial_suffix,
        }
    }
}
