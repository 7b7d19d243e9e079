//! The start, the first choice, preferences.

use serde_json::Value;
use tauri::State;

use crate::app::App;
use crate::error::Result;
use crate::view::{StartChoice, Startup};

#[tauri::command]
pub(crate) async fn startup(app: State<'_, App>) -> Result<Startup> {
    Ok(app.startup().await)
}

#[tauri::command]
pub(crate) async fn choose(app: State<'_, App>, choice: StartChoice) -> Result<Startup> {
    app.choose(choice).await
}

#[tauri::command]
pub(crate) async fn set_preference(app: State<'_, App>, key: String, value: Value) -> Result<()> {
    app.set_preference(&key, &value).await
}

#[tauri::command]
pub(crate) async fn window_focused(app: State<'_, App>) -> Result<()> {
    app.session().await?.door.focus();
    Ok(())
}
