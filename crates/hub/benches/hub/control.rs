//! The control: what anybody writes with axum's `Sse` and a broadcast channel, with no log, no roles and nothing on disk.

use std::convert::Infallible;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// Set in the process that is the control.
pub(crate) const ADDRESS: &str = "PORTERO_BENCH_CONTROL";

pub(crate) struct Control {
    pub(crate) address: String,
    process: Child,
}

impl Control {
    pub(crate) fn start() -> Self {
        // A free port, found by binding it; the child binds it again.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let process = Command::new(std::env::current_exe().unwrap())
            .env(ADDRESS, &address)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(&address).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self { address, process }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn serve(address: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (events, _) = broadcast::channel::<String>(1_024);
        let router = Router::new()
            .route("/api/reservas/events", get(follow))
            .route("/api/asistencia", post(publish))
            .with_state(events);
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        axum::serve(listener, router).await.unwrap();
    });
}

async fn follow(
    State(events): State<broadcast::Sender<String>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let first = futures_util::stream::iter([Ok(Event::default().event("connected").data("{}"))]);
    let live = BroadcastStream::new(events.subscribe())
        .filter_map(async |event| event.ok())
        .map(|data| Ok(Event::default().event("qr-scanned").data(data)));
    Sse::new(first.chain(live)).keep_alive(KeepAlive::default())
}

async fn publish(State(events): State<broadcast::Sender<String>>, body: String) -> &'static str {
    let _ = events.send(body);
    "{}"
}
