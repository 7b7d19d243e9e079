//! The venue, its devices, and the settings of this one.

use portero_door::Settings;
use portero_protocol::device::{Device, InvitationLink, Role};
use portero_protocol::ids::DeviceId;
use portero_protocol::problem::Code;
use portero_protocol::venue::{Venue, VenuePatch};
use tauri::State;

use crate::app::App;
use crate::error::{ErrorView, Result};
use crate::house::{InvitationView, SettingsView};

#[tauri::command]
pub(crate) async fn venue(app: State<'_, App>) -> Result<Venue> {
    Ok(app.session().await?.door.venue()?)
}

#[tauri::command]
pub(crate) async fn change_venue(app: State<'_, App>, changes: VenuePatch) -> Result<Venue> {
    Ok(app.session().await?.door.change_venue(&changes).await?)
}

#[tauri::command]
pub(crate) async fn devices(app: State<'_, App>) -> Result<Vec<Device>> {
    Ok(app.session().await?.door.devices().await?)
}

/// Invites a device: a code that is good once, and its QR for the camera of the new laptop.
#[tauri::command]
pub(crate) async fn invite_device(
    app: State<'_, App>,
    name: String,
    role: Role,
    minutes: u32,
) -> Result<InvitationView> {
    let session = app.session().await?;
    let invited = session.door.invite(role, &name, minutes).await?;
    let link = InvitationLink {
        hub: session.url_for_others(),
        code: invited.code,
        name: name.trim().to_owned(),
    };
    InvitationView::new(link, invited.expires)
}

#[tauri::command]
pub(crate) async fn change_device(
    app: State<'_, App>,
    device: DeviceId,
    name: Option<String>,
    allotment: Option<u32>,
) -> Result<Device> {
    let session = app.session().await?;
    Ok(session
        .door
        .change_device(device, name.as_deref(), allotment)
        .await?)
}

#[tauri::command]
pub(crate) async fn revoke_device(app: State<'_, App>, device: DeviceId) -> Result<Device> {
    Ok(app.session().await?.door.revoke_device(device).await?)
}

/// The settings that hold in this run.
#[tauri::command]
pub(crate) async fn settings(app: State<'_, App>) -> Result<SettingsView> {
    let settings: Settings = app.settings();
    Ok(settings.into())
}

/// Looks for an invitation with a camera, before this device is anything. What is seen comes as an event.
#[tauri::command]
pub(crate) async fn join_look(app: State<'_, App>, camera: Option<String>) -> Result<()> {
    app.look_for_invitation(camera.as_deref()).await
}

/// Closes that camera.
#[tauri::command]
pub(crate) async fn join_stop(app: State<'_, App>) -> Result<()> {
    app.stop_looking().await;
    Ok(())
}

/// Reads an invitation that was pasted.
#[tauri::command]
pub(crate) async fn read_invitation(text: String) -> Result<InvitationLink> {
    InvitationLink::read(&text)
        .ok_or_else(|| ErrorView::new(Code::InvalidField, "that is no invitation of a hub"))
}
