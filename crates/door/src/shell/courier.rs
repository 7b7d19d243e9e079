//! The courier: takes what happened at the door to the hub, and brings back what the hub said.

use std::sync::Arc;

use portero_protocol::attendance::{DeliveredChanges, DeliveryAnswer, EntryResult, Outcome};
use portero_protocol::ids::{EntryId, OpId};
use portero_protocol::problem::Code;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::{SharedView, Ticks, UnderWay};
use crate::cache::Reads;
use crate::desk::Desk;
use crate::error::{DoorError, Result};
use crate::facts::{self, Answered, Item, ItemId, Mark, Settled, Write, WriteBody};
use crate::follow::Message;
use crate::hub::{Hub, Trouble, WriteRequest};
use crate::known::Known;
use crate::lane::Lane;
use crate::outbox::{Action, Input, Outbox};

/// How long to wait before what the hub answered is kept again, where the disk could not.
const SETTLE_AGAIN: Duration = Duration::from_secs(1);

/// What the courier is told.
#[derive(Debug)]
pub(crate) enum Note {
    /// The hub can be reached again.
    Reachable,
    /// The disk says that these wait.
    Waiting(Vec<Item>),
}

/// The courier's things.
pub(crate) struct Courier {
    pub(crate) hub: Arc<Hub>,
    pub(crate) desk: Lane<Desk>,
    pub(crate) reads: Lane<Reads>,
    pub(crate) link: mpsc::UnboundedSender<Message>,
    pub(crate) known: Arc<Known>,
    pub(crate) view: SharedView,
    pub(crate) under_way: UnderWay,
    pub(crate) ticks: Ticks,
    pub(crate) closed: CancellationToken,
}

impl Courier {
    /// Works until the door is closed.
    pub(crate) async fn run(
        self,
        mut added: mpsc::UnboundedReceiver<Item>,
        mut notes: mpsc::UnboundedReceiver<Note>,
    ) {
        let mut outbox = Outbox::new(fastrand::Rng::new());
        let (say, mut answers) = mpsc::unbounded_channel();
        let waiting = self.reads.ask(|reads| facts::waiting(reads.facts())).await;
        let mut input = Input::Waiting(waiting.unwrap_or_default());
        loop {
            for action in outbox.on(input, self.ticks.now()) {
                self.act(action, &say).await;
            }
            let wake = outbox.wake_at().map_or(Duration::from_secs(3_600), |at| {
                Duration::from_millis(at.saturating_sub(self.ticks.now()))
            });
            input = tokio::select! {
                () = self.closed.cancelled() => return,
                Some(item) = added.recv() => Input::Added(item),
                Some(note) = notes.recv() => match note {
                    Note::Reachable => Input::Reachable,
                    Note::Waiting(items) => Input::Waiting(items),
                },
                Some(answer) = answers.recv() => answer,
                () = sleep(wake) => Input::Tick,
            };
        }
    }

    async fn act(&self, action: Action, say: &mpsc::UnboundedSender<Input>) {
        match action {
            Action::Deliver(ids) => {
                // The hub is asked for changes where no stream brings them: the link says so at this moment.
                let since = self.view.get().since_wanted;
                let met = self.known.met();
                let (hub, reads, link, say) = (
                    self.hub.clone(),
                    self.reads.clone(),
                    self.link.clone(),
                    say.clone(),
                );
                let under_way = self.under_way.clone();
                let items: Vec<ItemId> = ids.iter().copied().map(ItemId::Entry).collect();
                under_way.left(items.iter().copied());
                tokio::spawn(async move {
                    let asked = ids.clone();
                    let answer = match reads
                        .ask(move |reads| facts::payloads(reads.facts(), &asked))
                        .await
                    {
                        Ok(entries) => hub.deliver(entries, since).await,
                        Err(error) => Err(unread(&error)),
                    };
                    let input = match answer {
                        Ok((answer, life)) => {
                            let (input, message) = accepted(&ids, answer, answered(life, met));
                            // The link ends only when the door is closed.
                            let _ = link.send(message);
                            input
                        }
                        Err(trouble) => Input::NotDelivered(trouble.failure()),
                    };
                    under_way.back(&items);
                    // The courier ended: the door is being closed.
                    let _ = say.send(input);
                });
            }
            Action::Send(op) => {
                let met = self.known.met();
                let (hub, reads, say) = (self.hub.clone(), self.reads.clone(), say.clone());
                let under_way = self.under_way.clone();
                under_way.left([ItemId::Write(op)]);
                tokio::spawn(async move {
                    let input = match send(&hub, &reads, op).await {
                        Ok((version, life)) => Input::Written(Mark {
                            id: ItemId::Write(op),
                            life: answered(life, met),
                            settled: Settled::Confirmed {
                                outcome: None,
                                version,
                            },
                        }),
                        Err(trouble) => Input::NotWritten(trouble.failure()),
                    };
                    under_way.back(&[ItemId::Write(op)]);
                    // As above.
                    let _ = say.send(input);
                });
            }
            Action::Settle(marks) => {
                let kept = marks.clone();
                match self.desk.ask(move |desk| desk.settle(&kept)).await {
                    Ok(waiting) => wait(waiting, say),
                    Err(error) => {
                        tracing::error!(%error, "what the hub answered cannot be kept; it is tried until it can");
                        let (desk, say, closed) = (self.desk.clone(), say.clone(), self.closed.clone());
                        tokio::spawn(settle_later(desk, marks, say, closed));
                    }
                }
            }
        }
    }
}

