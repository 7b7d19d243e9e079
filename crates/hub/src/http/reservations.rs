//! `/api/reservas`: lists, one, and every edit.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portero_protocol::device::Role;
use portero_protocol::history::ReservationHistory;
use portero_protocol::ids::ReservationId;
use portero_protocol::listing::ReservationList;
use portero_protocol::reservation::Draft;
use serde_json::{Map, Value};

use super::App;
use super::answer::{json, version_tag};
use super::asked::{Asked, Id};
use super::auth::Caller;
use super::body::Written;
use crate::edit::{change, create as new, detail, remove};
use crate::error::Result;
use crate::redact;
use crate::store::history;
use crate::store::listing::Wanted;

/// Reservations in a page where nobody said how many.
const PAGE: u32 = 200;
/// Reservations in a page at most.
const PAGE_MOST: u32 = 1_000;

/// `GET /api/reservas`
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response> {
    let wanted = Wanted {
        day: asked.day("fecha")?,
        text: asked.text("q").unwrap_or_default().chars().take(200).collect(),
        limit: asked.number("limit", PAGE, PAGE_MOST)?,
        offset: asked.number("offset", 0, u32::MAX)?,
    };
    let role = caller.role();
    // The same question by the same role at the same position has the same answer.
    let tag = |pos: u64| format!("W/\"{}:{pos}:{}\"", app.epoch, role.as_str());
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let head = app.store.shared().live.head();
    if known == Some(tag(head).as_str()) {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), &tag(head)));
    }
    let list = app
        .store
        .read(move |view| {
            let (rows, total) = view.list(&wanted)?;
            Ok(ReservationList {
                cursor: view.cursor()?,
                reservations: rows
                    .into_iter()
                    .map(|row| redact::reservation(role, row))
                    .collect(),
                total,
            })
        })
        .await?;
    let tag = tag(list.cursor.pos);
    Ok(tagged(json(&list)?, &tag))
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// `GET /api/reservas/{id}`
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReservationId>,
) -> Result<Response> {
    let role = caller.role();
    let known = app.store.shared().known();
    let found = app
        .store
        .read(move |view| {
            let held = view.reservation(&id)?;
            let detail = detail(view.conn, view.venue, &known, role, &held)?;
            // What a field said before is no business of whoever may not see what it says.
            let edits = match role {
                Role::Manager => history::of(view.conn, view.venue, &held)?,
                Role::Door | Role::Screen => Vec::new(),
            };
            Ok(ReservationHistory { detail, edits })
        })
        .await?;
    let mut response = json(&found)?;
    if let Some(tag) = version_tag(found.detail.reservation.version) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// `POST /api/reservas`
pub(super) async fn create(State(app): State<App>, caller: Caller, written: Written) -> Result<Response> {
    caller.one_of(&[Role::Manager, Role::Door])?;
    let draft: Draft = written.json()?;
    let identity = std::sync::Arc::clone(&caller.identity);
    written
        .once(&app, &caller, move |tx| new::create(tx, &identity, draft))
        .await
}

/// `PATCH /api/reservas/{id}`
pub(super) async fn patch(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReservationId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let fields: Map<String, Value> = written.json()?;
    let identity = std::sync::Arc::clone(&caller.identity);
    let precondition = written.precondition;
    written
        .once(&app, &caller, move |tx| {
            change::patch(tx, &identity, &id, precondition, &fields)
        })
        .await
}

/// `PUT /api/reservas/{id}`
pub(super) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReservationId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let draft: Draft = written.json()?;
    let identity = std::sync::Arc::clone(&caller.identity);
    let precondition = written.precondition;
    written
        .once(&app, &caller, move |tx| {
            change::replace(tx, &identity, &id, precondition, draft)
        })
        .await
}

/// `DELETE /api/reservas/{id}`
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReservationId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let identity = std::sync::Arc::clone(&caller.identity);
    let precondition = written.precondition;
    written
        .once(&app, &caller, move |tx| {
            remove::delete(tx, &identity, &id, precondition)
        })
        .await
}

/// `POST /api/reservas/{id}/reemitir`
pub(super) async fn reissue(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReservationId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let identity = std::sync::Arc::clone(&caller.identity);
    written
        .once(&app, &caller, move |tx| remove::reissue(tx, &identity, &id))
        .await
}
