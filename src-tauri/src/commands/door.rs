//! The door screen.

use portero_door::Way;
use portero_door::view::{Answer, DoorStatus, Found, Identity, Recent, Tonight};
use portero_protocol::ids::{EntryId, ReservationId};
use tauri::State;

use crate::app::App;
use crate::error::Result;
use crate::sound::Meaning;

#[tauri::command]
pub(crate) async fn identity(app: State<'_, App>) -> Result<Identity> {
    Ok(app.session().await?.door.identity()?)
}

#[tauri::command]
pub(crate) async fn status(app: State<'_, App>) -> Result<DoorStatus> {
    Ok(app.session().await?.door.status().await?)
}

#[tauri::command]
pub(crate) async fn scan(app: State<'_, App>, code: String, quantity: Option<u32>) -> Result<Answer> {
    let session = app.session().await?;
    session
        .desk
        .scan(code.as_bytes(), quantity.unwrap_or(1), Way::Scanner)
        .await
}

/// `searched`: the guest was found by name, and not on the verdict that is shown.
#[tauri::command]
pub(crate) async fn admit(
    app: State<'_, App>,
    reserva_id: ReservationId,
    quantity: u32,
    r#override: bool,
    searched: Option<bool>,
) -> Result<Answer> {
    let session = app.session().await?;
    if searched == Some(true) && !r#override {
        return session.desk.found(&reserva_id, quantity).await;
    }
    session.desk.admit(&reserva_id, quantity, r#override).await
}

#[tauri::command]
pub(crate) async fn undo(app: State<'_, App>, escaneo_id: EntryId) -> Result<Answer> {
    app.session().await?.desk.undo(escaneo_id).await
}

#[tauri::command]
pub(crate) async fn recent(app: State<'_, App>, limit: u32) -> Result<Vec<Recent>> {
    Ok(app.session().await?.door.recent(limit).await?)
}

#[tauri::command]
pub(crate) async fn tonight(app: State<'_, App>) -> Result<Tonight> {
    Ok(app.session().await?.door.tonight().await?)
}

#[tauri::command]
pub(crate) async fn search(app: State<'_, App>, text: String, limit: u32) -> Result<Found> {
    Ok(app.session().await?.door.search(&text, limit).await?)
}

/// Plays a sound that is no answer: a guest has to be called back, or somebody tries the loudness.
#[tauri::command]
pub(crate) async fn play_sound(app: State<'_, App>, sound: Meaning) -> Result<()> {
    app.speaker().play(sound);
    Ok(())
}
