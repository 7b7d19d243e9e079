//! Lists and tickets as files. They go to the user's downloads, and the window says where: a dialog of the system would take the keys of a hand
//! scanner while it is open.

use portero_door::spreadsheet::{Format, RosterWords};
use portero_door::view::ListQuery;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_scan::qr::TicketText;
use tauri::{AppHandle, State};

use crate::app::App;
use crate::downloads;
use crate::error::{ErrorView, Result};
use crate::export::Exports;
use crate::view::{ExportView, TicketFormat, TicketWords};

/// A saved ticket prints sharply at 5 cm.
const PIXELS_A_MODULE: usize = 12;

/// Saves a ticket, and gives the path.
#[tauri::command]
pub(crate) async fn save_ticket(
    handle: AppHandle,
    app: State<'_, App>,
    reserva_id: ReservationId,
    format: TicketFormat,
    words: TicketWords,
) -> Result<String> {
    let code = app.session().await?.door.ticket(&reserva_id).await?;
    let (file, ending) = match format {
        TicketFormat::Png => (portero_scan::qr::png(&code, PIXELS_A_MODULE), "png"),
        TicketFormat::Pdf => {
            let text = TicketText {
                venue: words.venue,
                name: words.name.clone(),
                lines: words.lines,
                foot: words.foot,
            };
            (portero_scan::qr::pdf(&code, &text), "pdf")
        }
    };
    let file = file.map_err(|error| ErrorView::new(Code::Internal, error.to_string()))?;
    let path = downloads::free(&handle, &words.file, ending)?;
    std::fs::write(&path, file).map_err(|error| ErrorView::file("cannot write", &path, &error))?;
    Ok(path.display().to_string())
}

/// Starts writing what a list shows into a file. One that was under way ends, and leaves nothing.
#[tauri::command]
pub(crate) async fn export_start(
    handle: AppHandle,
    app: State<'_, App>,
    exports: State<'_, Exports>,
    query: ListQuery,
    format: Format,
    words: RosterWords,
) -> Result<ExportView> {
    let door = app.session().await?.door.clone();
    let place = downloads::free(&handle, &words.sheet, format.extension())?;
    exports.start(&door, query, format, words, place).await
}

/// Writes the next part. The window asks again until there is a path, and draws how far it is in between.
#[tauri::command]
pub(crate) async fn export_more(app: State<'_, App>, exports: State<'_, Exports>) -> Result<ExportView> {
    let door = app.session().await?.door.clone();
    exports.more(&door).await
}

/// Stops; nothing is left behind.
#[tauri::command]
pub(crate) async fn export_stop(exports: State<'_, Exports>) -> Result<()> {
    exports.stop().await;
    Ok(())
}
