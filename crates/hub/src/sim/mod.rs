//! For simulations: a hub with everything that it has but threads, sockets and clocks. Requests go through its real paths, and whoever simulates
//! decides what time it is and what the network makes of the answers. All of it holds for the thread that asks for it.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH, RETRY_AFTER};
use axum::http::{HeaderName, Request, Response};
use portero_protocol::cursor::Epoch;
use portero_protocol::problem::Code;
use portero_protocol::{HEADER_EPOCH, HEADER_IDEMPOTENCY, HEADER_PROTOCOL, HEADER_TIME, PROTOCOL};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::bulk::check::miscounted;
use crate::error::{Error, Result};
use crate::housekeeping;
use crate::http::{App, router};
use crate::options::Options;
use crate::store::Store;
use crate::store::life::Serving;

pub(crate) mod levers;

pub use levers::{Planted, plant, seed, set_now};

/// A hub that serves nobody but its caller. Dropping it is a crash: what is on disk stays, and nothing else does.
pub struct Running {
    runtime: Arc<Runtime>,
    router: Router,
    app: App,
    serving: Arc<Serving>,
    close: watch::Sender<bool>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path with its query, without a slash before it.
    pub path: String,
    /// The token.
    pub token: String,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// `If-Match`.
    pub version: Option<u64>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// `Portero-Time`.
    pub time: Option<i64>,
    /// `Portero-Epoch`.
    pub epoch: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A stream of events.
pub struct Events {
    runtime: Arc<Runtime>,
    body: Body,
    ended: bool,
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl Running {
    /// Starts to serve a store.
    ///
    /// # Errors
    /// As [`crate::run`].
    pub fn start(path: &Path, options: Options) -> Result<Self> {
        let store = Store::open(path)?;
        let (serving, epoch) = store.begin_serving()?;
        Self::serve(store, options, epoch, Arc::new(serving))
    }

    /// Starts another hub over the same store, beside this one. What one writes reaches the streams of the other as any other program's writes do.
    ///
    /// # Errors
    /// `storage`.
    pub fn beside(&self) -> Result<Self> {
        let store = Store::open(self.app.store.path())?;
        let (options, epoch) = (self.app.options.clone(), self.app.epoch.clone());
        Self::serve(store, options, epoch, Arc::clone(&self.serving))
    }

    fn serve(store: Store, options: Options, epoch: Epoch, serving: Arc<Serving>) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        store.shared().live.set_queue(options.queue_events);
        let (close, closing) = watch::channel(false);
        let app = App::new(store, options, epoch, closing);
        Ok(Self {
            runtime: Arc::new(runtime),
            router: router(app.clone()),
            app,
            serving,
            close,
        })
    }

    /// Looks for what another hub over the same store wrote, as each does a few times a second.
    ///
    /// # Errors
    /// `storage`.
    pub fn look(&self) -> Result<()> {
        self.app.store.look()
    }

    /// A reservation whose count is not the sum of its entries, if there is one.
    ///
    /// # Errors
    /// `storage`.
    pub fn miscounted(&self) -> Result<Option<String>> {
        self.app.store.read_now(miscounted)
    }

    /// Its store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// The life of its log.
    #[must_use]
    pub fn epoch(&self) -> &Epoch {
        &self.app.epoch
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The request cannot be written, or its answer does not end.
    pub fn ask(&self, asked: &Asked) -> Result<Answered> {
        let request = request(asked)?;
        self.runtime.block_on(async {
            let response = self.respond(request).await?;
            whole(response).await
        })
    }

    /// Opens a stream of events; the answer where it is none.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn listen(&self, asked: &Asked) -> Result<std::result::Result<Events, Answered>> {
        let request = request(asked)?;
        self.runtime.block_on(async {
            let response = self.respond(request).await?;
            if response.status() != 200 {
                return Ok(Err(whole(response).await?));
            }
            Ok(Ok(Events {
                runtime: Arc::clone(&self.runtime),
                body: response.into_body(),
                ended: false,
            }))
        })
    }

    async fn respond(&self, request: Request<Body>) -> Result<Response<Body>> {
        self.router
            .clone()
            .oneshot(request)
            .await
            .map_err(|never| match never {})
    }

    /// Time passes: streams beat and end.
    pub fn pass(&self, ms: u64) {
        self.runtime
            .block_on(tokio::time::advance(Duration::from_millis(ms)));
    }

    /// What a hub does once a minute.
    ///
    /// # Errors
    /// `storage`.
    pub fn keep_house(&self) -> Result<()> {
        self.runtime.block_on(housekeeping::round(&self.app))
    }

    /// What a hub does once a second where something happened: writes down how far its log has gone.
    ///
    /// # Errors
    /// `storage`.
    pub fn note(&self) -> Result<()> {
        self.serving
            .note(&self.app.epoch, self.app.store.shared().live.head())
    }

    /// Ends its streams, as before a clean end.
    pub fn close(&self) {
        let _ = self.close.send(true);
    }
}

impl Events {
    /// What has come so far; `None`: it has ended.
    pub fn ready(&mut self) -> Option<Vec<u8>> {
        let _inside = self.runtime.enter();
        let mut context = Context::from_waker(Waker::noop());
        let mut bytes = Vec::new();
        while !self.ended {
            match Pin::new(&mut self.body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        bytes.extend_from_slice(&data);
                    }
                }
                Poll::Ready(_) => self.ended = true,
                Poll::Pending => return Some(bytes),
            }
        }
        (!bytes.is_empty()).then_some(bytes)
    }
}

fn request(asked: &Asked) -> Result<Request<Body>> {
    let mut request = Request::builder()
        .method(asked.method.as_str())
        .uri(format!("/{}", asked.path))
        .header(AUTHORIZATION, format!("Bearer {}", asked.token))
        .header(HeaderName::from_static(HEADER_PROTOCOL), PROTOCOL);
    if let Some(key) = &asked.key {
        request = request.header(HeaderName::from_static(HEADER_IDEMPOTENCY), key);
    }
    if let Some(version) = asked.version {
        request = request.header(IF_MATCH, format!("\"{version}\""));
    }
    if asked.body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let body = asked.body.clone().map_or_else(Body::empty, Body::from);
    let mut request = request.body(body).map_err(broken)?;
    let somewhere = SocketAddr::from(([127, 0, 0, 1], 0));
    request.extensions_mut().insert(ConnectInfo(somewhere));
    Ok(request)
}

async fn whole(response: Response<Body>) -> Result<Answered> {
    let header = |name: &HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let time = header(&HeaderName::from_static(HEADER_TIME));
    Ok(Answered {
        status: response.status().as_u16(),
        time: time.and_then(|text| text.parse().ok()),
        epoch: header(&HeaderName::from_static(HEADER_EPOCH)),
        retry_after: header(&RETRY_AFTER),
        body: to_bytes(response.into_body(), usize::MAX)
            .await
            .map_err(broken)?
            .to_vec(),
    })
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Internal, error.to_string())
}
