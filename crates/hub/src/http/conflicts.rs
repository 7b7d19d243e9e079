//! `/api/conflictos`: what a person has to decide.

use axum::extract::State;
use axum::response::Response;
use portero_protocol::conflict::{Conflict, ConflictKind, ConflictState};
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::ids::ConflictId;
use portero_protocol::limits::TEXT_CHARS;
use portero_protocol::problem::{Code, Invalid};
use serde::{Deserialize, Serialize};

use super::App;
use super::answer::json;
use super::asked::{Asked, Id};
use super::auth::Caller;
use super::body::Written;
use crate::error::{Error, Result};
use crate::record;
use crate::store::idempotency::Answer;

/// What releases the held entries of a revoked device.
const ACCEPTED: &str = "aceptada";
/// Characters in a note.
const NOTE_CHARS: usize = 1_000;

#[derive(Serialize)]
struct List {
    cursor: Cursor,
    conflictos: Vec<Conflict>,
}

/// The body of a decision.
#[derive(Deserialize)]
struct Decision {
    resultado: String,
    #[serde(default)]
    nota: Option<String>,
}

/// `GET /api/conflictos`; `?estado=abierto` or `resuelto` narrows it.
pub(super) async fn list(State(app): State<App>, caller: Caller, asked: Asked) -> Result<Response> {
    caller.one_of(&[Role::Manager, Role::Door])?;
    let state = match asked.text("estado") {
        None => None,
        Some("abierto") => Some(ConflictState::Open),
        Some("resuelto") => Some(ConflictState::Resolved),
        Some(_) => return Err(Error::new(Code::InvalidQuery, "`estado` is abierto or resuelto")),
    };
    let list = app
        .store
        .read(move |view| {
            Ok(List {
                cursor: view.cursor()?,
                conflictos: view.conflicts(state)?,
            })
        })
        .await?;
    json(&list)
}

/// `POST /api/conflictos/{id}/resolver`
pub(super) async fn resolve(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ConflictId>,
    written: Written,
) -> Result<Response> {
    caller.manager()?;
    let decision: Decision = written.json()?;
    check("resultado", &decision.resultado, TEXT_CHARS)?;
    if let Some(note) = &decision.nota {
        check("nota", note, NOTE_CHARS)?;
    }
    let by = caller.identity.name.clone();
    written
        .once(&app, &caller, move |tx| {
            let conflict = tx.resolve_conflict(id, &decision.resultado, decision.nota.as_deref(), &by)?;
            if conflict.kind == ConflictKind::Revoked && decision.resultado == ACCEPTED {
                record::accept_held(tx, &conflict.reservation)?;
            }
            Ok(Answer {
                status: 200,
                body: serde_json::to_string(&conflict)?,
                version: None,
            })
        })
        .await
}

fn check(field: &'static str, text: &str, most: usize) -> Result<()> {
    let control = text.chars().any(|letter| letter.is_control() && letter != '\n');
    if text.trim().is_empty() || text.chars().count() > most || control {
        return Err(Invalid::field(field, format!("has to be a text of 1 to {most} characters")).into());
    }
    Ok(())
}
