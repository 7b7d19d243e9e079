//! Taking an entry back.

use portero_protocol::entry::Method;
use portero_protocol::ids::EntryId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Reservation, Status};

use super::Desk;
use crate::cache::{Counted, attendance};
use crate::error::{DoorError, Result};
use crate::verdict::Ruling;
use crate::view::Answer;

impl Desk {
    /// Takes back an entry of this door or of another. One that was taken back already stays so, and nothing new is recorded.
    pub(crate) fn undo(&mut self, id: EntryId) -> Result<Answer> {
        let target = match self.facts.entry(id)? {
            Some(entry) => entry,
            None => self.reads.entry(id)?.ok_or_else(|| {
                DoorError::new(
                    Code::NotFound,
                    format!("entry {id} is not known here: it cannot be taken back"),
                )
            })?,
        };
        if target.is_undo() {
            return Err(DoorError::new(
                Code::UndoOfUndo,
                "an undo cannot be undone: admit the guests again",
            ));
        }
        let mut sought = self.look(|reads| reads.sought_by_id(&target.reservation))?;
        let mut entries = std::mem::take(&mut sought.entries);
        let already = entries
            .iter()
            .any(|entry| entry.voids.as_deref() == Some(id.to_string().as_str()));
        let recorded = if already {
            None
        } else {
            let entry = self.entry(
                target.reservation.clone(),
                target.quantity,
                target.verdict,
                |entry| {
                    entry.method = Method::Manual;
                    entry.voids = Some(id);
                },
            );
            let entry = self.record(entry)?;
            entries.push(Counted::from(&entry));
            Some(entry)
        };
        let inside = attendance(&entries);
        let row = sought.row.map(|row| Reservation {
            status: match row.status {
                // Nobody is in any more: what an entry had set is returned.
                Status::Active if inside == 0 => Status::Expected,
                status => status,
            },
            ..row
        });
        let ruling = Ruling {
            verdict: target.verdict,
            detail: None,
            records: recorded.is_some(),
        };
        let people = recorded.as_ref().map_or(0, |entry| entry.quantity);
        let mut answer = self.answer(ruling, target.reservation, row, None, None, &entries, 0);
        answer.entry = recorded.map(|entry| entry.id);
        Ok(answer.undone(people))
    }
}
