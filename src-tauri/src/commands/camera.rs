//! The camera and its preview; the hand scanner on a serial port.

use portero_scan::serial::{PortInfo, SerialStatus};
use portero_scan::view::{CameraStatus, Dial, FrameView, Turn};
use tauri::State;
use tauri::ipc::Response;

use crate::app::App;
use crate::camera;
use crate::error::Result;
use crate::view::CameraChoice;

#[tauri::command]
pub(crate) async fn cameras(app: State<'_, App>) -> Result<Vec<CameraChoice>> {
    // Before the first choice too: a new laptop chooses what reads its invitation.
    if app.lookout().status().is_some() {
        return Ok(camera::choices());
    }
    app.session().await?;
    Ok(camera::choices())
}

#[tauri::command]
pub(crate) async fn select_camera(app: State<'_, App>, id: String) -> Result<()> {
    app.select_camera(&id).await
}

/// A person asks: the code in front of the camera counts again.
#[tauri::command]
pub(crate) async fn scan_again(app: State<'_, App>) -> Result<()> {
    app.session().await?.camera.again();
    Ok(())
}

/// Exposure and focus of the camera that runs, where it has them.
#[tauri::command]
pub(crate) async fn camera_dials(app: State<'_, App>) -> Result<Vec<Dial>> {
    Ok(app.session().await?.camera.dials())
}

#[tauri::command]
pub(crate) async fn turn_camera(app: State<'_, App>, turn: Turn) -> Result<()> {
    app.session().await?.camera.turn(turn);
    Ok(())
}

#[tauri::command]
pub(crate) async fn camera_status(app: State<'_, App>) -> Result<CameraStatus> {
    if let Some(status) = app.lookout().status() {
        return Ok(status);
    }
    Ok(app.session().await?.camera.status())
}

#[tauri::command]
pub(crate) async fn frame_view(app: State<'_, App>) -> Result<FrameView> {
    if let Some(view) = app.lookout().frame_view() {
        return Ok(view);
    }
    Ok(app.session().await?.camera.frame_view())
}

/// The serial ports that a hand scanner may be on.
#[tauri::command]
pub(crate) async fn serial_ports(app: State<'_, App>) -> Result<Vec<PortInfo>> {
    app.session().await?;
    Ok(portero_scan::serial::list_ports())
}

#[tauri::command]
pub(crate) async fn serial_status(app: State<'_, App>) -> Result<SerialStatus> {
    Ok(app.session().await?.scanner.status())
}

/// The latest frame as JPEG bytes; empty where there is none. The window asks for the next after it has drawn one, so none ever queues.
#[tauri::command]
pub(crate) async fn preview(app: State<'_, App>) -> Result<Response> {
    if let Some(jpeg) = app.lookout().preview() {
        return Ok(Response::new(jpeg));
    }
    Ok(Response::new(app.session().await?.camera.preview()))
}