/// A disk that was full has room again: until then what the hub has already taken would be shown as waiting.
async fn settle_later(
    desk: Lane<Desk>,
    marks: Vec<Mark>,
    say: mpsc::UnboundedSender<Input>,
    closed: CancellationToken,
) {
    loop {
        tokio::select! {
            () = closed.cancelled() => return,
            () = sleep(SETTLE_AGAIN) => {}
        }
        let kept = marks.clone();
        if let Ok(waiting) = desk.ask(move |desk| desk.settle(&kept)).await {
            wait(waiting, &say);
            return;
        }
    }
}

fn wait(waiting: Option<Vec<Item>>, say: &mpsc::UnboundedSender<Input>) {
    if let Some(waiting) = waiting {
        // The courier ended: the door is being closed.
        let _ = say.send(Input::Waiting(waiting));
    }
}

/// From which life of the log an answer is, where the hub said it.
pub(crate) fn answered(life: Option<String>, met: Option<String>) -> Option<Answered> {
    life.map(|life| Answered { life, met })
}

fn unread(error: &DoorError) -> Trouble {
    Trouble::unreachable(format!("the entries cannot be read from the disk: {error}"))
}

/// Reads the answer to a delivery: what it means for what waits, and for the link.
pub(crate) fn accepted(ids: &[EntryId], answer: DeliveryAnswer, life: Option<Answered>) -> (Input, Message) {
    let marks: Vec<Mark> = ids
        .iter()
        .zip(&answer.results)
        // Results come in the order of the entries; one that names another entry says nothing about this one.
        .filter(|(id, result)| result.id.is_none_or(|named| named == **id))
        .map(|(id, result)| Mark {
            id: ItemId::Entry(*id),
            life: life.clone(),
            settled: settled(result),
        })
        .collect();
    let delivered = Message::Delivered {
        counted: marks
            .iter()
            .any(|mark| matches!(mark.settled, Settled::Confirmed { .. })),
        changes: answer.changes.map(|changes| match changes {
            DeliveredChanges::Page(page) => Some(page),
            DeliveredChanges::Reset { .. } => None,
        }),
    };
    (Input::Delivered(marks), delivered)
}

fn settled(result: &EntryResult) -> Settled {
    match (result.outcome, result.original) {
        (Outcome::Held, _) | (Outcome::Repeated, Some(Outcome::Held)) => Settled::Held,
        (Outcome::Rejected, _) => Settled::Quarantined {
            code: result.code.unwrap_or(Code::Unknown),
            reason: result
                .reason
                .clone()
                .unwrap_or_else(|| "the hub gave no reason".to_owned()),
        },
        (outcome, _) => Settled::Confirmed {
            outcome: Some(outcome),
            version: None,
        },
    }
}

/// Sends a write; gives the version that it led to.
async fn send(hub: &Hub, reads: &Lane<Reads>, op: OpId) -> Result<(Option<u64>, Option<String>), Trouble> {
    let write = reads
        .ask(move |reads| facts::to_send(reads.facts(), &op.to_string()))
        .await
        .map_err(|error| unread(&error))?
        .ok_or_else(|| Trouble::unreachable("the write is not on the disk"))?;
    let (answer, life) = hub.write(request(write)?).await?;
    Ok((answer.get("version").and_then(Value::as_u64), life))
}

/// The request that a write is.
pub(crate) fn request(write: Write) -> Result<WriteRequest, Trouble> {
    let path = format!("api/reservas/{}", write.reservation);
    let json = |value: serde_json::Result<Value>| value.map_err(|error| unread(&error.into()));
    Ok(match write.body {
        WriteBody::Create { draft } => WriteRequest {
            method: Method::POST,
            path: "api/reservas".to_owned(),
            body: Some(json(serde_json::to_value(draft))?),
            version: None,
            op: write.id,
        },
        WriteBody::Update { patch, version } => WriteRequest {
            method: Method::PATCH,
            path,
            body: Some(json(serde_json::to_value(patch))?),
            version: Some(version),
            op: write.id,
        },
        WriteBody::Delete { version } => WriteRequest {
            method: Method::DELETE,
            path,
            body: None,
            version: Some(version),
            op: write.id,
        },
    })
}

/// The body of a decision about a conflict.
pub(crate) fn decision(outcome: &str, note: Option<&str>) -> Value {
    json!({ "resultado": outcome, "nota": note })
}
