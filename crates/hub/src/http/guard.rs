//! What every request passes: the protocol's number, the hub's clock in every answer, and problems for whatever goes wrong on the way.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use portero_protocol::problem::Code;
use portero_protocol::{HEADER_EPOCH, HEADER_PROTOCOL, HEADER_TIME};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use super::App;
use crate::clock;
use crate::error::Error;

const TIME: HeaderName = HeaderName::from_static(HEADER_TIME);
const EPOCH: HeaderName = HeaderName::from_static(HEADER_EPOCH);
/// The oldest protocol that may do more than deliver entries.
const OLDEST: u32 = 1;
/// Answers below this are not worth compressing.
const COMPRESS_ABOVE: u64 = 1_400;

/// Puts the layers around all paths.
pub(super) fn around(routes: Router<App>, app: &App) -> Router<App> {
    // A stream is never compressed: a compressor holds bytes back.
    let worth_it = SizeAbove::new(COMPRESS_ABOVE).and(NotForContentType::SSE);
    routes
        .fallback(|| async { Error::new(Code::NotFound, "There is no such path") })
        .method_not_allowed_fallback(|| async { Error::from(Code::MethodNotAllowed) })
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_it))
        .layer(CatchPanicLayer::custom(|_| {
            Error::from(Code::Internal).into_response()
        }))
        .layer(from_fn_with_state(app.clone(), each))
}

async fn each(State(app): State<App>, request: Request, next: Next) -> Response {
    app.requests.fetch_add(1, Ordering::Relaxed);
    let mut response = match check_protocol(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    response
        .headers_mut()
        .insert(TIME, HeaderValue::from(clock::now().ms()));
    // For whoever may not read: a device that was revoked offers what it delivered again as well where the hub was restored.
    if let Ok(epoch) = HeaderValue::from_str(app.epoch.as_str()) {
        response.headers_mut().insert(EPOCH, epoch);
    }
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.headers().get("content-type").is_none()
    {
        let allowed = response.headers().get("allow").cloned();
        response = Error::from(Code::MethodNotAllowed).into_response();
        if let Some(allowed) = allowed {
            response.headers_mut().insert("allow", allowed);
        }
    }
    response
}

/// A client that is too old may deliver what it has, and nothing else.
fn check_protocol(request: &Request) -> Result<(), Error> {
    let Some(sent) = request.headers().get(HEADER_PROTOCOL) else {
        // A browser's own EventSource cannot send it.
        return Ok(());
    };
    let number: u32 = sent
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| Error::new(Code::InvalidQuery, "Portero-Protocol is a whole number"))?;
    let path = request.uri().path();
    let delivers = request.method() == Method::POST
        && (path == "/api/asistencia"
            || (path.starts_with("/api/reservas/") && path.ends_with("/asistencia")));
    if number < OLDEST && !delivers {
        return Err(Code::UpgradeRequired.into());
    }
    Ok(())
}
