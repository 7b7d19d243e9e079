//! `/api/local`: the venue.

use axum::extract::State;
use axum::response::Response;
use portero_protocol::venue::VenuePatch;

use super::App;
use super::answer::json;
use super::auth::Caller;
use super::body::Written;
use crate::error::Result;
use crate::store::idempotency::Answer;

/// `GET /api/local`
pub(super) async fn read(State(app): State<App>, _caller: Caller) -> Result<Response> {
    json(&app.store.shared().known().venue)
}

/// `PATCH /api/local`
pub(super) async fn patch(State(app): State<App>, caller: Caller, written: Written) -> Result<Response> {
    caller.manager()?;
    let patch: VenuePatch = written.json()?;
    written
        .once(&app, &caller, move |tx| {
            Ok(Answer {
                status: 200,
                body: serde_json::to_string(&tx.change_venue(&patch)?)?,
                version: None,
            })
        })
        .await
}
