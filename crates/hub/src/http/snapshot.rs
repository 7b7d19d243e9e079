//! `GET /api/snapshot`: everything that a device may hold, from one view of the data, as NDJSON.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use portero_protocol::problem::Code;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::App;
use super::auth::Caller;
use crate::clock;
use crate::error::{Error, Result};

/// Bytes that go out together.
const PART: usize = 64 * 1024;
/// Parts that may wait for a slow reader. While they do, so does the view.
const WAITING: usize = 4;

/// Snapshots at a time: a slow reader holds its view, and other requests have to read as well.
pub(super) const AT_ONCE: usize = 4;
/// How long a device waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

type Part = Result<Bytes, std::io::Error>;

/// `GET /api/snapshot`
pub(super) async fn snapshot(State(app): State<App>, caller: Caller) -> Result<Response> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(&app.snapshots).acquire_owned())
        .await
        .map_err(|_| Error::wait(Code::Busy, "Too many devices are taking a snapshot", 2))?
        .map_err(|_| Error::from(Code::Internal))?;
    let (parts, reader) = mpsc::channel::<Part>(WAITING);
    let role = caller.role();
    let store = app.store.clone();
    let known = store.shared().known();
    tokio::spawn(async move {
        let failed = parts.clone();
        let done = store
            .read(move |view| {
                let mut part = Vec::with_capacity(PART + 4_096);
                view.snapshot(&known.venue, role, clock::now(), |line| {
                    serde_json::to_writer(&mut part, line)?;
                    part.push(b'\n');
                    if part.len() >= PART {
                        let full = std::mem::replace(&mut part, Vec::with_capacity(PART + 4_096));
                        send(&parts, full)?;
                    }
                    Ok(())
                })?;
                send(&parts, part)
            })
            .await;
        if let Err(error) = done {
            // The last line is missing, so the reader knows; ending the body with a fault says it sooner.
            let _ = failed.send(Err(std::io::Error::other(error))).await;
        }
        drop(turn);
    });
    let mut response = Response::new(Body::from_stream(ReceiverStream::new(reader)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn send(parts: &mpsc::Sender<Part>, part: Vec<u8>) -> Result<()> {
    let gone = || Error::new(Code::Internal, "The reader of a snapshot has gone");
    match parts.try_send(Ok(Bytes::from(part))) {
        Ok(()) => Ok(()),
        Err(mpsc::error::TrySendError::Full(part)) => parts.blocking_send(part).map_err(|_| gone()),
        Err(mpsc::error::TrySendError::Closed(_)) => Err(gone()),
    }
}
