//! What must not be lost: the outbox item by item, and carried to the hub by hand; and the figures day by day.

use portero_door::view::{DayFigure, ExportedOutbox, OutboxId, OutboxItem};
use portero_protocol::problem::Code;
use portero_protocol::sealed::Taken;
use tauri::{AppHandle, State};

use crate::app::App;
use crate::downloads;
use crate::error::{ErrorView, Result};

/// The ending of an exported outbox.
const ENDING: &str = "portero";

#[tauri::command]
pub(crate) async fn outbox(app: State<'_, App>, limit: u32) -> Result<Vec<OutboxItem>> {
    Ok(app.session().await?.door.outbox(limit).await?)
}

#[tauri::command]
pub(crate) async fn deliver_again(app: State<'_, App>, item: OutboxId) -> Result<()> {
    Ok(app.session().await?.door.deliver_again(item).await?)
}

#[tauri::command]
pub(crate) async fn give_up(app: State<'_, App>, item: OutboxId) -> Result<()> {
    Ok(app.session().await?.door.give_up(item).await?)
}

/// Writes everything that waits into a signed file among the user's downloads: for a stick, where the network does not come back.
#[tauri::command]
pub(crate) async fn export_outbox(handle: AppHandle, app: State<'_, App>) -> Result<ExportedOutbox> {
    let door = &app.session().await?.door;
    let name = door.identity()?.door.unwrap_or_else(|| "Portero".to_owned());
    let path = downloads::free(&handle, &name, ENDING)?;
    Ok(door.export_outbox(&path).await?)
}

/// Takes the text of such a file, where the hub runs in this process.
#[tauri::command]
pub(crate) async fn import_outbox(app: State<'_, App>, file: String) -> Result<Taken> {
    let session = app.session().await?;
    let Some(hosting) = &session.hosting else {
        return Err(ErrorView::new(
            Code::Forbidden,
            "the hub runs on another computer: import the file there (`portero-hub import`)",
        ));
    };
    hosting.import_outbox(file).await
}

#[tauri::command]
pub(crate) async fn figures(app: State<'_, App>, days: u32) -> Result<Vec<DayFigure>> {
    Ok(app.session().await?.door.figures(days).await?)
}
