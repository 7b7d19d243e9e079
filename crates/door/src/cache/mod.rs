//! `cache.db`: the hub's rows and everybody's entries, with the place in the hub's log up to which they are known. All of it can be fetched
//! again: a damaged file is set aside and rebuilt.
//!
//! What is shown is kept ready here: rows with the edits made here on top, attendance as the sum over the hub's entries and this
//! device's own, joined by their ids.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use portero_protocol::cursor::Cursor;
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use rusqlite::{Connection, OptionalExtension};

use crate::database;
use crate::error::{DoorError, Result};
use crate::facts::Write;
use crate::known::Known;
use crate::verdict::House;

mod apply;
mod entries;
mod questions;
mod rows;
mod slot;
mod snapshot;
mod sorted;
mod words;

pub(crate) use apply::{Applied, Step};
pub(crate) use questions::{Counted, Listed, Reads, Sought, Tallies, attendance};
pub(crate) use slot::Slot;
pub(crate) use snapshot::Loading;

const SCHEMA: &str = include_str!("schema_1.sql");
const SLOT: &str = include_str!("slot_1.sql");
const SORTED: &str = include_str!("slot_2.sql");
const TOTALS: &str = include_str!("slot_3.sql");
/// The file's name in the data dir.
pub(crate) const FILE: &str = "cache.db";

/// The cache, for its one writer.
#[derive(Debug)]
pub(crate) struct Cache {
    db: Connection,
    /// The slot that is read.
    slot: u8,
    cursor: Option<Cursor>,
    house: Option<Arc<House>>,
    /// Writes made here that the hub's rows may not show yet.
    writes: HashMap<ReservationId, Vec<Write>>,
    loading: Option<Loading>,
    known: Arc<Known>,
}

impl Cache {
    /// Opens or makes the file. A damaged one is set aside under another name, and the door starts with an empty one.
    ///
    /// # Errors
    /// `newer_database`; `storage` where not even an empty one can be made.
    pub(crate) fn open(data_dir: &Path, known: Arc<Known>, writes: Vec<Write>) -> Result<Self> {
        let file = data_dir.join(FILE);
        let db = match Self::open_sound(&file) {
            Err(error) if error.code == Code::Storage && file.exists() => {
                let aside = set_aside(data_dir)?;
                tracing::warn!(%error, aside = %aside.display(), "cache.db was damaged: it was set aside and is fetched again");
                Self::open_sound(&file)?
            }
            opened => opened?,
        };
        let mut cache = Self {
            db,
            slot: 0,
            cursor: None,
            house: None,
            writes: HashMap::new(),
            loading: None,
            known,
        };
        for write in writes {
            cache
                .writes
                .entry(write.reservation.clone())
                .or_default()
                .push(write);
        }
        cache.read_meta()?;
        cache.index_words()?;
        cache.show_writes()?;
        Ok(cache)
    }

    /// After an update that finds rows by more than before.
    fn index_words(&mut self) -> Result<()> {
        if self.meta("words")?.as_deref() == Some(words::VERSION) {
            return Ok(());
        }
        let change = self.db.transaction()?;
        for number in [0, 1] {
            rows::index_again(Slot { db: &change, number })?;
        }
        set_meta(&change, "words", words::VERSION)?;
        change.commit()?;
        Ok(())
    }

    fn open_sound(file: &Path) -> Result<Connection> {
        let both = |slot: &str| slot.replace('#', "0") + &slot.replace('#', "1");
        let db = database::open(
            file,
            &[&format!("{SCHEMA}{}", both(SLOT)), &both(SORTED), &both(TOTALS)],
            "NORMAL",
        )?;
        // Without reading it all: structure and freelist. What it misses fails when it is read, and then the file is set aside too.
        let sound: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if sound == "ok" {
            Ok(db)
        } else {
            Err(DoorError::new(Code::Storage, sound))
        }
    }

    fn read_meta(&mut self) -> Result<()> {
        self.slot = u8::from(self.meta("slot")?.as_deref() == Some("1"));
        self.cursor = self.meta("cursor")?.and_then(|text| text.parse().ok());
        self.house = match self.meta("venue")? {
            Some(json) => Some(Arc::new(House::new(serde_json::from_str(&json)?)?)),
            None => None,
        };
        let proven = self.meta("proven")?.and_then(|text| text.parse::<i64>().ok());
        self.known.set_house(self.house.clone());
        self.known.prove_anew(proven.map(Instant::from_ms));
        Ok(())
    }

    /// The place in the hub's log up to which all is known; `None` before the first snapshot.
    pub(crate) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Keeps the proven time over a restart; it only has to be not too new, so now and then is enough.
    pub(crate) fn keep_proven(&mut self) -> Result<()> {
        if let Some(proven) = self.known.proven() {
            set_meta(&self.db, "proven", &proven.ms().to_string())?;
        }
        Ok(())
    }

    fn meta(&self, key: &str) -> Result<Option<String>> {
        meta(&self.db, key)
    }

    /// How many rows were written since the file was opened.
    #[cfg(feature = "sim")]
    pub(crate) fn written(&self) -> u64 {
        self.db.total_changes()
    }

    /// The slots that changes go to: the one that is read, and the one that a snapshot loads into.
    fn slots(&self) -> Vec<u8> {
        let mut slots = vec![self.slot];
        slots.extend(self.loading.as_ref().map(|loading| loading.slot));
        slots
    }
}

/// Renames the damaged file and what SQLite keeps beside it.
pub(crate) fn set_aside(data_dir: &Path) -> Result<std::path::PathBuf> {
    let stamp = crate::known::wall_ms();
    let aside = data_dir.join(format!("{FILE}.damaged-{stamp}"));
    let failed = |error: std::io::Error| {
        DoorError::new(
            Code::Storage,
            format!("the damaged {FILE} cannot be moved aside: {error}"),
        )
    };
    std::fs::rename(data_dir.join(FILE), &aside).map_err(failed)?;
    for part in ["-wal", "-shm"] {
        let beside = data_dir.join(format!("{FILE}{part}"));
        if beside.exists() {
            std::fs::remove_file(beside).map_err(failed)?;
        }
    }
    Ok(aside)
}

pub(crate) fn meta(db: &Connection, key: &str) -> Result<Option<String>> {
    Ok(db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn set_meta(db: &Connection, key: &str, value: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}

#[cfg(test)]
mod tests;
