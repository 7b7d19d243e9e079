//! Errors and answers as responses.

use axum::http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::idempotency::Answer;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if problem.status >= 500 {
            tracing::error!(code = problem.code.as_str(), error = %self, "a request failed");
        }
        let body = serde_json::to_vec(problem).unwrap_or_default();
        let mut response = Response::new(body.into());
        *response.status_mut() = status(problem.status);
        response.headers_mut().insert(CONTENT_TYPE, PROBLEM);
        if let Some(seconds) = self.retry_after_s() {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let failed = self.status >= 400;
        let mut response = Response::new(self.body.into());
        *response.status_mut() = status(self.status);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, if failed { PROBLEM } else { JSON });
        if let Some(tag) = self.version.and_then(version_tag) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

/// A reservation's version as `ETag`, for the next `If-Match`.
pub(super) fn version_tag(version: u64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).ok()
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<Response> {
    json_with(StatusCode::OK, value)
}

/// A value as JSON with a status.
pub(super) fn json_with(status: StatusCode, value: &impl Serialize) -> Result<Response> {
    let mut response = Response::new(serde_json::to_vec(value)?.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Ok(response)
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
