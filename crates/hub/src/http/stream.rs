//! `GET /api/reservas/events`: the log as Server-Sent Events.
//!
//! A reader listens first and catches up second: what is committed while it reads the log waits in its queue, and positions that it has seen are
//! skipped. So there is no gap between the two, and none goes unproven: a position that does not follow the last one ends the stream.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use portero_protocol::PROTOCOL;
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::event::{Connected, Heartbeat, Reset, ResetReason, name};
use portero_protocol::ids::DeviceId;
use portero_protocol::problem::Code;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::App;
use super::asked::Asked;
use super::auth::Caller;
use crate::clock;
use crate::error::{Error, Result};
use crate::fleet::Following;
use crate::live::Published;
use crate::random;
use crate::store::log::Standing;

/// Events that are read from the log at a time while catching up.
const CATCH_UP: u32 = 500;
/// How long readers are told to wait after the hub's end, in ms: spread, so that they do not come back all at once.
const RETRY_MS: (u64, u64) = (200, 2_000);

/// `GET /api/reservas/events`
pub(super) async fn events(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response> {
    let cursor = wanted(&headers, &asked)?;
    // Before anything is read: what commits from here on is in the queue.
    let queue = app.store.shared().live.subscribe();
    let (head, standing) = app
        .store
        .read({
            let cursor = cursor.clone();
            move |view| {
                let standing = cursor.as_ref().map(|cursor| view.standing(cursor)).transpose()?;
                Ok((view.cursor()?.pos, standing))
            }
        })
        .await?;
    let start = match (cursor, standing) {
        (Some(cursor), Some(Standing::Continues)) => Start {
            last: cursor.pos,
            resumed: true,
            reset: None,
        },
        (_, Some(Standing::Reset(reason))) => Start {
            last: head,
            resumed: false,
            reset: Some(reason),
        },
        _ => Start {
            last: head,
            resumed: false,
            reset: None,
        },
    };
    let reader = Reader::new(app, &caller, queue, head, start);
    let body = Body::from_stream(stream::unfold(reader, |mut reader| async move {
        let block = reader.next().await?;
        Some((Ok::<_, std::convert::Infallible>(block), reader))
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    Ok(response)
}

/// Where a stream starts.
struct Start {
    last: u64,
    resumed: bool,
    reset: Option<ResetReason>,
}

/// Where the reader wants to go on: `Last-Event-ID` wins over `since`.
fn wanted(headers: &HeaderMap, asked: &Asked) -> Result<Option<Cursor>> {
    match headers.get("last-event-id") {
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| Error::from(Code::InvalidCursor)),
        None => asked.cursor("since"),
    }
}

/// What comes next on a stream.
enum Phase {
    Opening {
        head: u64,
        resumed: bool,
        reset: Option<ResetReason>,
    },
    CatchingUp,
    Live,
    Ended,
}

struct Reader {
    app: App,
    role: Role,
    device: DeviceId,
    /// What a manager calls it.
    name: String,
    /// Says how far it is, for as long as it is open.
    following: Following,
    queue: broadcast::Receiver<Arc<Published>>,
    /// The last position that the reader has.
    last: u64,
    phase: Phase,
    /// Read from the log, and not sent yet.
    pending: std::vec::IntoIter<Published>,
    heartbeat: Interval,
    ends: Instant,
    closing: watch::Receiver<bool>,
}

impl Reader {
    fn new(
        app: App,
        caller: &Caller,
        queue: broadcast::Receiver<Arc<Published>>,
        head: u64,
        start: Start,
    ) -> Self {
        let now = Instant::now();
        let mut heartbeat = tokio::time::interval_at(now + app.options.heartbeat, app.options.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut life = random_life(app.options.stream_life);
        if let Some(ends) = caller.ends {
            let left = u64::try_from(ends.ms() - clock::now().ms()).unwrap_or(0);
            life = life.min(Duration::from_millis(left));
        }
        Self {
            role: caller.role(),
            device: caller.identity.device,
            name: caller.identity.name.clone(),
            following: app.fleet.follow(caller.identity.device, start.last),
            queue,
            last: start.last,
            phase: Phase::Opening {
                head,
                resumed: start.resumed,
                reset: start.reset,
            },
            pending: Vec::new().into_iter(),
            heartbeat,
            ends: now + life,
            closing: app.closing.clone(),
            app,
        }
    }

    /// The next block; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            match self.phase {
                Phase::Opening { head, resumed, reset } => {
                    self.phase = if reset.is_some() {
                        Phase::Live
                    } else {
                        Phase::CatchingUp
                    };
                    return self.opening(head, resumed, reset);
                }
                Phase::CatchingUp => {
                    if *self.closing.borrow() {
                        return self.farewell();
                    }
                    if let Some(event) = self.pending.next() {
                        return self.send(&event);
                    }
                    if !self.read_log().await? {
                        self.phase = Phase::Live;
                    }
                }
                Phase::Live => match self.wait().await {
                    Next::Event(event) if event.pos <= self.last => {}
                    Next::Event(event) => return self.send(&event),
                    Next::Heartbeat => return block(name::HEARTBEAT, None, &self.pulse()),
                    Next::Closing => return self.farewell(),
                    Next::End => return None,
                },
                Phase::Ended => return None,
            }
        }
    }

    fn opening(&self, head: u64, resumed: bool, reset: Option<ResetReason>) -> Option<Bytes> {
        let connected = Connected {
            connection_id: hex::encode(random::bytes::<8>().ok()?),
            protocol: PROTOCOL,
            epoch: self.app.epoch.clone(),
            head,
            resumed,
            heartbeat_ms: u64::try_from(self.app.options.heartbeat.as_millis()).unwrap_or(u64::MAX),
            time: clock::now(),
            device: Some(self.device),
            name: Some(self.name.clone()),
            role: Some(self.role),
        };
        let mut first = block(name::CONNECTED, None, &connected)?.to_vec();
        if let Some(reason) = reset {
            let id = Cursor {
                epoch: self.app.epoch.clone(),
                pos: self.last,
            };
            let reset = Reset {
                reason,
                head: self.last,
            };
            first.extend_from_slice(&block(name::RESET, Some(&id), &reset)?);
        }
        Some(first.into())
    }

    fn pulse(&self) -> Heartbeat {
        Heartbeat {
            time: clock::now(),
            head: self.app.store.shared().live.head(),
        }
    }

    /// The last block of a hub that ends: with a time to wait. Most parsers lose a `retry` that stands alone.
    fn farewell(&mut self) -> Option<Bytes> {
        self.phase = Phase::Ended;
        let mut last = format!("retry: {}\n", random::between(RETRY_MS.0, RETRY_MS.1)).into_bytes();
        last.extend_from_slice(&block(name::HEARTBEAT, None, &self.pulse())?);
        Some(last.into())
    }

    fn send(&mut self, event: &Published) -> Option<Bytes> {
        let follows = event.pos == self.last + 1 || leaves_holes();
        if !follows || event.revoked == Some(self.device) {
            self.phase = Phase::Ended;
            return None;
        }
        self.last = event.pos;
        self.following.sent(event.pos);
        Some(event.block(self.role, &self.app.epoch))
    }

    /// Reads more of the log; false: there is no more.
    async fn read_log(&mut self) -> Option<bool> {
        // A long way to catch up overflows the queue; whatever it lost is in the log, which is read from here on.
        self.queue = self.queue.resubscribe();
        let last = self.last;
        let events = self
            .app
            .store
            .read(move |view| view.events(last, CATCH_UP))
            .await
            .ok()?;
        let more = !events.is_empty();
        self.pending = events.into_iter();
        Some(more)
    }

    async fn wait(&mut self) -> Next {
        if *self.closing.borrow() {
            return Next::Closing;
        }
        tokio::select! {
            biased;
            event = self.queue.recv() => match event {
                Ok(event) => Next::Event(event),
                Err(RecvError::Lagged(_)) if leaves_holes() => Next::Heartbeat,
                // Too slow, or the hub is going.
                Err(RecvError::Lagged(_) | RecvError::Closed) => Next::End,
            },
            _ = self.closing.changed() => Next::Closing,
            () = tokio::time::sleep_until(self.ends) => Next::End,
            _ = self.heartbeat.tick() => Next::Heartbeat,
        }
    }
}

/// The known bug of a stream that goes on after a hole; false but in a simulation that plants it.
fn leaves_holes() -> bool {
    #[cfg(feature = "sim")]
    return crate::sim::levers::planted(crate::sim::levers::Planted::SilentHole);
    #[cfg(not(feature = "sim"))]
    false
}

enum Next {
    Event(Arc<Published>),
    Heartbeat,
    Closing,
    End,
}

/// An event as a block of the stream.
fn block(event: &str, id: Option<&Cursor>, data: &impl Serialize) -> Option<Bytes> {
    let data = serde_json::to_string(data).ok()?;
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    Some(format!("{id}event: {event}\ndata: {data}\n\n").into())
}

/// A sixth more or less than `about`, so that streams that began together do not end together.
fn random_life(about: Duration) -> Duration {
    let ms = u64::try_from(about.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random::between(ms - ms / 6, ms.saturating_add(ms / 6)))
}
