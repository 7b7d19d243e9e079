//! The reservations screen, conflicts and devices.

use portero_door::view::{DayLoad, Decision, ListQuery, ReservationPage, Saved, Sheet};
use portero_protocol::conflict::Conflict;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch, wire_date};
use tauri::{AppHandle, Manager, State};

use crate::app::App;
use crate::error::{ErrorView, Result};
use crate::view::TicketView;

/// A saved ticket prints sharply at 5 cm.
const PIXELS_A_MODULE: usize = 12;

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

/// Saves a ticket as a PNG among the user's downloads, and gives the path.
#[tauri::command]
pub(crate) async fn save_ticket(
    handle: AppHandle,
    app: State<'_, App>,
    reserva_id: ReservationId,
) -> Result<String> {
    let session = app.session().await?;
    let code = session.door.ticket(&reserva_id).await?;
    let picture = portero_scan::qr::png(&code, PIXELS_A_MODULE)
        .map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?;
    let folder = handle.path().download_dir().or_else(|_| handle.path().home_dir());
    let folder = folder.map_err(|error| ErrorView::new(Code::Storage, error.to_string()))?;
    let path = folder.join(format!("portero-{reserva_id}.png"));
    std::fs::write(&path, picture).map_err(|error| ErrorView::file("cannot write", &path, &error))?;
    Ok(path.display().to_string())
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
