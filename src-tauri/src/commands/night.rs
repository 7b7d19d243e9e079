//! Tonight and other nights, and reports about many.

use portero_door::view::{HourMinute, NightsReport, Range, Tonight};
use portero_protocol::problem::Code;
use portero_protocol::reservation::wire_date;
use tauri::State;

use crate::app::App;
use crate::error::{ErrorView, Result};

#[tauri::command]
pub(crate) async fn night(app: State<'_, App>, fecha: String) -> Result<Tonight> {
    let day =
        wire_date::parse(&fecha).ok_or_else(|| ErrorView::new(Code::InvalidTime, "a day is YYYY-MM-DD"))?;
    Ok(app.session().await?.door.night(day).await?)
}

#[tauri::command]
pub(crate) async fn report(app: State<'_, App>, range: Range) -> Result<NightsReport> {
    Ok(app.session().await?.door.report(range).await?)
}

/// The last sixty minutes of the connection.
#[tauri::command]
pub(crate) async fn last_hour(app: State<'_, App>) -> Result<Vec<HourMinute>> {
    Ok(app.session().await?.door.minutes())
}
