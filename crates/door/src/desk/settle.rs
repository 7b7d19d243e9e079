//! What the hub answered about items: kept on disk, shown, announced.

use portero_protocol::attendance::Outcome;
use portero_protocol::device::Role;
use portero_protocol::ids::{DeviceId, EntryId};

use super::Desk;
use crate::cache::Cache;
use crate::error::Result;
use crate::facts::{self, Answered, Item, ItemId, Mark, Settled};
use crate::figures::DayFigures;
use crate::known::wall_ms;
use crate::view::DoorEvent;

impl Desk {
    /// Keeps what the hub said about items. What it will not count is no longer shown as counted. Gives all that waits, where that is more than
    /// what was settled leaves: an answer from a life of the log that is over settles nothing, and one from a life that was not met yet is
    /// the first to tell of it.
    pub(crate) fn settle(&mut self, marks: &[Mark]) -> Result<Option<Vec<Item>>> {
        let mut waiting = None;
        let life = marks.iter().find_map(|mark| mark.life.clone());
        if let Some(Answered { life, met }) = life
            && self.facts.meta("epoch")?.as_ref() != Some(&life)
        {
            if met.as_ref() == Some(&life) {
                return Ok(Some(facts::waiting(self.facts.db())?));
            }
            waiting = self.meet_epoch(&life)?;
        }
        self.keep_marks(marks)?;
        if waiting.is_some() {
            waiting = Some(facts::waiting(self.facts.db())?);
        }
        Ok(waiting)
    }

    fn keep_marks(&mut self, marks: &[Mark]) -> Result<()> {
        self.facts.mark(marks, wall_ms())?;
        for mark in marks {
            match mark.id {
                ItemId::Entry(id) => self.settle_entry(id, &mark.settled)?,
                ItemId::Write(_) => self.settle_write(mark)?,
            }
            self.announcer.say(event(mark));
        }
        Ok(())
    }

    fn settle_entry(&self, id: EntryId, settled: &Settled) -> Result<()> {
        if matches!(settled, Settled::Held | Settled::Quarantined { .. })
            && let Some(entry) = self.facts.entry(id)?
        {
            self.show(move |cache| cache.withdraw_own(&entry));
        }
        Ok(())
    }

    fn settle_write(&self, mark: &Mark) -> Result<()> {
        let ItemId::Write(op) = mark.id else {
            return Ok(());
        };
        let Some(write) = self.facts.write(op)? else {
            return Ok(());
        };
        match mark.settled {
            Settled::Confirmed { version, .. } => {
                self.show(move |cache| cache.confirm_write(&write.reservation, op, version));
            }
            Settled::Held | Settled::Quarantined { .. } => {
                self.show(move |cache| cache.drop_write(&write.reservation, op));
            }
        }
        Ok(())
    }

    /// The hub's log has this life. If it is another one than before, the hub may have lost what it had: everything that was
    /// delivered in the last days is on its way again, and all that waits is given, in order.
    pub(crate) fn meet_epoch(&mut self, epoch: &str) -> Result<Option<Vec<Item>>> {
        let before = self.facts.meta("epoch")?;
        #[cfg(feature = "sim")]
        if crate::sim::planted(crate::sim::Planted::NothingOfferedAgain) {
            return Ok(None);
        }
        if before.as_deref() == Some(epoch) {
            return Ok(None);
        }
        // Also where none was met before: entries are delivered before the first snapshot is here, and that life may be over already.
        let count = self.facts.offer_again()?;
        if count > 0 {
            tracing::info!(
                count,
                "the hub's log started anew: what was delivered is offered again"
            );
        }
        let waiting = facts::waiting(self.facts.db())?;
        // Last, so that a crash before it offers them once more.
        self.show(Cache::another_life);
        self.facts.set_meta("epoch", epoch)?;
        self.known.set_met(Some(epoch.to_owned()));
        Ok(Some(waiting))
    }

    /// Keeps the day's figures.
    pub(crate) fn keep_figures(&mut self, figures: &DayFigures) {
        if let Err(error) = self.facts.keep_figures(figures) {
            tracing::warn!(%error, "the day's figures cannot be kept");
        }
    }

    /// Keeps what the hub calls this device and lets it do, for the next start without a hub.
    pub(crate) fn keep_identity(
        &self,
        device: Option<DeviceId>,
        role: Option<Role>,
        name: Option<String>,
    ) -> Result<()> {
        for (key, value) in [
            ("door", name),
            ("hub_device", device.map(|device| device.to_string())),
            ("role", role.map(|role| role.as_str().to_owned())),
        ] {
            if let Some(value) = value
                && self.facts.meta(key)?.as_ref() != Some(&value)
            {
                self.facts.set_meta(key, &value)?;
            }
        }
        Ok(())
    }
}

fn event(mark: &Mark) -> DoorEvent {
    let (entry, op) = match mark.id {
        ItemId::Entry(id) => (Some(id), None),
        ItemId::Write(id) => (None, Some(id)),
    };
    match &mark.settled {
        Settled::Confirmed { outcome, .. } => DoorEvent::Confirmed {
            entry,
            op,
            outcome: outcome.unwrap_or(Outcome::Recorded).as_str().to_owned(),
        },
        Settled::Held => DoorEvent::Confirmed {
            entry,
            op,
            outcome: Outcome::Held.as_str().to_owned(),
        },
        Settled::Quarantined { reason, .. } => DoorEvent::Quarantined {
            entry,
            op,
            reason: reason.clone(),
        },
    }
}
