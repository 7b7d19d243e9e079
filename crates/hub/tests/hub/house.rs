//! A running hub in a folder of its own, and those who talk to it.

use std::path::PathBuf;
use std::time::Duration;

use portero_hub::{Options, Store, run};
use portero_protocol::chain;
use portero_protocol::device::Role;
use portero_protocol::entry::Entry;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::sse::Stream;

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) struct House {
    folder: TempDir,
    pub(crate) store: Store,
    pub(crate) url: String,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<portero_hub::Result<()>>>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = on_a_thread({
            let path = folder.path().join("hub.db");
            move || Store::open(path).unwrap()
        })
        .await;
        let mut house = Self {
            folder,
            store,
            url: String::new(),
            stop: None,
            served: None,
        };
        house.serve(options).await;
        house
    }

    pub(crate) async fn serve(&mut self, options: Options) {
        self.url = format!("http://{}", self.start(options).await);
        let http = reqwest::Client::new();
        let url = format!("{}/readyz", self.url);
        tokio::time::timeout(LONG, async {
            while http.get(&url).send().await.is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    }

    /// Serves by HTTPS as `localhost`.
    pub(crate) async fn serve_tls(&mut self, options: Options) -> String {
        let port = self.start(options).await.port();
        format!("https://localhost:{port}")
    }

    async fn start(&mut self, options: Options) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let store = self.store.clone();
        self.served = Some(tokio::spawn(run(listener, store, options, async {
            let _ = stopped.await;
        })));
        self.stop = Some(stop);
        address
    }

    /// Ends the hub, as SIGTERM does, and gives what `run` returned.
    pub(crate) async fn end(&mut self) -> portero_hub::Result<()> {
        let _ = self.stop.take().unwrap().send(());
        let served = self.served.take().unwrap();
        tokio::time::timeout(LONG, served).await.unwrap().unwrap()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.store.path().to_path_buf()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub(crate) async fn manager(&self) -> Device {
        self.device(Role::Manager, "Gerencia").await
    }

    pub(crate) async fn door(&self) -> Device {
        self.device(Role::Door, "Puerta 1").await
    }

    pub(crate) async fn device(&self, role: Role, name: &str) -> Device {
        let (store, name) = (self.store.clone(), name.to_owned());
        let new = on_a_thread(move || store.create_token(role, &name).unwrap()).await;
        Device {
            http: reqwest::Client::new(),
            url: self.url.clone(),
            token: new.token,
            id: new.device_id.to_string(),
            entries: Vec::new(),
        }
    }

    pub(crate) async fn epoch(&self) -> String {
        let store = self.store.clone();
        on_a_thread(move || store.epoch().unwrap().to_string()).await
    }

    /// Proves the database.
    pub(crate) async fn prove(&self) {
        let store = self.store.clone();
        let report = on_a_thread(move || store.check().unwrap()).await;
        assert!(report.ok, "{:?}", report.problems);
    }
}

/// The store's own functions block.
pub(crate) async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Back {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Back {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["status"], status);
    }
}

/// A device with its token; for a door, with the chain of its entries.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) id: String,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn new_key() -> String {
    Uuid::now_v7().to_string()
}

impl Device {
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Back {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Back {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Back {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn write(&self, method: Method, path: &str, version: Option<u64>, body: &Value) -> Back {
        let mut request = self.request(method, path).header("idempotency-key", new_key());
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if !body.is_null() {
            request = request.json(body);
        }
        self.send(request).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Back {
        self.write(Method::POST, path, None, body).await
    }

    pub(crate) async fn patch(&self, id: &str, version: u64, body: &Value) -> Back {
        self.write(Method::PATCH, &format!("/api/reservas/{id}"), Some(version), body)
            .await
    }

    /// Creates a reservation of tonight and gives its id.
    pub(crate) async fn reserve(&self, name: &str, party: u32) -> String {
        let back = self.post("/api/reservas", &draft(name, party)).await.ok();
        back["id"].as_str().unwrap().to_owned()
    }

    /// Makes an entry, numbered and chained to the one before. It is not delivered.
    pub(crate) fn entry(&mut self, reservation: &str, quantity: u32) -> Value {
        self.make(reservation, quantity, json!({}))
    }

    /// Makes an entry with other fields.
    pub(crate) fn make(&mut self, reservation: &str, quantity: u32, with: Value) -> Value {
        let mut value = json!({
            "escaneoId": new_key(),
            "reservaId": reservation,
            "cantidad": quantity,
            "metodo": "QR",
            "puerta": "Puerta 1",
            "timestamp": now(),
            "desfaseMs": 0,
            "desfaseErrorMs": 5,
            "secuencia": self.entries.len() + 1,
            "previo": self.entries.last().map_or(chain::FIRST.to_owned(), chain::hash),
            "veredicto": "admitted",
            "emision": 1,
        });
        for (field, other) in with.as_object().unwrap() {
            value[field] = other.clone();
        }
        self.entries.push(serde_json::from_value(value.clone()).unwrap());
        value
    }

    /// Makes an undo of an entry.
    pub(crate) fn undo(&mut self, of: &Value) -> Value {
        let reservation = of["reservaId"].as_str().unwrap().to_owned();
        self.make(&reservation, 1, json!({"anulaA": of["escaneoId"]}))
    }

    /// Delivers entries and gives their results.
    pub(crate) async fn deliver(&self, entries: &[Value]) -> Vec<Value> {
        let back = self
            .post("/api/asistencia", &json!({"entradas": entries}))
            .await
            .ok();
        back["resultados"].as_array().unwrap().clone()
    }

    pub(crate) async fn one(&self, id: &str) -> Value {
        self.get(&format!("/api/reservas/{id}")).await.ok()
    }

    /// The open conflicts of a reservation: their kinds.
    pub(crate) async fn conflicts(&self, reservation: &str) -> Vec<Value> {
        let back = self.get("/api/conflictos?estado=abierto").await.ok();
        back["conflictos"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|conflict| conflict["reservaId"] == reservation)
            .cloned()
            .collect()
    }

    pub(crate) async fn follow(&self, since: Option<&str>) -> Stream {
        let mut request = self.request(Method::GET, "/api/reservas/events");
        if let Some(since) = since {
            request = request.header("last-event-id", since);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream::of(response)
    }
}

pub(crate) fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

/// Tonight by the venue's own calendar.
pub(crate) fn tonight() -> String {
    let zone = jiff::tz::TimeZone::system();
    let zone = if zone.iana_name().is_some() {
        zone
    } else {
        jiff::tz::TimeZone::UTC
    };
    let now = portero_protocol::instant::Instant::from_ms(jiff::Timestamp::now().as_millisecond());
    portero_protocol::day::Calendar::new(zone, jiff::civil::time(4, 0, 0, 0))
        .day(now)
        .to_string()
}

pub(crate) fn draft(name: &str, party: u32) -> Value {
    json!({"id": new_key(), "cliente": {"nombre": name, "telefono": "+34 600 123 456", "email": "a@example.com"},
           "numeroPersonas": party, "fecha": tonight(), "hora": "22:00", "detalles": ["VIP"], "mesa": "T1"})
}
