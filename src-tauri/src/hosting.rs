//! The hub in this process: a venue's only one, or the demo's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;

use portero_hub::{Options as HubOptions, Store};
use portero_protocol::device::Role;
use portero_protocol::problem::Code;
use portero_protocol::venue::VenuePatch;
use tauri::async_runtime::JoinHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::error::{ErrorView, Result};
use crate::view::HostedHub;

/// The port that devices join at; another one is taken where a program holds it already.
pub(crate) const PORT: u16 = 8_787;

/// A hub that runs in this process.
pub(crate) struct Hosting {
    store: Store,
    address: SocketAddr,
    open_to_network: bool,
    stop: CancellationToken,
    task: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Hosting {
    /// Serves the store in `file`.
    pub(crate) async fn start(file: &Path, port: u16, open_to_network: bool) -> Result<Self> {
        let path = file.to_owned();
        let store = off_the_runtime(move || Store::open(path)).await?;
        let ip = if open_to_network {
            Ipv4Addr::UNSPECIFIED
        } else {
            Ipv4Addr::LOCALHOST
        };
        let listener = match TcpListener::bind((ip, port)).await {
            Ok(listener) => listener,
            // Devices that joined before will not find it, but this door goes on.
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                tracing::warn!(
                    "port {port} is in use: the hub takes another one, and devices have to join it again"
                );
                TcpListener::bind((ip, 0))
                    .await
                    .map_err(|error| cannot_listen(&error))?
            }
            Err(error) => return Err(cannot_listen(&error)),
        };
        let address = listener.local_addr().map_err(|error| cannot_listen(&error))?;
        if open_to_network {
            tracing::warn!(
                "the hub answers on the network WITHOUT ENCRYPTION at {address}: only in a network that guests cannot join"
            );
        }
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let served = store.clone();
        let task = tauri::async_runtime::spawn(async move {
            if let Err(error) = portero_hub::run(listener, served, HubOptions::default(), stopped).await {
                tracing::error!("the hub in this process ended: {error}");
            }
        });
        Ok(Self {
            store,
            address,
            open_to_network,
            stop,
            task: std::sync::Mutex::new(Some(task)),
        })
    }

    /// Names the venue.
    pub(crate) async fn name_venue(&self, name: &str, time_zone: &str) -> Result<()> {
        let patch = VenuePatch {
            name: Some(name.to_owned()),
            time_zone: Some(time_zone.to_owned()),
            ..VenuePatch::default()
        };
        let store = self.store.clone();
        off_the_runtime(move || store.set_venue(&patch)).await?;
        Ok(())
    }

    /// Fills the store with a demo venue of tonight.
    pub(crate) async fn seed_demo(&self) -> Result<()> {
        let store = self.store.clone();
        off_the_runtime(move || store.seed_demo(fastrand::u64(..))).await
    }

    /// The tickets of the demo's guests of tonight, for the simulated camera.
    pub(crate) async fn demo_codes(&self) -> Result<Vec<String>> {
        let store = self.store.clone();
        off_the_runtime(move || store.tonights_codes()).await
    }

    /// A token for this device.
    pub(crate) async fn own_token(&self, name: &str) -> Result<String> {
        self.token(Role::Manager, name).await
    }

    /// Takes an outbox that a laptop exported.
    pub(crate) async fn import_outbox(&self, file: String) -> Result<portero_protocol::sealed::Taken> {
        let store = self.store.clone();
        off_the_runtime(move || store.import_outbox(file.as_bytes())).await
    }

    async fn token(&self, role: Role, name: &str) -> Result<String> {
        let (store, name) = (self.store.clone(), name.to_owned());
        Ok(off_the_runtime(move || store.create_token(role, &name))
            .await?
            .token)
    }

    /// Its address for this device.
    pub(crate) fn own_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.address.port())
    }

    /// Its address for other devices.
    pub(crate) fn view(&self) -> HostedHub {
        let ip = if self.open_to_network {
            network_address()
        } else {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        };
        HostedHub {
            url: format!("http://{}", SocketAddr::new(ip, self.address.port())),
            insecure_lan: self.open_to_network,
        }
    }

    /// Ends its streams, and waits until it has ended.
    pub(crate) async fn end(&self) {
        self.stop.cancel();
        let task = self
            .task
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!("the hub in this process did not end well: {error}");
        }
    }
}

/// Runs what waits for the disk on a thread that may wait.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> portero_hub::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    Ok(done.map_err(|error| ErrorView::new(Code::Internal, error.to_string()))??)
}

/// This computer's address on its network. A UDP socket that is "connected" sends nothing; it only asks the system which address it would use.
fn network_address() -> IpAddr {
    let ask = || -> std::io::Result<IpAddr> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        // TEST-NET-1 (RFC 5737): an address that is never anybody's.
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        Ok(socket.local_addr()?.ip())
    };
    ask().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

fn cannot_listen(error: &std::io::Error) -> ErrorView {
    ErrorView::new(Code::HubUnreachable, format!("the hub cannot listen: {error}"))
}
