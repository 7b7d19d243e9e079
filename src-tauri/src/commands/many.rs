//! The reservations desk: what a filter finds, and many reservations at once.

use portero_door::view::{BulkChange, Edit, ImportedMany, ListQuery, ListedDraft, PromoterCount, SavedMany};
use portero_protocol::ids::ReservationId;
use tauri::State;

use crate::app::App;
use crate::error::Result;

#[tauri::command]
pub(crate) async fn list_ids(app: State<'_, App>, query: ListQuery, most: u32) -> Result<Vec<ReservationId>> {
    Ok(app.session().await?.door.ids(query, most).await?)
}

#[tauri::command]
pub(crate) async fn promoters(app: State<'_, App>, query: ListQuery) -> Result<Vec<PromoterCount>> {
    Ok(app.session().await?.door.promoters(query).await?)
}

#[tauri::command]
pub(crate) async fn change_many(app: State<'_, App>, change: BulkChange) -> Result<SavedMany> {
    Ok(app.session().await?.door.change_many(change).await?)
}

#[tauri::command]
pub(crate) async fn edit_many(app: State<'_, App>, edits: Vec<Edit>) -> Result<SavedMany> {
    Ok(app.session().await?.door.edit_many(edits).await?)
}

#[tauri::command]
pub(crate) async fn remove_many(app: State<'_, App>, ids: Vec<ReservationId>) -> Result<SavedMany> {
    Ok(app.session().await?.door.delete_many(ids).await?)
}

#[tauri::command]
pub(crate) async fn import_rows(app: State<'_, App>, rows: Vec<ListedDraft>) -> Result<ImportedMany> {
    Ok(app.session().await?.door.import(rows).await?)
}
