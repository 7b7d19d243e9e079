//! The venue: its settings and its log's life.

use jiff::tz::TimeZone;
use portero_protocol::cursor::Epoch;
use portero_protocol::event::Change;
use portero_protocol::ids::VenueId;
use portero_protocol::reservation::wire_time;
use portero_protocol::venue::{ExcessPolicy, Venue, VenuePatch};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};

use super::sql;
use super::tx::Tx;
use super::{Store, keys};
use crate::clock;
use crate::error::Result;
use crate::random;

/// The venue's day ends at four where nobody said otherwise.
const CUTOFF: &str = "04:00";

/// The number of the venue in this database; makes one where there is none.
pub(super) fn ensure(conn: &mut Connection) -> Result<i64> {
    let found = |conn: &Connection| {
        conn.query_row("SELECT venue FROM venue ORDER BY venue LIMIT 1", [], |row| {
            row.get(0)
        })
        .optional()
    };
    if let Some(venue) = found(conn)? {
        return Ok(venue);
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(venue) = found(&tx)? {
        return Ok(venue);
    }
    let now = clock::now();
    let zone = TimeZone::system();
    let zone = zone.iana_name().unwrap_or("UTC");
    tx.execute(
        "INSERT INTO venue (id, name, time_zone, cutoff, excess, unsigned_codes, capacity, edits_without_version, \
         closes_days, epoch, head, first) VALUES (?1, 'Mi local', ?2, ?3, ?4, 0, NULL, 0, 0, ?5, 0, 1)",
        (
            VenueId::new(now.ms()).uuid().into_bytes(),
            zone,
            CUTOFF,
            excess_name(ExcessPolicy::Warn),
            random::epoch()?.as_str(),
        ),
    )?;
    let venue = tx.last_insert_rowid();
    keys::make_own(&tx, venue, now)?;
    tx.commit()?;
    Ok(venue)
}

pub(super) fn load(conn: &Connection, venue: i64) -> Result<Venue> {
    let keys = keys::published(conn, venue)?;
    let mut query = conn.prepare_cached("SELECT * FROM venue WHERE venue = ?1")?;
    query.query_row([venue], |row| Ok(read(row, keys)))?
}

fn read(row: &Row<'_>, keys: Vec<portero_protocol::venue::PublicKey>) -> Result<Venue> {
    Ok(Venue {
        id: VenueId::from(sql::uuid(row, "id")?),
        name: sql::get(row, "name")?,
        time_zone: sql::get(row, "time_zone")?,
        cutoff: sql::time(row, "cutoff")?,
        excess: sql::named(row, "excess", |text| {
            [ExcessPolicy::Warn, ExcessPolicy::Refuse]
                .into_iter()
                .find(|policy| excess_name(*policy) == text)
        })?,
        unsigned_codes: sql::get(row, "unsigned_codes")?,
        capacity: sql::get(row, "capacity")?,
        edits_without_version: sql::get(row, "edits_without_version")?,
        closes_days: sql::get(row, "closes_days")?,
        keys,
    })
}

pub(super) fn epoch(row: &Row<'_>) -> Result<Epoch> {
    let text: String = row.get("epoch")?;
    text.parse().map_err(|_| sql::damaged("epoch"))
}

fn excess_name(policy: ExcessPolicy) -> &'static str {
    match policy {
        ExcessPolicy::Warn => "avisar",
        ExcessPolicy::Refuse => "negar",
    }
}

impl Tx<'_> {
    /// Changes the venue's settings. Where the zone or the cutoff change, every reservation's venue day is counted again.
    pub(crate) fn change_venue(&mut self, patch: &VenuePatch) -> Result<Venue> {
        let before = load(self.conn, self.venue)?;
        let mut after = before.clone();
        patch.apply(&mut after)?;
        if after == before {
            return Ok(after);
        }
        self.conn.execute(
            "UPDATE venue SET name = ?2, time_zone = ?3, cutoff = ?4, excess = ?5, unsigned_codes = ?6, capacity = ?7, \
             edits_without_version = ?8, closes_days = ?9 WHERE venue = ?1",
            (
                self.venue,
                &after.name,
                &after.time_zone,
                wire_time::format(after.cutoff),
                excess_name(after.excess),
                after.unsigned_codes,
                after.capacity,
                after.edits_without_version,
                after.closes_days,
            ),
        )?;
        self.venue_changed()?;
        if (&after.time_zone, after.cutoff) != (&before.time_zone, before.cutoff) {
            self.recount_days()?;
        }
        Ok(after)
    }

    /// Tells everybody what the venue is now.
    pub(crate) fn venue_changed(&mut self) -> Result<()> {
        self.relearn()?;
        let venue = self.known.venue.clone();
        self.log(Change::Venue(Box::new(venue)))?;
        Ok(())
    }
}

impl Store {
    /// The venue.
    #[must_use]
    pub fn venue(&self) -> Venue {
        self.shared().known().venue.clone()
    }

    /// Changes the venue's settings: fields that are `None` stay.
    ///
    /// # Errors
    /// A field that breaks a rule; nothing is changed then.
    pub fn set_venue(&self, patch: &VenuePatch) -> Result<Venue> {
        let patch = patch.clone();
        self.write_now(move |tx| tx.change_venue(&patch))
    }

    /// The life of its log.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn epoch(&self) -> Result<Epoch> {
        self.read_now(|view| Ok(view.cursor()?.epoch))
    }
}
