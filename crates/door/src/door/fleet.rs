//! The venue and its devices: read and changed at the hub, by managers.

use portero_protocol::device::{CameraHealth, Device, Role};
use portero_protocol::ids::{DeviceId, OpId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::venue::{Venue, VenuePatch};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Door;
use crate::error::{DoorError, Result};
use crate::hub::WriteRequest;
use crate::known::wall_ms;

/// An invitation, as the hub gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invited {
    /// The code, good once.
    pub code: String,
    /// When it ends.
    pub expires: Instant,
}

#[derive(Deserialize)]
struct Devices {
    #[serde(rename = "dispositivos")]
    devices: Vec<Device>,
}

impl Door {
    /// Tells the hub, with the next request or at once where it matters, how this door's camera is.
    pub fn camera_is(&self, health: CameraHealth) {
        if let Some(hub) = &self.parts.hub {
            hub.reporter().camera(health);
        }
    }

    /// Every device of the venue, the oldest first, with how each is. Needs the hub, and a manager.
    ///
    /// # Errors
    /// `hub_unreachable`, `forbidden`.
    pub async fn devices(&self) -> Result<Vec<Device>> {
        let found: Devices = self.hub()?.read("api/dispositivos").await?;
        Ok(found.devices)
    }

    /// Invites a device. Needs the hub, and a manager.
    ///
    /// # Errors
    /// `invalid_field` for a name that is none; `hub_unreachable`, `forbidden`.
    pub async fn invite(&self, role: Role, name: &str, minutes: u32) -> Result<Invited> {
        let body = json!({ "rol": role, "nombre": name.trim(), "minutos": minutes });
        self.ask_hub(Method::POST, "api/dispositivos/invitar", Some(body))
            .await
    }

    /// Renames a device, or sets how many people it may let in as walk-ins. Needs the hub, and a manager.
    ///
    /// # Errors
    /// `not_found`, `invalid_field`; `hub_unreachable`, `forbidden`.
    pub async fn change_device(
        &self,
        device: DeviceId,
        name: Option<&str>,
        allotment: Option<u32>,
    ) -> Result<Device> {
        let mut body = serde_json::Map::new();
        body.extend(name.map(|name| ("nombre".to_owned(), Value::from(name.trim()))));
        body.extend(allotment.map(|seats| ("cupo".to_owned(), Value::from(seats))));
        let path = format!("api/dispositivos/{device}");
        self.ask_hub(Method::PATCH, &path, Some(Value::Object(body)))
            .await
    }

    /// From now on the device may deliver what it recorded, and nothing else. Needs the hub, and a manager.
    ///
    /// # Errors
    /// `not_found`; `hub_unreachable`, `forbidden`.
    pub async fn revoke_device(&self, device: DeviceId) -> Result<Device> {
        let path = format!("api/dispositivos/{device}/revocar");
        self.ask_hub(Method::POST, &path, None).await
    }

    /// The venue, as it is known here.
    ///
    /// # Errors
    /// `not_found` before the first snapshot.
    pub fn venue(&self) -> Result<Venue> {
        let house = self.parts.known.house().ok_or_else(|| {
            DoorError::new(
                Code::NotFound,
                "this device has never reached its hub: the venue is not known yet",
            )
        })?;
        Ok(house.venue.clone())
    }

    /// Changes the venue. Needs the hub, and a manager.
    ///
    /// # Errors
    /// The field that breaks a rule; `hub_unreachable`, `forbidden`.
    pub async fn change_venue(&self, patch: &VenuePatch) -> Result<Venue> {
        let body = serde_json::to_value(patch)?;
        self.ask_hub(Method::PATCH, "api/local", Some(body)).await
    }

    async fn ask_hub<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T> {
        let (answer, _) = self
            .hub()?
            .write(WriteRequest {
                method,
                path: path.to_owned(),
                body,
                version: None,
                op: OpId::new(wall_ms()),
            })
            .await?;
        Ok(serde_json::from_value(answer)?)
    }
}
