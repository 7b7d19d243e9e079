//! The outbox, item by item, and carried to the hub by hand; and the figures day by day.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use portero_protocol::problem::Code;

use super::Door;
use crate::error::{DoorError, Result};
use crate::facts::{self, ItemId};
use crate::view::{DayFigure, DeliveryState, ExportedOutbox, OutboxId, OutboxItem};

impl Door {
    /// What the hub has not confirmed: first what needs a person, with its reason, then what waits, in order.
    ///
    /// # Errors
    /// `storage`.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<OutboxItem>> {
        let under_way = self.parts.under_way.clone();
        self.read(move |reads| {
            let mut items = facts::unsettled(reads.facts(), limit)?;
            for item in &mut items {
                item.client_name = reads.client_name(&item.reservation)?;
                let id = item.entry.map(ItemId::Entry).or(item.op.map(ItemId::Write));
                if item.delivery == DeliveryState::Pending && id.is_some_and(|id| under_way.holds(id)) {
                    item.delivery = DeliveryState::Sent;
                }
            }
            Ok(items)
        })
        .await
    }

    /// Sends something that the hub could not take once more.
    ///
    /// # Errors
    /// `not_found`: it is not in quarantine. `disk_full`, `storage`.
    pub async fn deliver_again(&self, id: OutboxId) -> Result<()> {
        let id = match id {
            OutboxId::Entry(id) => ItemId::Entry(id),
            OutboxId::Write(op) => ItemId::Write(op),
        };
        self.parts.desk.ask(move |desk| desk.deliver_again(id)).await
    }

    /// Gives up a create, an edit or a deletion that the hub could not take. Entries are facts and are never given up.
    ///
    /// # Errors
    /// `not_found`: it is not in quarantine. `invalid_command`: it is an entry. `disk_full`, `storage`.
    pub async fn give_up(&self, id: OutboxId) -> Result<()> {
        match id {
            OutboxId::Write(op) => self.parts.desk.ask(move |desk| desk.give_up(op)).await,
            OutboxId::Entry(_) => Err(DoorError::new(
                Code::InvalidCommand,
                "somebody came in: an entry is never given up. Undo it where it was wrong",
            )),
        }
    }

    /// Writes everything that waits into a signed file, which a person carries to the hub (`portero-hub import`). What waits goes on waiting here: the hub
    /// takes each thing once, whichever way it comes first.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`, `disk_full`: the file cannot be written, and is as it was.
    pub async fn export_outbox(&self, file: &Path) -> Result<ExportedOutbox> {
        let device = self.parts.device();
        let sealed = self.parts.desk.ask(move |desk| desk.seal_outbox(device)).await?;
        let path = file.to_owned();
        tokio::task::spawn_blocking(move || {
            write_whole(&path, &sealed.file).map_err(|error| unwritten(&path, &error))?;
            Ok(ExportedOutbox {
                file: path,
                entries: sealed.entries,
                writes: sealed.writes,
                sequence: sealed.sequence,
                key_published: sealed.published,
            })
        })
        .await
        .map_err(|_| DoorError::closed())?
    }

    /// The figures of the last days, today first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn figures(&self, days: u32) -> Result<Vec<DayFigure>> {
        let mut kept = self
            .parts
            .reads
            .ask(move |reads| facts::past_days(reads.facts(), days))
            .await?;
        if let Some(today) = self.parts.figures.day() {
            // What is on disk of today is up to a minute old.
            kept.retain(|day| day.day != today.day);
            kept.insert(0, today);
            kept.truncate(usize::try_from(days.max(1)).unwrap_or(usize::MAX));
        }
        Ok(kept.iter().map(crate::figures::DayFigures::shown).collect())
    }
}

/// A new file put in place of the old one, and on the medium before it is said to be there: people pull sticks.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    written
        .and_then(|()| std::fs::rename(&new, path))
        .inspect_err(|_| {
            // What is half written helps nobody; that it cannot be removed changes nothing about the error.
            let _ = std::fs::remove_file(&new);
        })
}

fn unwritten(path: &Path, error: &std::io::Error) -> DoorError {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        Code::DiskFull
    } else {
        Code::Storage
    };
    DoorError::new(code, format!("{} cannot be written: {error}", path.display()))
}
