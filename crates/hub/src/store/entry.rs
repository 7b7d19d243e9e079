//! Entries as rows: appended, never changed. Only `voided` and `joined` are filled in when an undo or a reservation comes.

use jiff::civil::Date;
use portero_protocol::attendance::Outcome;
use portero_protocol::entry::{Entry, Method, StoredEntry, Verdict};
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use portero_protocol::instant::Instant;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::reservation::id as reservation_id;
use super::sql;
use super::tx::Tx;
use crate::error::Result;

/// SHA-256 of an entry's canonical form.
pub(crate) type EntryHash = [u8; 32];

/// What has to be known of an entry that came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Earlier {
    pub(crate) hash: EntryHash,
    pub(crate) outcome: Outcome,
    /// The reservation that it counts for.
    pub(crate) joined: Option<ReservationId>,
    /// As the device wrote it.
    pub(crate) reservation: ReservationId,
    pub(crate) quantity: u32,
    pub(crate) is_undo: bool,
    pub(crate) voided: bool,
    pub(crate) corrected: Instant,
}

/// An entry on its way into the table.
pub(crate) struct NewEntry<'e> {
    pub(crate) entry: &'e Entry,
    pub(crate) device: DeviceId,
    pub(crate) hash: EntryHash,
    pub(crate) joined: Option<&'e ReservationId>,
    pub(crate) ticket: Option<Uuid>,
    pub(crate) voided: bool,
    pub(crate) outcome: Outcome,
    pub(crate) day: Date,
}

/// Reads an entry; its reservation is the one that it counts for.
pub(crate) fn read(row: &Row<'_>) -> Result<StoredEntry> {
    let joined: Option<String> = sql::get(row, "joined")?;
    Ok(StoredEntry {
        entry: Entry {
            id: EntryId::from(sql::uuid(row, "id")?),
            reservation: match joined {
                Some(id) => id.parse().map_err(|_| sql::damaged("joined"))?,
                None => reservation_id(row, "reservation")?,
            },
            quantity: sql::get(row, "quantity")?,
            method: sql::named(row, "method", Method::from_wire)?,
            door: sql::get(row, "door")?,
            user: sql::get(row, "user")?,
            timestamp: sql::instant(row, "timestamp")?,
            offset_ms: sql::get(row, "offset_ms")?,
            offset_error_ms: sql::get(row, "offset_error")?,
            sequence: sql::counter(row, "sequence")?,
            previous: hex::encode(sql::get::<[u8; 32]>(row, "previous")?),
            verdict: sql::named(row, "verdict", Verdict::from_wire)?,
            issue: sql::get(row, "issue")?,
            code: sql::get(row, "code")?,
            voids: sql::maybe_uuid(row, "voids")?.map(EntryId::from),
        },
        device: DeviceId::from(sql::uuid(row, "device")?),
        received: sql::instant(row, "received")?,
    })
}

/// A reservation's entries in order of arrival.
pub(crate) fn of_reservation(conn: &Connection, venue: i64, id: &ReservationId) -> Result<Vec<StoredEntry>> {
    let mut query =
        conn.prepare_cached("SELECT * FROM entry WHERE venue = ?1 AND joined = ?2 ORDER BY arrival")?;
    let mut rows = query.query((venue, id.as_str()))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    Ok(entries)
}

