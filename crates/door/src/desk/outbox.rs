//! What people do with the outbox: send something again, give an edit up, carry all of it to the hub by hand.

use portero_protocol::ids::{DeviceId, OpId};
use portero_protocol::problem::Code;
use portero_protocol::sealed::{self, FORMAT, Header, Line, WaitingWrite};

use super::Desk;
use crate::error::{DoorError, Result};
use crate::facts::{self, ItemId};
use crate::shell::courier::request;

/// What an exported outbox holds.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) file: Vec<u8>,
    pub(crate) entries: u32,
    pub(crate) writes: u32,
    pub(crate) sequence: u64,
    pub(crate) published: bool,
}

impl Desk {
    /// Sends something that the hub could not take once more, and shows it again.
    pub(crate) fn deliver_again(&mut self, id: ItemId) -> Result<()> {
        let Some(item) = self.facts.deliver_again(id)? else {
            return Err(not_in_quarantine(id));
        };
        // The courier is gone only while the door is being closed; the item is on disk.
        let _ = self.out.send(item);
        match id {
            ItemId::Entry(id) => {
                if let Some(entry) = self.facts.entry(id)? {
                    self.show(move |cache| cache.add_own(&entry));
                }
            }
            ItemId::Write(op) => {
                if let Some(write) = self.facts.write(op)? {
                    self.show(move |cache| cache.add_write(write));
                }
            }
        }
        Ok(())
    }

    /// Gives up an edit that the hub could not take.
    pub(crate) fn give_up(&mut self, op: OpId) -> Result<()> {
        if self.facts.give_up(op)? {
            Ok(())
        } else {
            Err(not_in_quarantine(ItemId::Write(op)))
        }
    }

    /// Everything that waits, as a signed file. Nothing changes here: what the hub takes of the file it takes once, whichever way it comes.
    pub(crate) fn seal_outbox(&self, device: DeviceId) -> Result<Sealed> {
        let house = self.known.house().ok_or_else(super::write::never_reached)?;
        let key = self.facts.signing_key()?;
        let header = Header {
            format: FORMAT.to_owned(),
            venue: house.venue.id,
            device,
            door: self.known.door(),
            key: key.public_hex(),
            sequence: self.facts.last_number(),
            created: self.known.hub_now(),
        };
        let (mut entries, mut writes) = (0, 0);
        let mut lines = Vec::new();
        for item in facts::waiting(self.facts.db())? {
            match item.id {
                ItemId::Entry(id) => {
                    lines.extend(
                        facts::payloads(self.facts.db(), &[id])?
                            .into_iter()
                            .map(Line::Entry),
                    );
                    entries += 1;
                }
                ItemId::Write(op) => {
                    lines.extend(self.waiting_write(op)?.map(Line::Write));
                    writes += 1;
                }
            }
        }
        Ok(Sealed {
            file: sealed::seal(&header, &lines, &key)?,
            entries,
            writes,
            sequence: header.sequence,
            published: self.published(&house)?.is_some(),
        })
    }

    /// A write as the request that it will be.
    fn waiting_write(&self, op: OpId) -> Result<Option<WaitingWrite>> {
        let Some(write) = facts::to_send(self.facts.db(), &op.to_string())? else {
            return Ok(None);
        };
        let request = request(write)?;
        Ok(Some(WaitingWrite {
            op: request.op,
            method: request.method.to_string(),
            path: format!("/{}", request.path),
            version: request.version,
            body: request.body.map(|body| body.to_string()),
        }))
    }
}

fn not_in_quarantine(id: ItemId) -> DoorError {
    DoorError::new(Code::NotFound, format!("{id} is not in quarantine here"))
}
