//! `POST /api/sesion`: a cookie for a browser's own `EventSource`, which cannot send a token. It reads and writes nothing.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portero_protocol::problem::Code;

use super::App;
use super::auth::{Caller, SESSION, bearer};
use crate::error::{Error, Result};
use crate::store::session::LIFE_MS;

/// `POST /api/sesion`
pub(super) async fn start(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response> {
    if bearer(&headers).is_none() {
        return Err(Error::new(
            Code::Unauthorized,
            "A session starts with the device's token",
        ));
    }
    let device = caller.identity.device;
    let secret = app.store.write(move |tx| tx.start_session(device)).await?;
    let secure = if app.options.tls.is_some() { "; Secure" } else { "" };
    let cookie = format!(
        "{SESSION}={secret}; Path=/api; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        LIFE_MS / 1_000
    );
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
