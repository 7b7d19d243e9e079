//! A running hub: from a bound listener to the last answer.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use portero_protocol::problem::Code;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::direct::Direct;
use crate::error::{Error, Result};
use crate::housekeeping;
use crate::http::{App, router};
use crate::options::{Options, TlsFiles};
use crate::socket::Prepared;
use crate::store::Store;

/// How long requests that are being worked on may take to end, after the streams have.
const GRACE: Duration = Duration::from_secs(10);
/// How long a connection may take to send its first request.
const FIRST_REQUEST: Duration = Duration::from_secs(15);

/// Serves a store on a listener until `shutdown` resolves; then ends its streams, lets requests finish, and returns.
///
/// # Errors
/// `data_dir_in_use` where another hub serves the store; `storage` where its database fails; the certificate or the socket cannot be used.
pub async fn run(
    listener: TcpListener,
    store: Store,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let tls = match &options.tls {
        Some(files) => Some(certificate(files).await?),
        None => None,
    };
    let (serving, epoch) = {
        let store = store.clone();
        tokio::task::spawn_blocking(move || store.begin_serving())
            .await
            .map_err(|_| Error::from(Code::Internal))??
    };
    store.shared().live.set_queue(options.queue_events);
    let (close, closing) = watch::channel(false);
    let app = App::new(store, options, epoch, closing);
    let serving = Arc::new(serving);
    let housekeeping = tokio::spawn(housekeeping::run(app.clone(), Arc::clone(&serving)));

    let router = router(app.clone());
    let direct = Direct::new(router.clone());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let server = axum_server::from_tcp(listener.into_std()?)?
        .handle(handle.clone())
        .first_request_timeout(FIRST_REQUEST);
    let served = async {
        match tls {
            Some(config) => {
                let acceptor = RustlsAcceptor::new(config).acceptor(Prepared { direct: None });
                server.acceptor(acceptor).serve(service).await
            }
            None => {
                let acceptor = Prepared {
                    direct: Some(direct.clone()),
                };
                server.http1_only().acceptor(acceptor).serve(service).await
            }
        }
    };
    tokio::pin!(served);
    let result = tokio::select! {
        result = &mut served => result,
        () = shutdown => {
            // Streams first: they would keep their connections open for ever.
            let _ = close.send(true);
            handle.graceful_shutdown(Some(GRACE));
            served.await
        }
    };
    let _ = close.send(true);
    let _ = tokio::time::timeout(GRACE, direct.ended()).await;
    housekeeping.abort();
    housekeeping::last(&app, &serving).await;
    Ok(result?)
}

async fn certificate(files: &TlsFiles) -> Result<RustlsConfig> {
    // Fails where a provider is set already, which then is the one that is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_file(&files.certificate, &files.key)
        .await
        .map_err(|error| {
            Error::new(
                Code::InvalidConfig,
                format!(
                    "The certificate {} with the key {} cannot be used: {error}",
                    files.certificate.display(),
                    files.key.display()
                ),
            )
        })
}
