//! Requests: read, carried out, answered.

use std::path::PathBuf;

use portero_door::view::{Decision, ListQuery, OutboxId};
use portero_door::{Door, DoorError, Result};
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(tag = "cmd", rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Order {
    Scan {
        code: String,
        #[serde(default = "one")]
        quantity: u32,
    },
    Admit {
        reserva_id: ReservationId,
        #[serde(default = "one")]
        quantity: u32,
        #[serde(default, rename = "override")]
        against: bool,
    },
    Undo {
        escaneo_id: EntryId,
    },
    Create {
        reserva: Draft,
    },
    Update {
        reserva_id: ReservationId,
        updates: Patch,
        version: u64,
    },
    Delete {
        reserva_id: ReservationId,
        version: u64,
    },
    Search {
        text: String,
        #[serde(default = "twenty")]
        limit: u32,
    },
    List {
        #[serde(flatten)]
        query: ListQuery,
    },
    Get {
        reserva_id: ReservationId,
    },
    Recent {
        #[serde(default = "twenty")]
        limit: u32,
    },
    Tonight,
    Conflicts,
    Resolve {
        #[serde(rename = "conflicto")]
        conflict: Option<String>,
        resultado: String,
        nota: Option<String>,
    },
    Status,
    /// What is not confirmed, with its reasons.
    Outbox {
        #[serde(default = "hundred")]
        limit: u32,
    },
    /// Once more, what is in quarantine.
    DeliverAgain {
        #[serde(flatten)]
        item: OutboxId,
    },
    /// An edit that is in quarantine is given up.
    GiveUp {
        #[serde(flatten)]
        item: OutboxId,
    },
    ExportOutbox {
        file: PathBuf,
    },
    /// The ticket of a walk-in that was made here.
    Ticket {
        reserva_id: ReservationId,
    },
    /// The figures of the last days.
    Figures {
        #[serde(default = "week")]
        days: u32,
    },
    Identity,
    Focus,
    Set {
        key: String,
        value: Value,
    },
}

fn one() -> u32 {
    1
}

fn twenty() -> u32 {
    20
}

fn hundred() -> u32 {
    100
}

fn week() -> u32 {
    7
}

/// An answer.
#[derive(Debug, Serialize)]
pub(super) struct Reply {
    id: Value,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok(Value),
    Error(DoorError),
}

/// Reads a line and carries it out.
pub(super) async fn carry_out(door: &Door, line: &[u8]) -> Reply {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => {
            return Reply {
                id: Value::Null,
                outcome: Outcome::Error(DoorError::new(
                    Code::InvalidJson,
                    format!("a request is one JSON object a line: {error}"),
                )),
            };
        }
    };
    let id = value.get("id").cloned().unwrap_or(Value::Null);
    let outcome = match obey(door, value).await {
        Ok(answer) => Outcome::Ok(answer),
        Err(error) => Outcome::Error(error),
    };
    Reply { id, outcome }
}

