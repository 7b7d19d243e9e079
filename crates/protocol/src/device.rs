//! Devices: every laptop, desktop and screen has a token of its own, for one venue and one role.

use serde::{Deserialize, Serialize};

use crate::ids::DeviceId;
use crate::instant::Instant;

mod invitation;
mod report;

pub use invitation::InvitationLink;
pub use report::{Alarm, CLOCK_FAR_MS, CameraHealth, DeviceState, HEADER_REPORT, Report};

/// What a device may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Role {
    /// A door: reads tonight and the days around it, delivers entries, creates walk-ins.
    #[serde(rename = "portero")]
    Door,
    /// A manager: everything.
    #[serde(rename = "gerente")]
    Manager,
    /// A screen: reads counts.
    #[serde(rename = "pantalla")]
    Screen,
}

impl Role {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Door => "portero",
            Self::Manager => "gerente",
            Self::Screen => "pantalla",
        }
    }

    /// The role with that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Door, Self::Manager, Self::Screen]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// A device as managers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Dispositivo")
)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its name, as "Puerta 1".
    #[serde(rename = "nombre")]
    pub name: String,
    /// What it may do.
    #[serde(rename = "rol")]
    pub role: Role,
    /// Since when.
    #[serde(rename = "creadoEn")]
    pub created: Instant,
    /// Since when it may only deliver entries.
    #[serde(rename = "revocadoEn", default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Instant>,
    /// When it was last heard.
    #[serde(rename = "vistoEn", default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Instant>,
    /// The highest entry number that it delivered.
    #[serde(rename = "secuencia", default)]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sequence: u64,
    /// How many of its entries up to that number the hub does not have: on their way, or lost with the device.
    #[serde(rename = "faltan", default)]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub outstanding: u64,
    /// How many people it may let in as walk-ins in one night; `None`: no limit while it is online, nobody while it is not.
    #[serde(rename = "cupo", default, skip_serializing_if = "Option::is_none")]
    pub allotment: Option<u32>,
    /// How it is; `None`: it was not heard since the hub started.
    #[serde(rename = "estado", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Box<DeviceState>>,
}
