//! Joining a hub: an invitation's code for a token of this device's own.

use std::sync::Arc;

use portero_protocol::ids::OpId;
use portero_protocol::problem::Code;
use reqwest::Method;
use serde_json::json;

use crate::door::HubAddress;
use crate::error::{DoorError, Result};
use crate::hub::{Hub, WriteRequest};
use crate::known::wall_ms;

/// Exchanges an invitation's code for a token. An invitation can be used once.
///
/// # Errors
/// `invalid_config`: the address cannot be used. `hub_unreachable`. `unauthorized`: the code is wrong, used or too old.
pub async fn pair(url: &str, code: &str, name: Option<&str>) -> Result<String> {
    let nobody = HubAddress {
        url: url.to_owned(),
        token: String::new(),
    };
    let hub = Hub::new(&nobody, Arc::default(), Arc::default())?;
    let (answer, _) = hub
        .write(WriteRequest {
            method: Method::POST,
            path: "api/dispositivos/enlazar".to_owned(),
            body: Some(json!({ "codigo": code.trim(), "nombre": name })),
            version: None,
            op: OpId::new(wall_ms()),
        })
        .await?;
    answer["token"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| DoorError::new(Code::HubUnreachable, "the hub's answer has no token in it"))
}