async fn obey(door: &Door, value: Value) -> Result<Value> {
    // `resolve` names its conflict `id` as well: there the request's own may stand in `request`.
    let named = value.get("id").and_then(Value::as_str).map(str::to_owned);
    let order: Order = serde_json::from_value(value).map_err(|error| {
        DoorError::new(
            Code::InvalidCommand,
            format!("the request cannot be understood: {error}"),
        )
    })?;
    match order {
        Order::Scan { code, quantity } => answer(door.scan(code.as_bytes(), quantity).await?),
        Order::Admit {
            reserva_id,
            quantity,
            against,
        } => answer(door.admit(&reserva_id, quantity, against).await?),
        Order::Undo { escaneo_id } => answer(door.undo(escaneo_id).await?),
        Order::Create { reserva } => answer(door.create(reserva).await?),
        Order::Update {
            reserva_id,
            updates,
            version,
        } => answer(door.update(&reserva_id, updates, version).await?),
        Order::Delete { reserva_id, version } => answer(door.delete(&reserva_id, version).await?),
        Order::Search { text, limit } => answer(door.search(&text, limit).await?),
        Order::List { query } => answer(door.list(query).await?),
        Order::Get { reserva_id } => answer(door.get(&reserva_id).await?),
        Order::Recent { limit } => Ok(json!({ "recientes": door.recent(limit).await? })),
        Order::Tonight => answer(door.tonight().await?),
        Order::Conflicts => Ok(json!({ "conflictos": door.conflicts().await? })),
        Order::Resolve {
            conflict,
            resultado,
            nota,
        } => {
            let id = conflict
                .or(named)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| DoorError::new(Code::InvalidCommand, "`id` has to be a conflict's id"))?;
            answer(
                door.resolve(Decision {
                    id,
                    outcome: resultado,
                    note: nota,
                })
                .await?,
            )
        }
        Order::Status => answer(door.status().await?),
        Order::Outbox { limit } => Ok(json!({ "items": door.outbox(limit).await? })),
        Order::DeliverAgain { item } => {
            door.deliver_again(item).await?;
            Ok(json!({}))
        }
        Order::GiveUp { item } => {
            door.give_up(item).await?;
            Ok(json!({}))
        }
        Order::ExportOutbox { file } => answer(door.export_outbox(&file).await?),
        Order::Ticket { reserva_id } => Ok(json!({ "codigo": door.ticket(&reserva_id).await? })),
        Order::Figures { days } => Ok(json!({ "dias": door.figures(days).await? })),
        Order::Identity => answer(door.identity()?),
        Order::Focus => {
            door.focus();
            Ok(json!({}))
        }
        Order::Set { key, value } => {
            door.set(&key, &value)?;
            Ok(json!({}))
        }
    }
}

fn answer(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the documentation are requests.
    #[test]
    fn the_documented_requests_are_understood() {
        for line in [
            r#"{"id":1,"cmd":"scan","code":"P1X"}"#,
            r#"{"id":1,"cmd":"scan","code":"P1X","quantity":2}"#,
            r#"{"cmd":"admit","reservaId":"res-1","quantity":1,"override":false}"#,
            r#"{"cmd":"undo","escaneoId":"01938f00-0000-7000-8000-000000000001"}"#,
            r#"{"cmd":"create","reserva":{"cliente":{"nombre":"Ana"},"numeroPersonas":2,"fecha":"2026-11-24","hora":"21:00"}}"#,
            r#"{"cmd":"update","reservaId":"res-1","updates":{"mesa":null,"numeroPersonas":3},"version":1}"#,
            r#"{"cmd":"delete","reservaId":"res-1","version":1}"#,
            r#"{"cmd":"search","text":"garc","limit":20}"#,
            r#"{"cmd":"list","fecha":"2026-11-24","limit":100,"offset":0}"#,
            r#"{"cmd":"list"}"#,
            r#"{"cmd":"get","reservaId":"res-1"}"#,
            r#"{"cmd":"conflicts"}"#,
            r#"{"cmd":"resolve","id":"01938f00-0000-7000-8000-000000000001","resultado":"ok","nota":"x"}"#,
            r#"{"cmd":"status"}"#,
            r#"{"cmd":"outbox"}"#,
            r#"{"cmd":"deliver-again","escaneoId":"01938f00-0000-7000-8000-000000000001"}"#,
            r#"{"cmd":"give-up","opId":"01938f00-0000-7000-8000-000000000001"}"#,
            r#"{"cmd":"export-outbox","file":"/media/usb/puerta-1.portero"}"#,
            r#"{"cmd":"ticket","reservaId":"res-1"}"#,
            r#"{"cmd":"figures","days":30}"#,
            r#"{"cmd":"focus"}"#,
            r#"{"cmd":"set","key":"sse.enabled","value":false}"#,
        ] {
            let read: std::result::Result<Order, _> = serde_json::from_str(line);
            assert!(read.is_ok(), "{line}: {:?}", read.err());
        }
    }
}
