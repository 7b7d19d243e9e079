//! A hub on a free port, and doors on it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use portero_door::view::LinkState;
use portero_door::{Door, DoorOptions, HubAddress, Settings};
use portero_hub::{Options, Store};
use portero_protocol::device::Role;
use tokio::net::TcpListener;

/// A running hub with that many reservations of tonight.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) url: String,
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn with(reservations: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = {
            let file = folder.path().join("hub.db");
            tokio::task::spawn_blocking(move || filled(&file, reservations))
                .await
                .unwrap()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = store.clone();
        tokio::spawn(async move {
            portero_hub::run(listener, served, Options::default(), std::future::pending())
                .await
                .unwrap();
        });
        Self { store, url, folder }
    }

    /// A new door; it does not wait for anything.
    pub(crate) async fn door(&self, name: &str) -> Door {
        let (store, title) = (self.store.clone(), name.to_owned());
        let token =
            tokio::task::spawn_blocking(move || store.create_token(Role::Door, &title).unwrap().token);
        let token = token.await.unwrap();
        let data_dir = self.folder.path().join(name);
        std::fs::create_dir_all(&data_dir).unwrap();
        let hub = Some(HubAddress {
            url: self.url.clone(),
            token,
        });
        Door::open(DoorOptions {
            data_dir,
            hub,
            name: Some(name.to_owned()),
            settings: Settings::default(),
        })
        .await
        .unwrap()
    }

    /// Tickets of tonight.
    pub(crate) async fn codes(&self) -> Vec<String> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.tonights_codes().unwrap())
            .await
            .unwrap()
    }
}

/// Waits until a door is live, and says how long that took.
pub(crate) async fn live(door: &Door) -> Duration {
    let started = Instant::now();
    while door.status().await.unwrap().state != LinkState::Live {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "the door does not get live"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    started.elapsed()
}

fn filled(file: &Path, reservations: usize) -> Store {
    let store = Store::open(file).unwrap();
    let venue = store.venue();
    let zone = venue.zone().unwrap();
    let now = jiff::Timestamp::now();
    let wall = zone.to_datetime(now);
    let mut rows = "cliente.nombre,numeroPersonas,fecha,hora,mesa\n".to_owned();
    for number in 0..reservations {
        writeln!(
            rows,
            "Huésped {number},9000,{},{:02}:{:02},{}",
            wall.date(),
            wall.hour(),
            wall.minute(),
            number % 90
        )
        .unwrap();
    }
    assert!(
        store.import(rows.as_bytes(), |_| ()).is_ok(),
        "the import is refused"
    );
    store
}
