//! What the outbox has to do: its deliveries, and what the hub answered to them.

use portero_protocol::attendance::Delivery;
use portero_protocol::ids::{EntryId, OpId};

use super::laptop::Laptop;
use super::network::OrderKind;
use crate::desk::Desk;
use crate::facts;
use crate::hub::{Trouble, WriteRequest};
use crate::known::wall_ms;
use crate::outbox::{Action, Input};
use crate::shell::courier::request;

impl Laptop {
    /// Does the next thing that the outbox has to do; false: there is nothing. What comes from different sides comes in any order: `first` says from
    /// which it is taken.
    pub fn step_courier(&mut self, now: u64, first: u8) -> bool {
        if let Some(marks) = self.outward.settles.pop_front() {
            match Desk::settle(&mut self.desk, &marks) {
                Ok(Some(waiting)) => self.outward.answers.push_back(Input::Waiting(waiting)),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "what the hub answered cannot be kept"),
            }
            return true;
        }
        let input = (0..3).find_map(|side| match (first + side) % 3 {
            0 => self.outward.notes.pop_front(),
            1 => self.next_added().map(Input::Added),
            _ => self.outward.answers.pop_front(),
        });
        let due = self.outward.outbox.wake_at().is_some_and(|at| now >= at);
        let Some(input) = input.or_else(|| due.then_some(Input::Tick)) else {
            return false;
        };
        for action in self.outward.outbox.on(input, now) {
            match action {
                Action::Deliver(entries) => self.deliver(entries),
                Action::Send(op) => self.send(op),
                Action::Settle(marks) => self.outward.settles.push_back(marks),
            }
        }
        true
    }

    fn deliver(&mut self, entries: Vec<EntryId>) {
        let since = self.view.get().since_wanted;
        let payloads = facts::payloads(self.desk.facts.db(), &entries);
        let body = payloads.and_then(|payloads| {
            let delivery = Delivery {
                entries: payloads,
                since,
            };
            Ok(serde_json::to_vec(&delivery)?)
        });
        match body {
            Ok(body) => {
                let key = OpId::new(wall_ms());
                self.order(OrderKind::Deliver { entries, key, body }, None);
            }
            Err(error) => {
                let trouble = Trouble::unreachable(error);
                self.outward
                    .answers
                    .push_back(Input::NotDelivered(trouble.failure()));
            }
        }
    }

    fn send(&mut self, op: OpId) {
        let asked = self
            .desk
            .facts
            .write(op)
            .map_err(Trouble::unreachable)
            .and_then(|write| write.ok_or_else(|| Trouble::unreachable("the write is not on the disk")))
            .and_then(request);
        match asked {
            Ok(WriteRequest {
                method,
                path,
                body,
                version,
                op,
            }) => self.order(
                OrderKind::Write {
                    op,
                    method: method.to_string(),
                    path,
                    body: body.map(|body| body.to_string().into_bytes()),
                    version,
                },
                None,
            ),
            Err(trouble) => self
                .outward
                .answers
                .push_back(Input::NotWritten(trouble.failure())),
        }
    }
}
