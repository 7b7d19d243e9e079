//! What the state machine decides is done here.

use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;

use super::{Link, Message};
use crate::connection::{Action, Fault, Input};
use crate::hub::Stream;
use crate::known::wall_ms;
use crate::shell::fetch;
use crate::view::{DoorEvent, LinkState};

impl Link {
    /// Feeds the state machine, and does what it decides.
    pub(super) fn feed(&mut self, input: Input) {
        for action in self.core.on(input, self.ticks.now()) {
            match action {
                Action::Connect => match self.view.get().cursor {
                    Some(cursor) => {
                        self.stream = Some(Stream::open(&self.hub, self.figures.clone(), &cursor))
                    }
                    None => tracing::error!("no cursor to connect from"),
                },
                Action::Disconnect => {
                    self.stream = None;
                    self.early.clear();
                }
                Action::FetchChanges => self.fetch_changes(),
                Action::FetchSnapshot => self.fetch_snapshot(),
                Action::Show(state, problem) => self.show(state, problem),
                Action::Reconnected(ms) => self.figures.reconnected(ms as f64),
            }
        }
        let wanted = self.core.wants_changes_with_delivery();
        let (head, proven) = (self.core.head(), self.core.proven());
        self.view.change(|view| {
            view.head = head;
            view.proven = proven;
            view.since_wanted = view.cursor.clone().filter(|_| wanted);
        });
    }

    pub(super) fn show(&self, state: LinkState, problem: Option<Code>) {
        let now = wall_ms();
        self.view.change(|view| {
            view.state = state;
            view.problem = problem;
            view.since_ms = now;
        });
        self.announcer.say(DoorEvent::State {
            state,
            since: self.known.clock(|clock| clock.hub(now)),
        });
    }

    pub(super) fn fetch_changes(&self) {
        let Some(cursor) = self.view.get().cursor else {
            return;
        };
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        let error = self.known.clock(|clock| clock.error_ms(wall_ms()));
        let asked_at = self.known.hub_now().plus_ms(-error.unwrap_or(0));
        tokio::spawn(async move {
            let page = hub.changes(&cursor).await;
            // The link ended: the door is being closed.
            let _ = inbox.send(Message::Changes(page, asked_at));
        });
    }

    pub(super) fn fetch_snapshot(&self) {
        let (hub, cache, reads, inbox) = (
            self.hub.clone(),
            self.cache.clone(),
            self.reads.clone(),
            self.inbox.clone(),
        );
        tokio::spawn(async move {
            let taken = fetch::snapshot(hub, cache, reads).await.map_err(|end| match end {
                fetch::SnapshotEnd::Hub(trouble) => {
                    tracing::warn!(why = trouble.message, "no snapshot");
                    trouble.fault()
                }
                fetch::SnapshotEnd::Here(error) => {
                    tracing::error!(%error, "the snapshot cannot be used");
                    Fault::Later {
                        retry_after_ms: Some(5_000),
                    }
                }
            });
            // As above.
            let _ = inbox.send(Message::Snapshot(taken));
        });
    }

    pub(super) fn fetch_missing(&mut self, id: ReservationId) {
        if !self.asked_for.insert(id.clone()) {
            return;
        }
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let found = hub.reservation(&id).await.map(Box::new);
            // The link ended: the door is being closed.
            let _ = inbox.send(Message::Missing(id, found));
        });
    }

    pub(super) fn keep_identity(&self) {
        let view = self.view.get();
        self.desk.tell(move |desk| {
            if let Err(error) = desk.keep_identity(view.device, view.role) {
                tracing::warn!(%error, "the hub's name for this device cannot be kept");
            }
        });
    }
}
