//! Delivering entries. Whole deliveries fail on who sends them, on size and on syntax alone; everything else is answered entry by entry.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portero_protocol::attendance::{Delivery, EntryResult};
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::ids::ReservationId;
use portero_protocol::limits::ENTRIES_PER_DELIVERY;
use portero_protocol::problem::Code;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::App;
use super::answer::json_with;
use super::asked::Id;
use super::auth::Deliverer;
use super::body::{Flight, Written};
use super::changes::{Page, page};
use crate::error::{Error, Result};
use crate::record;
use crate::store::idempotency::Answer;
use crate::store::known::Identity;
use crate::store::log::Standing;

/// The answer: results in the order of the entries, and one page of changes where it was asked for.
#[derive(Serialize)]
struct Delivered {
    resultados: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cambios: Option<Changes>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Changes {
    Reset { reset: bool },
    Page(Page),
}

/// `POST /api/asistencia`
pub(super) async fn deliver(
    State(app): State<App>,
    Deliverer(identity): Deliverer,
    written: Written,
) -> Result<Response> {
    let delivery: Delivery = written.json()?;
    if delivery.entries.len() > ENTRIES_PER_DELIVERY {
        return Err(Code::TooManyEntries.into());
    }
    let answer = recorded(&app, &identity, &written, delivery.entries).await?;
    if answer.status != 200 {
        return Ok(answer.into_response());
    }
    let cambios = match delivery.since {
        // Whoever was revoked reads nothing.
        Some(since) if identity.revoked.is_none() => Some(changes_since(&app, identity.role, since).await?),
        _ => None,
    };
    let resultados = RawValue::from_string(answer.body)?;
    json_with(StatusCode::OK, &Delivered { resultados, cambios })
}

/// `POST /api/reservas/{id}/asistencia`: one entry, whose reservation is the one in the path.
pub(super) async fn deliver_one(
    State(app): State<App>,
    Deliverer(identity): Deliverer,
    Id(id): Id<ReservationId>,
    written: Written,
) -> Result<Response> {
    let entry: Value = written.json()?;
    let Value::Object(mut fields) = entry else {
        return Err(Error::new(Code::InvalidBody, "The body is one entry, an object"));
    };
    let named = fields.get("reservaId").cloned();
    match named {
        None => {
            fields.insert("reservaId".to_owned(), Value::String(id.to_string()));
        }
        Some(named) if named == id.as_str() => {}
        Some(_) => {
            return Err(Error::new(
                Code::InvalidField,
                "`reservaId` has to be the reservation in the path",
            ));
        }
    }
    let answer = recorded(&app, &identity, &written, vec![Value::Object(fields)]).await?;
    if answer.status != 200 {
        return Ok(answer.into_response());
    }
    let results: Vec<EntryResult> = serde_json::from_str(&answer.body)?;
    let result = results
        .into_iter()
        .next()
        .ok_or_else(|| Error::from(Code::Internal))?;
    json_with(StatusCode::OK, &result)
}

/// Records entries, once for each key where there is one. Without a key the entries' own ids do the same.
async fn recorded(
    app: &App,
    identity: &Arc<Identity>,
    written: &Written,
    entries: Vec<Value>,
) -> Result<Answer> {
    app.entries.fetch_add(entries.len() as u64, Ordering::Relaxed);
    let device = Arc::clone(identity);
    let deliver = move |tx: &mut crate::store::tx::Tx<'_>| {
        let results = record::deliver(tx, &device, entries)?;
        Ok(Answer {
            status: 200,
            body: serde_json::to_string(&results)?,
            version: None,
        })
    };
    let Some(key) = written.key else {
        return app.store.write(deliver).await;
    };
    let _flight = Flight::start(app, identity.device, key)?;
    let (device, hash) = (identity.device, written.hash);
    app.store
        .write(move |tx| tx.once_whole(device, key, hash, deliver))
        .await
}

async fn changes_since(app: &App, role: Role, since: Cursor) -> Result<Changes> {
    Ok(match page(app, role, since).await? {
        (Standing::Continues, page) => Changes::Page(page),
        (Standing::Reset(_), _) => Changes::Reset { reset: true },
    })
}
