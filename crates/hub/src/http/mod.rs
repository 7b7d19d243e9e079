//! The hub over HTTP: paths, and what holds for each of them.
//!
//! | module | subject |
//! |---|---|
//! | [`answer`] | errors and answers as responses |
//! | [`auth`] | whose request it is, and what that may do |
//! | [`body`] | reading a body, and doing a write once |
//! | [`guard`] | what every request passes: protocol, clock, faults |
//! | the rest | one file a subject of the contract |

mod answer;
mod asked;
mod attempts;
mod attendance;
mod auth;
mod body;
mod changes;
mod conflicts;
mod devices;
mod guard;
mod health;
mod reservations;
mod session;
mod snapshot;
mod statistics;
mod stream;
mod venue;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};
use portero_protocol::cursor::Epoch;
use portero_protocol::ids::{DeviceId, OpId};
use tokio::sync::{Semaphore, watch};

use crate::fleet::Fleet;
use crate::options::Options;
use crate::store::Store;
use crate::store::device::Heard;
use attempts::Attempts;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) options: Options,
    /// The log's life; it cannot change while the hub runs.
    pub(crate) epoch: Epoch,
    /// Turns true when streams have to end.
    pub(crate) closing: watch::Receiver<bool>,
    /// When each device was last heard and what it said, since it was last written down.
    pub(crate) seen: Mutex<HashMap<DeviceId, Heard>>,
    pub(crate) fleet: Fleet,
    snapshots: Arc<Semaphore>,
    attempts: Attempts,
    in_flight: Mutex<HashSet<(DeviceId, OpId)>>,
    requests: AtomicU64,
    entries: AtomicU64,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    pub(crate) fn new(store: Store, options: Options, epoch: Epoch, closing: watch::Receiver<bool>) -> Self {
        Self(Arc::new(Shared {
            store,
            options,
            epoch,
            closing,
            seen: Mutex::default(),
            fleet: Fleet::default(),
            snapshots: Arc::new(Semaphore::new(snapshot::AT_ONCE)),
            attempts: Attempts::default(),
            in_flight: Mutex::default(),
            requests: AtomicU64::new(0),
            entries: AtomicU64::new(0),
        }))
    }
}

/// Every path of the contract.
pub(crate) fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/api/snapshot", get(snapshot::snapshot))
        .route(
            "/api/reservas",
            get(reservations::list).post(reservations::create),
        )
        .route("/api/reservas/changes", get(changes::changes))
        .route("/api/reservas/events", get(stream::events))
        .route("/api/reservas/stats", get(statistics::statistics))
        .route(
            "/api/reservas/{id}",
            get(reservations::one)
                .patch(reservations::patch)
                .put(reservations::replace)
                .delete(reservations::delete),
        )
        .route("/api/reservas/{id}/reemitir", post(reservations::reissue))
        .route("/api/reservas/{id}/asistencia", post(attendance::deliver_one))
        .route("/api/asistencia", post(attendance::deliver))
        .route("/api/local", get(venue::read).patch(venue::patch))
        .route("/api/conflictos", get(conflicts::list))
        .route("/api/conflictos/{id}/resolver", post(conflicts::resolve))
        .route("/api/dispositivos", get(devices::list))
        .route("/api/dispositivos/invitar", post(devices::invite))
        .route("/api/dispositivos/clave", post(devices::publish_key))
        .route("/api/dispositivos/enlazar", post(devices::accept))
        .route("/api/dispositivos/estado", post(devices::report))
        .route(
            "/api/dispositivos/{id}",
            axum::routing::patch(devices::change).delete(devices::revoke),
        )
        .route("/api/dispositivos/{id}/revocar", post(devices::revoke))
        .route("/api/sesion", post(session::start))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/api/openapi.json", get(health::openapi));
    guard::around(routes, &app).with_state(app)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// The paths of the router as they stand above.
    fn routed() -> Vec<String> {
        let source = include_str!("mod.rs");
        let mut paths: Vec<String> = source
            .split(".route(")
            .skip(1)
            .filter_map(|rest| rest.split('"').nth(1))
            .filter(|path| path.starts_with('/'))
            .map(str::to_owned)
            .collect();
        paths.sort();
        paths
    }

    #[test]
    fn the_description_has_every_path_and_no_other() {
        let described: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
        let mut paths: Vec<String> = described["paths"].as_object().unwrap().keys().cloned().collect();
        paths.sort();
        assert_eq!(paths, routed());
    }
}
