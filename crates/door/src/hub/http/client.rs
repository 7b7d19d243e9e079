//! The hub's address as it was typed, and clients for it.

use std::net::IpAddr;
use std::time::Duration;

use portero_protocol::problem::Code;
use portero_protocol::{HEADER_PROTOCOL, PROTOCOL};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Url};

use crate::error::{DoorError, Result};

const CONNECT: Duration = Duration::from_secs(2);

/// Reads an address, and ends its path with a slash.
///
/// # Errors
/// `invalid_config`: it cannot be used.
pub(super) fn base(typed: &str) -> Result<Url> {
    let mut base: Url = typed.trim().parse().map_err(|error| {
        bad(format!(
            "`{typed}` is no address of a hub, as http://192.168.1.10:7070: {error}"
        ))
    })?;
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
        return Err(bad(format!(
            "`{typed}` is no address of a hub: it starts with http:// or https://"
        )));
    }
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    Ok(base)
}

/// What every request says of itself.
///
/// # Errors
/// `invalid_config`: the token cannot be used.
pub(super) fn headers(token: &str) -> Result<HeaderMap> {
    let mut authorization = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| bad("the token has characters that no token has".to_owned()))?;
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    // None where an invitation is still to be exchanged.
    if !token.is_empty() {
        headers.insert(AUTHORIZATION, authorization);
    }
    headers.insert(HEADER_PROTOCOL, HeaderValue::from(PROTOCOL));
    Ok(headers)
}

/// A client for the hub at this address, with `more` of what it alone needs.
///
/// # Errors
/// `invalid_config`: the system has no certificates, say.
pub(super) fn client(
    base: &Url,
    headers: &HeaderMap,
    more: fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client> {
    let mut builder = Client::builder()
        .default_headers(headers.clone())
        .http1_only()
        .no_gzip()
        .connect_timeout(CONNECT)
        // A direct link that is dead is seen in at most 10 s, also while nothing is sent: 2 s until it is asked, 3 s
        // without an answer, 1 s until it is tried again, and 2 s for the try to connect that proves it.
        .tcp_keepalive(Duration::from_secs(2))
        .tcp_keepalive_interval(Duration::from_secs(1))
        .tcp_keepalive_retries(3);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    {
        builder = builder.tcp_user_timeout(Duration::from_secs(5));
    }
    // A hub at a bare address is on this network: a proxy of the system would not find it.
    if base
        .host_str()
        .is_some_and(|host| host == "localhost" || host.parse::<IpAddr>().is_ok())
    {
        builder = builder.no_proxy();
    }
    more(builder)
        .build()
        .map_err(|error| bad(format!("no client could be made: {error}")))
}

fn bad(why: String) -> DoorError {
    DoorError::new(Code::InvalidConfig, why)
}
