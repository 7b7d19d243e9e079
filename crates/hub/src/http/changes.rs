//! `GET /api/reservas/changes`: the stream's events as JSON, for whoever polls or catches up.

use axum::extract::State;
use axum::response::Response;
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::limits::CHANGES_PAGE;
use portero_protocol::problem::Code;
use serde::Serialize;

use super::App;
use super::answer::json;
use super::asked::Asked;
use super::auth::Caller;
use crate::error::{Error, Result};
use crate::live::Paged;
use crate::store::log::Standing;

/// One page.
#[derive(Serialize)]
pub(super) struct Page {
    cursor: Cursor,
    eventos: Vec<Paged>,
    more: bool,
}

/// `GET /api/reservas/changes?since=<cursor>`
pub(super) async fn changes(State(app): State<App>, caller: Caller, asked: Asked) -> Result<Response> {
    let since = asked
        .cursor("since")?
        .ok_or_else(|| Error::new(Code::InvalidQuery, "Say from where: ?since=<epoch>:<pos>"))?;
    match page(&app, caller.role(), since).await? {
        (Standing::Continues, page) => json(&page),
        (Standing::Reset(_), _) => Err(Code::CursorExpired.into()),
    }
}

/// The page after a cursor, and whether the log goes on from there at all.
pub(super) async fn page(app: &App, role: Role, since: Cursor) -> Result<(Standing, Page)> {
    let epoch = app.epoch.clone();
    app.store
        .read(move |view| {
            let standing = view.standing(&since)?;
            let head = view.cursor()?;
            let mut page = Page {
                cursor: since,
                eventos: Vec::new(),
                more: false,
            };
            if standing == Standing::Continues {
                let most = u32::try_from(CHANGES_PAGE).unwrap_or(u32::MAX);
                let events = view.events(page.cursor.pos, most)?;
                if let Some(last) = events.last() {
                    page.cursor.pos = last.pos;
                }
                page.more = page.cursor.pos < head.pos;
                page.eventos = events.iter().map(|event| event.paged(role, &epoch)).collect();
            }
            Ok((standing, page))
        })
        .await
}