impl Tx<'_> {
    /// An entry that came before, by its id.
    pub(crate) fn earlier(&self, id: EntryId) -> Result<Option<Earlier>> {
        self.conn
            .prepare_cached(
                "SELECT hash, outcome, joined, reservation, quantity, voids, voided, timestamp, offset_ms FROM entry \
                 WHERE venue = ?1 AND id = ?2",
            )?
            .query_row((self.venue, id.uuid().into_bytes()), |row| Ok(earlier(row)))
            .optional()?
            .transpose()
    }

    /// Whether an undo of it has come.
    pub(crate) fn has_undo(&self, id: EntryId) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM entry WHERE venue = ?1 AND voids = ?2 LIMIT 1")?
            .exists((self.venue, id.uuid().into_bytes()))?)
    }

    /// The undos of an entry, and when each was made.
    pub(crate) fn undos_of(&self, id: EntryId) -> Result<Vec<(EntryId, Instant)>> {
        let mut query = self.conn.prepare_cached(
            "SELECT id, timestamp, offset_ms FROM entry WHERE venue = ?1 AND voids = ?2 ORDER BY arrival",
        )?;
        let mut rows = query.query((self.venue, id.uuid().into_bytes()))?;
        let mut undos = Vec::new();
        while let Some(row) = rows.next()? {
            undos.push((
                EntryId::from(sql::uuid(row, "id")?),
                sql::instant(row, "timestamp")?.plus_ms(sql::get(row, "offset_ms")?),
            ));
        }
        Ok(undos)
    }

    /// Marks an entry as undone.
    pub(crate) fn void(&self, id: EntryId) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE entry SET voided = 1 WHERE venue = ?1 AND id = ?2")?
            .execute((self.venue, id.uuid().into_bytes()))?;
        Ok(())
    }

    /// Appends an entry.
    pub(crate) fn append_entry(&self, new: &NewEntry<'_>) -> Result<()> {
        let entry = new.entry;
        let mut previous = [0; 32];
        // `Entry::check` has seen that it is 64 hex digits.
        hex::decode_to_slice(&entry.previous, &mut previous).map_err(|_| sql::damaged("previous"))?;
        self.conn
            .prepare_cached(
                "INSERT INTO entry (venue, id, reservation, joined, quantity, method, door, user, timestamp, offset_ms, \
                 offset_error, sequence, previous, verdict, issue, code, voids, voided, ticket_id, device, received, hash, \
                 outcome, day) VALUES (:venue, :id, :reservation, :joined, :quantity, :method, :door, :user, :timestamp, \
                 :offset_ms, :offset_error, :sequence, :previous, :verdict, :issue, :code, :voids, :voided, :ticket_id, \
                 :device, :received, :hash, :outcome, :day)",
            )?
            .execute(named_params! {
                ":venue": self.venue,
                ":id": entry.id.uuid().into_bytes(),
                ":reservation": entry.reservation.as_str(),
                ":joined": new.joined.map(ReservationId::as_str),
                ":quantity": entry.quantity,
                ":method": entry.method.as_str(),
                ":door": entry.door,
                ":user": entry.user,
                ":timestamp": entry.timestamp.ms(),
                ":offset_ms": entry.offset_ms,
                ":offset_error": entry.offset_error_ms,
                ":sequence": sql::signed(entry.sequence),
                ":previous": previous,
                ":verdict": entry.verdict.as_str(),
                ":issue": entry.issue,
                ":code": entry.code,
                ":voids": entry.voids.map(|id| id.uuid().into_bytes()),
                ":voided": new.voided,
                ":ticket_id": new.ticket.map(Uuid::into_bytes),
                ":device": new.device.uuid().into_bytes(),
                ":received": self.now.ms(),
                ":hash": new.hash,
                ":outcome": new.outcome.as_str(),
                ":day": new.day.to_string(),
            })?;
        Ok(())
    }

    /// The sum of what waits for a reservation that nobody knows yet.
    pub(crate) fn orphaned(&self, id: &ReservationId) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COALESCE(SUM(quantity), 0) FROM entry \
                 WHERE venue = ?1 AND reservation = ?2 AND joined IS NULL AND voids IS NULL AND voided = 0",
            )?
            .query_row((self.venue, id.as_str()), |row| row.get(0))?)
    }

    /// Entries that wait for this reservation, by its id or by its ticket's, in order of arrival.
    pub(crate) fn waiting_for(&self, id: &ReservationId) -> Result<Vec<StoredEntry>> {
        let ticket = id.ticket_uuid();
        let mut query = self.conn.prepare_cached(
            "SELECT * FROM entry WHERE venue = ?1 AND joined IS NULL AND (reservation IN (?2, ?3) OR ticket_id = ?4) \
             ORDER BY arrival",
        )?;
        let mut rows = query.query((
            self.venue,
            id.as_str(),
            ticket.hyphenated().to_string(),
            ticket.into_bytes(),
        ))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(read(row)?);
        }
        Ok(entries)
    }

    /// Joins an entry to its reservation.
    pub(crate) fn join(&self, entry: EntryId, reservation: &ReservationId) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE entry SET joined = ?3 WHERE venue = ?1 AND id = ?2")?
            .execute((self.venue, entry.uuid().into_bytes(), reservation.as_str()))?;
        Ok(())
    }

    /// The sum of a reservation's entries: what its `attendance` has to say.
    pub(crate) fn sum_of(&self, id: &ReservationId) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COALESCE(SUM(quantity), 0) FROM entry \
                 WHERE venue = ?1 AND joined = ?2 AND voids IS NULL AND voided = 0",
            )?
            .query_row((self.venue, id.as_str()), |row| row.get(0))?)
    }

    /// The latest counted entries of a reservation that came from other devices, newest first.
    pub(crate) fn latest_elsewhere(
        &self,
        id: &ReservationId,
        device: DeviceId,
        most: u32,
    ) -> Result<Vec<(EntryId, u32)>> {
        let mut query = self.conn.prepare_cached(
            "SELECT id, quantity FROM entry WHERE venue = ?1 AND joined = ?2 AND device <> ?3 AND voids IS NULL AND voided = 0 \
             ORDER BY arrival DESC LIMIT ?4",
        )?;
        let mut rows = query.query((self.venue, id.as_str(), device.uuid().into_bytes(), most))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push((EntryId::from(sql::uuid(row, "id")?), sql::get(row, "quantity")?));
        }
        Ok(entries)
    }
}

fn earlier(row: &Row<'_>) -> Result<Earlier> {
    let joined: Option<String> = sql::get(row, "joined")?;
    Ok(Earlier {
        hash: sql::get(row, "hash")?,
        outcome: sql::named(row, "outcome", Outcome::from_wire)?,
        joined: joined
            .map(|id| id.parse().map_err(|_| sql::damaged("joined")))
            .transpose()?,
        reservation: reservation_id(row, "reservation")?,
        quantity: sql::get(row, "quantity")?,
        is_undo: sql::get::<Option<[u8; 16]>>(row, "voids")?.is_some(),
        voided: sql::get(row, "voided")?,
        corrected: sql::instant(row, "timestamp")?.plus_ms(sql::get(row, "offset_ms")?),
    })
}
