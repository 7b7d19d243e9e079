//! Publishes this device's key at the hub: before the key is used, and once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portero_protocol::device::Role;
use portero_protocol::ids::{DeviceId, OpId};
use portero_protocol::problem::Code;
use reqwest::Method;
use serde_json::json;

use super::SharedView;
use crate::desk::Desk;
use crate::error::Result;
use crate::hub::{Hub, WriteRequest};
use crate::known::{Known, wall_ms};
use crate::lane::Lane;

/// The key's way to the hub.
#[derive(Debug, Clone)]
pub(crate) struct Keyring {
    pub(crate) hub: Arc<Hub>,
    pub(crate) desk: Lane<Desk>,
    pub(crate) known: Arc<Known>,
    pub(crate) view: SharedView,
    /// Asked for at this moment, or answered in this run: the venue's own word of it follows in the log.
    pub(crate) done: Arc<AtomicBool>,
}

impl Keyring {
    /// The hub can be reached: the key is published where the venue does not have it. Devices that record nothing have none.
    pub(crate) fn tend(&self) {
        let view = self.view.get();
        let (Some(device), Some(Role::Door | Role::Manager), Some(_)) = (view.device, view.role, view.cursor)
        else {
            return;
        };
        if self.known.house().is_none() || self.done.swap(true, Ordering::AcqRel) {
            return;
        }
        let keyring = self.clone();
        tokio::spawn(async move {
            if let Err(error) = keyring.publish(device).await {
                tracing::warn!(%error, "this device's key cannot be published yet");
                keyring.done.store(false, Ordering::Release);
            }
        });
    }

    /// What the hub had it may no longer have.
    pub(crate) fn look_again(&self) {
        self.done.store(false, Ordering::Release);
    }

    async fn publish(&self, device: DeviceId) -> Result<()> {
        let key = self
            .desk
            .ask(move |desk| desk.facts.signing_key_of(device))
            .await?;
        let public = key.public_hex();
        let there = self.known.house().is_some_and(|house| {
            house
                .venue
                .keys
                .iter()
                .any(|known| known.key == public && known.device == Some(device) && known.until.is_none())
        });
        if there {
            return Ok(());
        }
        match self.send(&public).await {
            // It was another device's, or has ended: a copied folder, a hub that forgot.
            Err(error) if error.code == Code::IdTaken => {
                let key = self.desk.ask(|desk| desk.facts.new_signing_key()).await?;
                self.send(&key.public_hex()).await
            }
            sent => sent,
        }
    }

    async fn send(&self, public: &str) -> Result<()> {
        self.hub
            .write(WriteRequest {
                method: Method::POST,
                path: "api/dispositivos/clave".to_owned(),
                body: Some(json!({ "clave": public })),
                version: None,
                op: OpId::new(wall_ms()),
            })
            .await?;
        Ok(())
    }
}
