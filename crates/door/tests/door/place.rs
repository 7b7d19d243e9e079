//! A hub that can be stopped and started again at the same address, and doors on it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use portero_door::view::{DoorEvent, LinkState};
use portero_door::{Door, DoorOptions, HubAddress, Settings};
use portero_hub::{Options, Store};
use portero_protocol::device::Role;
use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::venue::Venue;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;

/// Nothing that works takes longer.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A venue's place: its hub, with a folder for each door.
pub(crate) struct Place {
    dir: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) options: Options,
    manager: String,
    store: Store,
    running: Option<(oneshot::Sender<()>, JoinHandle<portero_hub::Result<()>>)>,
    client: reqwest::Client,
}

impl Place {
    pub(crate) async fn open() -> Self {
        Self::open_with(Options {
            heartbeat: Duration::from_millis(500),
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn open_with(options: Options) -> Self {
        // Seen where a test fails, with RUST_LOG.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (store, manager) = tokio::task::block_in_place(|| {
            let store = Store::open(dir.path().join("hub.db")).unwrap();
            let manager = store.create_token(Role::Manager, "Oficina").unwrap().token;
            (store, manager)
        });
        let mut place = Self {
            dir,
            address,
            options,
            manager,
            store: store.clone(),
            running: None,
            client: reqwest::Client::new(),
        };
        place.serve(listener, store);
        place
    }

    fn serve(&mut self, listener: TcpListener, store: Store) {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(portero_hub::run(listener, store, self.options.clone(), async {
            let _ = stopped.await;
        }));
        self.running = Some((stop, task));
    }

    pub(crate) async fn stop_hub(&mut self) {
        let (stop, task) = self.running.take().unwrap();
        let _ = stop.send(());
        task.await.unwrap().unwrap();
    }

    pub(crate) fn start_hub(&mut self) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        let listener = socket.listen(1_024).unwrap();
        self.store = tokio::task::block_in_place(|| Store::open(self.hub_file()).unwrap());
        self.serve(listener, self.store.clone());
    }

    pub(crate) fn store(&self) -> Store {
        self.store.clone()
    }

    pub(crate) fn hub_file(&self) -> PathBuf {
        self.dir.path().join("hub.db")
    }

    /// A folder for a door.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn token(&self, role: Role, name: &str) -> String {
        // A file beside it keeps the token over a reopening of the door.
        let file = self.dir.path().join(format!("{name}.token"));
        if let Ok(token) = std::fs::read_to_string(&file) {
            return token;
        }
        let token = tokio::task::block_in_place(|| self.store.create_token(role, name).unwrap().token);
        std::fs::write(&file, &token).unwrap();
        token
    }

    pub(crate) async fn door(&self, name: &str) -> Door {
        self.door_with(name, Role::Door, Settings::default()).await
    }

    pub(crate) async fn door_with(&self, name: &str, role: Role, settings: Settings) -> Door {
        Door::open(DoorOptions {
            data_dir: self.folder(name),
            hub: Some(HubAddress {
                url: self.url(),
                token: self.token(role, name),
            }),
            name: Some(name.to_owned()),
            settings,
        })
        .await
        .unwrap()
    }

    /// Asks the hub as a manager.
    pub(crate) async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
        version: Option<u64>,
    ) -> Value {
        let mut request = self
            .client
            .request(method, format!("{}/{path}", self.url()))
            .bearer_auth(&self.manager)
            .header("Portero-Protocol", "1")
            .header("Idempotency-Key", OpId::new(now_ms()).to_string());
        if let Some(version) = version {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub(crate) async fn venue(&self) -> Venue {
        serde_json::from_value(self.ask(reqwest::Method::GET, "api/local", None, None).await).unwrap()
    }

    /// A reservation of tonight; gives its id and its ticket's code.
    pub(crate) async fn reservation(&self, name: &str, party: u32) -> (ReservationId, String) {
        let venue = self.venue().await;
        let calendar = portero_protocol::day::Calendar::of(&venue).unwrap();
        let (date, time) = calendar.wall(Instant::from_ms(now_ms()));
        let body = json!({
            "cliente": {"nombre": name, "telefono": "+593 99 123 4567"},
            "numeroPersonas": party,
            "fecha": date.to_string(),
            "hora": format!("{:02}:{:02}", time.hour(), time.minute()),
            "mesa": "12",
        });
        let created = self
            .ask(reqwest::Method::POST, "api/reservas", Some(body), None)
            .await;
        (
            created["id"].as_str().unwrap().parse().unwrap(),
            created["codigoQR"].as_str().unwrap().to_owned(),
        )
    }

    pub(crate) async fn attendance(&self, id: &ReservationId) -> u64 {
        self.ask(reqwest::Method::GET, &format!("api/reservas/{id}"), None, None)
            .await["asistenciaActual"]
            .as_u64()
            .unwrap()
    }
}

pub(crate) fn now_ms() -> i64 {
    i64::try_from(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_millis(),
    )
    .unwrap()
}

/// Waits until it is so, asking again after each event and each moment.
pub(crate) async fn until<R>(what: &str, mut check: impl AsyncFnMut() -> Option<R>) -> R {
    let waited = tokio::time::timeout(LONG, async {
        loop {
            if let Some(result) = check().await {
                return result;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    waited.unwrap_or_else(|_| panic!("never came: {what}"))
}

/// Waits for a state of the connection.
pub(crate) async fn state(door: &Door, state: LinkState) {
    until(&format!("{state:?}"), async || {
        (door.status().await.unwrap().state == state).then_some(())
    })
    .await;
}

/// Waits for an event.
pub(crate) async fn event<R>(
    events: &mut broadcast::Receiver<DoorEvent>,
    what: &str,
    mut check: impl FnMut(&DoorEvent) -> Option<R>,
) -> R {
    let waited = tokio::time::timeout(LONG, async {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Some(result) = check(&event) {
                        return result;
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => panic!("the door is closed: {what}"),
            }
        }
    })
    .await;
    waited.unwrap_or_else(|_| panic!("never said: {what}"))
}
