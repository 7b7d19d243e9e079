//! `/healthz`, `/readyz`, `/metrics`.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde_json::json;

use super::App;
use super::answer::json as answer;
use super::auth::Caller;
use crate::error::Result;

/// `GET /healthz`: the process lives.
pub(super) async fn alive() -> Result<Response> {
    answer(&json!({"ok": true}))
}

/// `GET /readyz`: it can read and write its database.
pub(super) async fn ready(State(app): State<App>) -> Result<Response> {
    app.store.write(|tx| tx.epoch()).await?;
    let cursor = app.store.read(|view| view.cursor()).await?;
    answer(&json!({"ok": true, "cursor": cursor}))
}

/// `GET /metrics`: for whoever is on this machine, and for managers.
pub(super) async fn metrics(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response> {
    insider(&app, address, request).await?;
    let live = &app.store.shared().live;
    let mut text = String::new();
    for (name, kind, help, value) in [
        (
            "portero_requests_total",
            "counter",
            "Requests since the start",
            app.requests.load(Ordering::Relaxed),
        ),
        (
            "portero_entries_delivered_total",
            "counter",
            "Entries that devices delivered since the start, repeats included",
            app.entries.load(Ordering::Relaxed),
        ),
        (
            "portero_log_head",
            "gauge",
            "The log's last position",
            live.head(),
        ),
        (
            "portero_streams",
            "gauge",
            "Streams that are open",
            live.listeners() as u64,
        ),
    ] {
        text.push_str(&format!(
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
        ));
    }
    let mut response = Response::new(text.into());
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4"),
    );
    Ok(response)
}

/// The interface, described for programs.
const OPENAPI: &str = include_str!("../../openapi.json");

/// `GET /api/openapi.json`: for whoever is on this machine, and for managers.
pub(super) async fn openapi(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response> {
    insider(&app, address, request).await?;
    let mut response = Response::new(OPENAPI.into());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn insider(app: &App, address: SocketAddr, request: Request) -> Result<()> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    let (mut parts, _) = request.into_parts();
    Caller::from_request_parts(&mut parts, app).await?.manager()
}
