//! Whose request it is: a device, by its token or (for reading) by its browser session.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use portero_protocol::HEADER_SEQUENCE;
use portero_protocol::device::{HEADER_REPORT, Report, Role};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;

use super::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::store::device::Heard;
use crate::store::known::{Identity, Known};

/// The name of the session's cookie.
pub(super) const SESSION: &str = "portero_sesion";

/// The device that asks. A revoked one does not get this far.
pub(super) struct Caller {
    pub(super) identity: Arc<Identity>,
    /// When its token or session ends.
    pub(super) ends: Option<Instant>,
}

/// The device that delivers entries, revoked or not.
pub(super) struct Deliverer(pub(super) Arc<Identity>);

impl Caller {
    pub(super) fn role(&self) -> Role {
        self.identity.role
    }

    /// Fails where the caller is no manager.
    pub(super) fn manager(&self) -> Result<()> {
        self.one_of(&[Role::Manager])
    }

    /// Fails where the caller has none of these roles.
    pub(super) fn one_of(&self, roles: &[Role]) -> Result<()> {
        if roles.contains(&self.role()) {
            return Ok(());
        }
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Err(Error::new(
            Code::Forbidden,
            format!(
                "That takes the role {}, and this device is {}",
                names.join(" or "),
                self.role().as_str()
            ),
        ))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let (identity, ends) = identify(parts, app).await?;
        if identity.revoked.is_some() {
            return Err(Code::DeviceRevoked.into());
        }
        Ok(Self { identity, ends })
    }
}

impl FromRequestParts<App> for Deliverer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let (identity, _) = identify(parts, app).await?;
        if !matches!(identity.role, Role::Door | Role::Manager) {
            return Err(Error::new(Code::Forbidden, "A screen reads and records nothing"));
        }
        Ok(Self(identity))
    }
}

type Found = (Arc<Identity>, Option<Instant>);

async fn identify(parts: &Parts, app: &App) -> Result<Found> {
    let now = clock::now();
    let asked = Asked::of(parts)?;
    let mut found = asked.find(&app.store.shared().known(), now);
    if found.is_none() {
        app.attempts.check(address(parts), now)?;
        // A token that another program made a moment ago (`portero-hub token`) is in the database before this process has looked.
        let fresh = app.store.read(Known::of).await?;
        found = asked.find(&fresh, now);
    }
    let Some((identity, ends)) = found else {
        return Err(app.attempts.wrong(address(parts), now, Code::Unauthorized.into()));
    };
    let heard = Heard {
        at: now,
        issued: issued(&parts.headers),
    };
    app.seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(identity.device)
        .and_modify(|known| *known = known.and(heard))
        .or_insert(heard);
    app.fleet
        .heard(identity.device, identity.role, now, report(&parts.headers));
    Ok((identity, ends))
}

/// The number of the last entry that the device has made; 0 where it does not say, or says what cannot be.
fn issued(headers: &HeaderMap) -> u64 {
    headers
        .get(HEADER_SEQUENCE)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .filter(|number| i64::try_from(*number).is_ok())
        .unwrap_or(0)
}

/// How a request says whose it is.
enum Asked<'p> {
    Token(&'p str),
    Session(&'p str),
}

impl<'p> Asked<'p> {
    fn of(parts: &'p Parts) -> Result<Self> {
        if let Some(token) = bearer(&parts.headers) {
            return Ok(Self::Token(token));
        }
        cookie(&parts.headers)
            .filter(|_| parts.method == Method::GET)
            .map(Self::Session)
            .ok_or_else(|| {
                Error::new(
                    Code::Unauthorized,
                    "Send the device's token: Authorization: Bearer <token>",
                )
            })
    }

    fn find(&self, known: &Known, now: Instant) -> Option<Found> {
        match self {
            Self::Token(token) => known.by_token(token, now).map(|identity| {
                let ends = identity.expires;
                (identity, ends)
            }),
            Self::Session(secret) => known
                .by_session(secret, now)
                .map(|(identity, ends)| (identity, Some(ends))),
        }
    }
}

/// What the device says of itself. One that cannot be read says nothing: no request fails for it.
fn report(headers: &HeaderMap) -> Option<Report> {
    serde_json::from_slice(headers.get(HEADER_REPORT)?.as_bytes()).ok()
}

/// The token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(SESSION)?.strip_prefix('='))
}

/// Where a request comes from.
pub(super) fn address(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip())
}
