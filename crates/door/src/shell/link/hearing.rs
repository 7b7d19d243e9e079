//! What the stream says.

use portero_protocol::cursor::Cursor;
use portero_protocol::event::{Connected, Heartbeat, name};
use portero_protocol::instant::Instant;

use super::Link;
use crate::connection::{Fault, Input, Loss};
use crate::hub::{Heard, Stream};
use crate::known::wall_ms;
use crate::shell::courier::Note;
use crate::shell::fetch;

/// Events that are applied in one transaction at most.
const BATCH: usize = 256;

impl Link {
    pub(super) async fn heard(&mut self, first: Option<Heard>) {
        let mut steps = Vec::new();
        let mut next = Some(first.unwrap_or(Heard::Lost(Loss::Ended)));
        while let Some(heard) = next.take() {
            match heard {
                Heard::Opened => self.feed(Input::Opened),
                Heard::Half => self.feed(Input::Half),
                Heard::Lost(loss) => {
                    self.apply(std::mem::take(&mut steps)).await;
                    self.stream = None;
                    self.feed(Input::Lost(loss));
                    return;
                }
                Heard::Event { name, id, data } => match name.as_str() {
                    name::CONNECTED => self.connected(&data),
                    name::HEARTBEAT => {
                        self.apply(std::mem::take(&mut steps)).await;
                        self.heartbeat(&data);
                    }
                    name::RESET => {
                        self.apply(std::mem::take(&mut steps)).await;
                        self.feed(Input::Reset);
                        return;
                    }
                    _ => match id.parse::<Cursor>() {
                        Ok(at) => steps.push(fetch::step(at, &name, &data)),
                        // An event of a newer hub that is no change has no id of its own.
                        Err(_) => tracing::debug!(name, "an event without a position"),
                    },
                },
            }
            if steps.len() < BATCH {
                next = self.stream.as_mut().and_then(Stream::ready);
            }
        }
        self.apply(steps).await;
    }

    pub(super) fn connected(&mut self, data: &str) {
        match serde_json::from_str::<Connected>(data) {
            Ok(connected) => {
                self.known
                    .clock(|clock| clock.heard(connected.time.ms(), wall_ms()));
                self.view.change(|view| {
                    view.device = connected.device.or(view.device);
                    view.role = connected.role.or(view.role);
                });
                self.keep_identity();
                let epoch = self.view.get().cursor.map(|cursor| cursor.epoch);
                self.feed(Input::Connected {
                    head: connected.head,
                    heartbeat_ms: connected.heartbeat_ms,
                });
                // Another log's life: the hub says `reset` next, and it is taken at its word.
                if epoch.is_some_and(|epoch| epoch != connected.epoch) {
                    self.feed(Input::Reset);
                } else {
                    self.prove(connected.time);
                }
                // The courier ends only when the door is closed.
                let _ = self.courier.send(Note::Reachable);
            }
            Err(error) => {
                tracing::warn!(%error, "the stream does not begin as a hub's does");
                self.stream = None;
                self.feed(Input::Lost(Loss::Fault(Fault::NotTheHub)));
            }
        }
    }

    pub(super) fn heartbeat(&mut self, data: &str) {
        if let Ok(heartbeat) = serde_json::from_str::<Heartbeat>(data) {
            self.known
                .clock(|clock| clock.heard(heartbeat.time.ms(), wall_ms()));
            self.feed(Input::Heartbeat { head: heartbeat.head });
            self.prove(heartbeat.time);
        }
    }

    /// The hub's time at which its last position was this one: all is known up to then if the cursor is there.
    pub(super) fn prove(&self, time: Instant) {
        let view = self.view.get();
        if view.cursor.is_some_and(|cursor| cursor.pos >= self.core.head()) {
            self.known.prove(time);
        }
    }
}
