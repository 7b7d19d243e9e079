//! `/api/dispositivos`: who may connect.

use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use portero_protocol::device::{Device, Report, Role};
use portero_protocol::ids::DeviceId;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::PoisonError;

use super::App;
use super::answer::{json, json_with};
use super::asked::Id;
use super::auth::Caller;
use super::body::Written;
use crate::clock;
use crate::error::Result;
use crate::store::idempotency::Answer;

/// Minutes that an invitation lives where nobody said how many.
const MINUTES: u32 = 10;

#[derive(Serialize)]
struct List {
    dispositivos: Vec<Device>,
}

#[derive(Deserialize)]
struct Invite {
    rol: Role,
    nombre: String,
    #[serde(default)]
    minutos: Option<u32>,
}

#[derive(Deserialize)]
struct Accept {
    codigo: String,
    #[serde(default)]
    nombre: Option<String>,
}

#[derive(Deserialize)]
struct Changed {
    #[serde(default)]
    nombre: Option<String>,
    #[serde(default)]
    cupo: Option<u32>,
}

#[derive(Deserialize)]
struct Key {
    clave: String,
}

/// `GET /api/dispositivos`
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response> {
    caller.manager()?;
    let heard = app.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut dispositivos = app
        .store
        .read(move |view| {
            let mut devices = view.devices()?;
            for device in &mut devices {
                // What was not written down yet: a laptop that has just come back is seen with what it brings.
                if let Some(heard) = heard.get(&device.id) {
                    heard.tell(device);
                }
            }
            Ok(devices)
        })
        .await?;
    let shared = app.store.shared();
    app.fleet
        .describe(&mut dispositivos, shared.live.head(), &shared.known().calendar);
    json(&List { dispositivos })
}

/// `POST /api/dispositivos/invitar`
pub(super) async fn invite(State(app): State<App>, caller: Caller, written: Written) -> Result<Response> {
    caller.manager()?;
    let invite: Invite = written.json()?;
    written
        .once(&app, &caller, move |tx| {
            let invitation = tx.invite(invite.rol, &invite.nombre, invite.minutos.unwrap_or(MINUTES))?;
            Ok(Answer {
                status: 201,
                body: serde_json::to_string(&invitation)?,
                version: None,
            })
        })
        .await
}

/// `POST /api/dispositivos/enlazar`: an invitation for a token. Its code is short, so wrong ones are counted.
pub(super) async fn accept(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    written: Written,
) -> Result<Response> {
    let now = clock::now();
    app.attempts.check(address.ip(), now)?;
    let accept: Accept = written.json()?;
    let token = app
        .store
        .write(move |tx| tx.accept_invitation(&accept.codigo, accept.nombre.as_deref()))
        .await
        .map_err(|error| match error.code() {
            portero_protocol::problem::Code::Unauthorized => app.attempts.wrong(address.ip(), now, error),
            _ => error,
        })?;
    json_with(StatusCode::CREATED, &token)
}

/// `PATCH /api/dispositivos/{id}`: its name, its seat allotment.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DeviceId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let changed: Changed = written.json()?;
    written
        .once(&app, &caller, move |tx| {
            device(tx.change_device(id, changed.nombre.as_deref(), changed.cupo)?)
        })
        .await
}

/// `POST /api/dispositivos/estado`: how the asking device is, where something changed that a manager should know. A repeat does no harm.
pub(super) async fn report(State(app): State<App>, caller: Caller, written: Written) -> Result<Response> {
    let report: Report = written.json()?;
    let identity = &caller.identity;
    app.fleet
        .heard(identity.device, identity.role, clock::now(), Some(report));
    json(&serde_json::json!({}))
}

/// `POST /api/dispositivos/clave`: the asking device's own key for walk-in tickets.
pub(super) async fn publish_key(
    State(app): State<App>,
    caller: Caller,
    written: Written,
) -> Result<Response> {
    caller.one_of(&[Role::Manager, Role::Door])?;
    let key: Key = written.json()?;
    let device = caller.identity.device;
    written
        .once(&app, &caller, move |tx| {
            Ok(Answer {
                status: 201,
                body: serde_json::to_string(&tx.publish_key(device, &key.clave)?)?,
                version: None,
            })
        })
        .await
}

/// `DELETE /api/dispositivos/{id}`, `POST /api/dispositivos/{id}/revocar`
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DeviceId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    written
        .once(&app, &caller, move |tx| device(tx.revoke_device(id)?))
        .await
}

fn device(device: Device) -> Result<Answer> {
    Ok(Answer {
        status: 200,
        body: serde_json::to_string(&device)?,
        version: None,
    })
}
