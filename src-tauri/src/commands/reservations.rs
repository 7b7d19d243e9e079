//! The reservations screen, conflicts and devices.

use portero_door::view::{DayLoad, Decision, ListQuery, ReservationPage, Saved, Sheet};
use portero_protocol::conflict::Conflict;
use portero_protocol::history::EditRecord;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch, wire_date};
use tauri::State;

use crate::app::App;
use crate::error::{ErrorView, Result};
use crate::view::TicketView;

#[tauri::command]
pub(crate) async fn list(app: State<'_, App>, query: ListQuery) -> Result<ReservationPage> {
    Ok(app.session().await?.door.list(query).await?)
}

#[tauri::command]
pub(crate) async fn get(app: State<'_, App>, reserva_id: ReservationId) -> Result<Sheet> {
    Ok(app.session().await?.door.get(&reserva_id).await?)
}

#[tauri::command]
pub(crate) async fn create(app: State<'_, App>, reserva: Draft) -> Result<Saved> {
    Ok(app.session().await?.door.create(reserva).await?)
}

#[tauri::command]
pub(crate) async fn update(
    app: State<'_, App>,
    reserva_id: ReservationId,
    updates: Patch,
    version: u64,
) -> Result<Saved> {
    Ok(app
        .session()
        .await?
        .door
        .update(&reserva_id, updates, version)
        .await?)
}

#[tauri::command]
pub(crate) async fn remove(app: State<'_, App>, reserva_id: ReservationId, version: u64) -> Result<Saved> {
    Ok(app.session().await?.door.delete(&reserva_id, version).await?)
}

#[tauri::command]
pub(crate) async fn reissue(app: State<'_, App>, reserva_id: ReservationId) -> Result<Sheet> {
    Ok(app.session().await?.door.reissue(&reserva_id).await?)
}

#[tauri::command]
pub(crate) async fn ticket(app: State<'_, App>, reserva_id: ReservationId) -> Result<TicketView> {
    let code = app.session().await?.door.ticket(&reserva_id).await?;
    let svg =
        portero_scan::qr::svg(&code).map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?;
    Ok(TicketView { code, svg })
}

#[tauri::command]
pub(crate) async fn history(app: State<'_, App>, reserva_id: ReservationId) -> Result<Vec<EditRecord>> {
    Ok(app.session().await?.door.history(&reserva_id).await?)
}

#[tauri::command]
pub(crate) async fn month_load(app: State<'_, App>, month: String) -> Result<Vec<DayLoad>> {
    let first = wire_date::parse(&format!("{month}-01"))
        .ok_or_else(|| ErrorView::new(Code::InvalidTime, "a month is YYYY-MM"))?;
    Ok(app.session().await?.door.month_load(first).await?)
}

#[tauri::command]
pub(crate) async fn conflicts(app: State<'_, App>) -> Result<Vec<Conflict>> {
    Ok(app.session().await?.door.conflicts().await?)
}

#[tauri::command]
pub(crate) async fn resolve(app: State<'_, App>, decision: Decision) -> Result<Conflict> {
    Ok(app.session().await?.door.resolve(decision).await?)
}
