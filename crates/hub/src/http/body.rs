//! Reading a body, and doing a write once for each `Idempotency-Key`.

use std::sync::PoisonError;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures_util::StreamExt;
use portero_protocol::HEADER_IDEMPOTENCY;
use portero_protocol::ids::OpId;
use portero_protocol::limits::BODY_BYTES;
use portero_protocol::problem::Code;
use serde::de::DeserializeOwned;

use super::App;
use super::auth::Caller;
use crate::edit::change::Precondition;
use crate::error::{Error, Result};
use crate::store::idempotency::{Answer, RequestHash, hash_of_request};
use crate::store::tx::Tx;

/// A request that writes: its body, whole, and the headers that steer it.
pub(super) struct Written {
    pub(super) body: Bytes,
    pub(super) key: Option<OpId>,
    pub(super) precondition: Precondition,
    pub(super) hash: RequestHash,
}

impl<S: Send + Sync> FromRequest<S> for Written {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let body = whole(&parts.headers, body).await?;
        if !body.is_empty() {
            check_type(&parts.headers)?;
        }
        Ok(Self {
            key: key(&parts.headers)?,
            precondition: precondition(&parts.headers)?,
            hash: hash(&parts.method, &parts.uri, &parts.headers, &body),
            body,
        })
    }
}

impl Written {
    /// The body as a value.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            use serde_json::error::Category;
            let code = match error.classify() {
                Category::Data => Code::InvalidBody,
                Category::Io | Category::Syntax | Category::Eof => Code::InvalidJson,
            };
            Error::new(code, format!("The body cannot be read: {error}"))
        })
    }

    /// Does the write once: a repeat of its key gets the first answer.
    pub(super) async fn once<F>(&self, app: &App, caller: &Caller, write: F) -> Result<Response>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<Answer> + Send + 'static,
    {
        let key = self
            .key
            .ok_or_else(|| Error::from(Code::IdempotencyKeyRequired))?;
        let device = caller.identity.device;
        let _flight = Flight::start(app, device, key)?;
        let hash = self.hash;
        let answer = app
            .store
            .write(move |tx| tx.once(device, key, hash, write))
            .await?;
        Ok(answer.into_response())
    }
}

/// A key that is being worked on.
pub(super) struct Flight<'a> {
    app: &'a App,
    key: (portero_protocol::ids::DeviceId, OpId),
}

impl<'a> Flight<'a> {
    pub(super) fn start(app: &'a App, device: portero_protocol::ids::DeviceId, key: OpId) -> Result<Self> {
        let key = (device, key);
        let started = app
            .in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key);
        if started {
            Ok(Self { app, key })
        } else {
            Err(Error::wait(
                Code::IdempotencyInFlight,
                Code::IdempotencyInFlight.title(),
                1,
            ))
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.app
            .in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

/// The body, if it is within the limit.
async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES) {
        return Err(Code::TooLarge.into());
    }
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|_| Error::new(Code::InvalidJson, "The body did not arrive whole"))?;
        if whole.len() + part.len() > BODY_BYTES {
            return Err(Code::TooLarge.into());
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

fn check_type(headers: &HeaderMap) -> Result<()> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|text| {
            text.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        });
    match media.as_deref() {
        Some("application/json") => Ok(()),
        Some(json) if json.starts_with("application/") && json.ends_with("+json") => Ok(()),
        _ => Err(Code::UnsupportedMediaType.into()),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<OpId>> {
    headers
        .get(HEADER_IDEMPOTENCY)
        .map(|value| {
            value
                .to_str()
                .ok()
                .and_then(|text| text.trim().trim_matches('"').parse().ok())
                .ok_or_else(|| Error::new(Code::IdempotencyKeyRequired, "Idempotency-Key has to be a UUID"))
        })
        .transpose()
}

fn precondition(headers: &HeaderMap) -> Result<Precondition> {
    let Some(value) = headers.get(IF_MATCH) else {
        return Ok(Precondition::Missing);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Precondition::Any);
    }
    text.strip_prefix("W/")
        .unwrap_or(text)
        .trim_matches('"')
        .parse()
        .map(Precondition::Version)
        .map_err(|_| {
            Error::new(
                Code::InvalidQuery,
                "If-Match is the version that the edit was made on, or *",
            )
        })
}

fn hash(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> RequestHash {
    let precondition = headers
        .get(IF_MATCH)
        .map_or(&b""[..], axum::http::HeaderValue::as_bytes);
    hash_of_request(method.as_str(), uri.path(), precondition, body)
}
