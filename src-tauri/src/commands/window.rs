//! The window itself: its size on the screen, the screen that stays on, the first picture.

use portero_door::check::DoorCheck;
use tauri::{State, WebviewWindow};

use crate::app::App;
use crate::error::{ErrorView, Result};

#[tauri::command]
pub(crate) async fn set_fullscreen(window: WebviewWindow, on: bool) -> Result<()> {
    window.set_fullscreen(on).map_err(ErrorView::from)
}

/// How large everything is drawn; 1 is as designed.
#[tauri::command]
pub(crate) async fn set_zoom(window: WebviewWindow, factor: f64) -> Result<()> {
    window.set_zoom(factor.clamp(0.5, 4.0)).map_err(ErrorView::from)
}

/// Keeps the screen on while the door screen is open.
#[tauri::command]
pub(crate) async fn keep_awake(app: State<'_, App>, on: bool) -> Result<()> {
    app.keep_awake(on).await
}

/// The window shows its first list: the start is over. For the log, and for who measures it.
#[tauri::command]
pub(crate) async fn usable(app: State<'_, App>) -> Result<()> {
    app.usable();
    Ok(())
}

/// The door test's share of what only this program knows.
#[tauri::command]
pub(crate) async fn check_door(app: State<'_, App>) -> Result<DoorCheck> {
    Ok(app.session().await?.door.check().await?)
}
