//! `serve`.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use portero_hub::{Options, TlsFiles, run};
use serde::Serialize;
use tokio::net::TcpListener;

use super::store::StoreArgument;
use super::{Result, print_line, wrong};

/// Serve a database over HTTP.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    store: StoreArgument,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7420")]
    listen: SocketAddr,
    /// The certificate and those that sign it, PEM
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key",
        conflicts_with = "insecure_lan"
    )]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve other machines without encryption: whoever listens on the network reads guests and tokens
    #[arg(long)]
    insecure_lan: bool,
    /// Fill an empty database with a venue of tonight: 200 reservations
    #[arg(long)]
    demo: bool,
    /// A setting for this run, as `hub.heartbeat_ms=10000`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

#[derive(Serialize)]
struct Listening {
    listening: String,
    epoch: String,
}

impl Serve {
    pub(crate) fn run(self) -> Result {
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            _ => None,
        };
        if !self.listen.ip().is_loopback() && tls.is_none() && !self.insecure_lan {
            return Err(wrong(format!(
                "{} can be reached from other machines: give --tls-cert and --tls-key, or --insecure-lan to go without",
                self.listen
            )));
        }
        if self.insecure_lan {
            tracing::error!(
                "\u{1b}[31mserving without encryption: whoever is on this network can read guests and tokens\u{1b}[0m"
            );
        }
        let mut options = Options {
            tls,
            ..Options::default()
        };
        for setting in &self.settings {
            options.set(setting)?;
        }
        let store = self.store.open_or_create()?;
        if self.demo {
            store.seed_demo(0)?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async move {
            let listener = TcpListener::bind(self.listen)
                .await
                .map_err(|error| wrong(format!("{} cannot be listened on: {error}", self.listen)))?;
            let address = listener.local_addr()?;
            let scheme = if options.tls.is_some() { "https" } else { "http" };
            // Before anybody is told that the hub is there, and may end it.
            let ended = asked_to_end()?;
            let started = store.clone();
            run(listener, store, options, async move {
                // The first poll comes once the hub accepts connections.
                let epoch = started.epoch().map(|epoch| epoch.to_string()).unwrap_or_default();
                let line = Listening {
                    listening: format!("{scheme}://{address}"),
                    epoch,
                };
                if let Err(error) = print_line(&line) {
                    tracing::error!(%error, "nobody reads the first line");
                }
                tracing::info!(%address, "listening");
                ended.await;
                tracing::info!("ending");
            })
            .await
        })
    }
}

/// Listens for SIGINT and SIGTERM from now on, and resolves when one comes.
#[cfg(unix)]
fn asked_to_end() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from now on, and resolves when it comes.
#[cfg(windows)]
fn asked_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
