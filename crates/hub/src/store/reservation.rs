//! Reservations as rows.

use jiff::civil::Date;
use portero_protocol::ids::{DeviceId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Client, Origin, Promoter, Reservation, Status, wire_time};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::readers::View;
use super::tx::Tx;
use super::{search, sql};
use crate::error::{Error, Result};

/// A row: the reservation, and what only the hub knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) reservation: Reservation,
    /// The venue's day.
    pub(crate) day: Date,
    /// The state that an entry replaced.
    pub(crate) before_entry: Option<Status>,
    /// When the ticket of today's issue was made.
    pub(crate) issued: Instant,
    /// The device that created it.
    pub(crate) creator: Option<DeviceId>,
    /// Tells the same create sent again from another.
    pub(crate) draft_hash: Vec<u8>,
    /// Since when it is deleted.
    pub(crate) deleted: Option<Instant>,
}

pub(crate) fn read(row: &Row<'_>) -> Result<Reservation> {
    let promoter = match (sql::get(row, "promoter_id")?, sql::get(row, "promoter_name")?) {
        (Some(id), Some(name)) => Some(Promoter { id, name }),
        _ => None,
    };
    let details: String = sql::get(row, "details")?;
    Ok(Reservation {
        id: id(row, "id")?,
        version: sql::counter(row, "version")?,
        client: Client {
            id: sql::get(row, "client_id")?,
            name: sql::get(row, "client_name")?,
            phone: sql::get(row, "client_phone")?,
            email: sql::get(row, "client_email")?,
        },
        party: sql::get(row, "party")?,
        date: sql::date(row, "date")?,
        time: sql::time(row, "time")?,
        status: sql::named(row, "status", Status::from_wire)?,
        attendance: sql::get(row, "attendance")?,
        origin: sql::named(row, "origin", Origin::from_wire)?,
        issue: sql::get(row, "issue")?,
        table: sql::get(row, "table")?,
        occasion: sql::get(row, "occasion")?,
        benefits: sql::get(row, "benefits")?,
        promoter,
        details: serde_json::from_str(&details).map_err(|_| sql::damaged("details"))?,
        code: None,
        token_hash: sql::get(row, "token_hash")?,
        created: sql::instant(row, "created")?,
        modified: sql::instant(row, "modified")?,
    })
}

pub(crate) fn id(row: &Row<'_>, column: &str) -> Result<ReservationId> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| sql::damaged(column))
}

fn held(row: &Row<'_>) -> Result<Held> {
    let before: Option<String> = sql::get(row, "before_entry")?;
    Ok(Held {
        reservation: read(row)?,
        day: sql::date(row, "day")?,
        before_entry: before.as_deref().and_then(Status::from_wire),
        issued: sql::instant(row, "issued")?,
        creator: sql::maybe_uuid(row, "creator")?.map(DeviceId::from),
        draft_hash: sql::get(row, "draft_hash")?,
        deleted: sql::maybe_instant(row, "deleted")?,
    })
}

/// A row by its id, deleted or not.
pub(crate) fn find(conn: &Connection, venue: i64, id: &ReservationId) -> Result<Option<Held>> {
    conn.prepare_cached("SELECT * FROM reservation WHERE venue = ?1 AND id = ?2")?
        .query_row((venue, id.as_str()), |row| Ok(held(row)))
        .optional()?
        .transpose()
}

pub(crate) fn missing(id: &ReservationId) -> Error {
    Error::new(Code::NotFound, format!("There is no reservation {id}"))
}

impl View<'_> {
    /// A reservation that is there.
    pub(crate) fn reservation(&self, id: &ReservationId) -> Result<Held> {
        find(self.conn, self.venue, id)?
            .filter(|held| held.deleted.is_none())
            .ok_or_else(|| missing(id))
    }
}

impl Tx<'_> {
    /// A reservation that is there.
    pub(crate) fn reservation(&self, id: &ReservationId) -> Result<Held> {
        find(self.conn, self.venue, id)?
            .filter(|held| held.deleted.is_none())
            .ok_or_else(|| missing(id))
    }

    /// A row by its id, deleted or not.
    pub(crate) fn row(&self, id: &ReservationId) -> Result<Option<Held>> {
        find(self.conn, self.venue, id)
    }

    /// The id of the reservation whose ticket has that id: for older ids, which a ticket does not hold itself.
    pub(crate) fn by_ticket(&self, ticket: Uuid) -> Result<Option<ReservationId>> {
        self.conn
            .prepare_cached("SELECT id FROM reservation WHERE venue = ?1 AND ticket_id = ?2 ORDER BY deleted IS NOT NULL LIMIT 1")?
            .query_row((self.venue, ticket.into_bytes()), |row| Ok(id(row, "id")))
            .optional()?
            .transpose()
    }

    /// Writes a row whole, new or known.
    pub(crate) fn put(&self, held: &Held) -> Result<()> {
        let row = &held.reservation;
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO reservation (venue, id, ticket_id, version, client_id, client_name, client_phone, \
                 client_email, party, date, time, day, status, before_entry, attendance, origin, issue, issued, \"table\", \
                 occasion, benefits, promoter_id, promoter_name, details, token_hash, created, modified, creator, draft_hash, \
                 search, deleted) VALUES (:venue, :id, :ticket_id, :version, :client_id, :client_name, :client_phone, \
                 :client_email, :party, :date, :time, :day, :status, :before_entry, :attendance, :origin, :issue, :issued, \
                 :table, :occasion, :benefits, :promoter_id, :promoter_name, :details, :token_hash, :created, :modified, \
                 :creator, :draft_hash, :search, :deleted)",
            )?
            .execute(named_params! {
                ":venue": self.venue,
                ":id": row.id.as_str(),
                ":ticket_id": row.id.ticket_uuid().into_bytes(),
                ":version": sql::signed(row.version),
                ":client_id": row.client.id,
                ":client_name": row.client.name,
                ":client_phone": row.client.phone,
                ":client_email": row.client.email,
                ":party": row.party,
                ":date": row.date.to_string(),
                ":time": wire_time::format(row.time),
                ":day": held.day.to_string(),
                ":status": row.status.as_str(),
                ":before_entry": held.before_entry.map(Status::as_str),
                ":attendance": row.attendance,
                ":origin": row.origin.as_str(),
                ":issue": row.issue,
                ":issued": held.issued.ms(),
                ":table": row.table,
                ":occasion": row.occasion,
                ":benefits": row.benefits,
                ":promoter_id": row.promoter.as_ref().map(|promoter| &promoter.id),
                ":promoter_name": row.promoter.as_ref().map(|promoter| &promoter.name),
                ":details": serde_json::to_string(&row.details)?,
                ":token_hash": row.token_hash,
                ":created": row.created.ms(),
                ":modified": row.modified.ms(),
                ":creator": held.creator.map(|device| device.uuid().into_bytes()),
                ":draft_hash": held.draft_hash,
                ":search": search::text_of(row),
                ":deleted": held.deleted.map(Instant::ms),
            })?;
        Ok(())
    }

    /// How many people a device let in as walk-ins of a day.
    pub(crate) fn walk_in_seats(&self, device: DeviceId, day: Date) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COALESCE(SUM(party), 0) FROM reservation \
                 WHERE venue = ?1 AND day = ?2 AND creator = ?3 AND origin = 'sinReserva' AND deleted IS NULL",
            )?
            .query_row((self.venue, day.to_string(), device.uuid().into_bytes()), |row| row.get(0))?)
    }

    /// Reservations of the days from `from` up to before `until` that are neither finished, cancelled nor given up.
    pub(crate) fn open_of_days(&self, from: Date, until: Date, most: usize) -> Result<Vec<ReservationId>> {
        let mut query = self.conn.prepare_cached(
            "SELECT id FROM reservation WHERE venue = ?1 AND day >= ?2 AND day < ?3 AND deleted IS NULL \
             AND status IN ('En Progreso', 'Activa') ORDER BY day LIMIT ?4",
        )?;
        let mut rows = query.query((
            self.venue,
            from.to_string(),
            until.to_string(),
            i64::try_from(most).unwrap_or(i64::MAX),
        ))?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(id(row, "id")?);
        }
        Ok(ids)
    }

    /// The last version in which each field changed.
    pub(crate) fn edited(&self, id: &ReservationId) -> Result<Vec<(String, u64)>> {
        let mut query = self
            .conn
            .prepare_cached("SELECT field, version FROM edited WHERE venue = ?1 AND reservation = ?2")?;
        let mut rows = query.query((self.venue, id.as_str()))?;
        let mut fields = Vec::new();
        while let Some(row) = rows.next()? {
            fields.push((sql::get(row, "field")?, sql::counter(row, "version")?));
        }
        Ok(fields)
    }

    /// Remembers that fields changed in a version.
    pub(crate) fn mark_edited<'f>(
        &self,
        id: &ReservationId,
        fields: impl Iterator<Item = &'f String>,
        version: u64,
    ) -> Result<()> {
        let mut insert = self.conn.prepare_cached(
            "INSERT OR REPLACE INTO edited (venue, reservation, field, version) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for field in fields {
            insert.execute((self.venue, id.as_str(), field, sql::signed(version)))?;
        }
        Ok(())
    }

    /// Counts every reservation's venue day again, after the zone or the cutoff changed.
    pub(crate) fn recount_days(&mut self) -> Result<()> {
        let mut query = self
            .conn
            .prepare("SELECT id, date, time, day FROM reservation WHERE venue = ?1")?;
        let mut rows = query.query([self.venue])?;
        let mut moved = Vec::new();
        while let Some(row) = rows.next()? {
            let day = self
                .known
                .calendar
                .day_of(sql::date(row, "date")?, sql::time(row, "time")?);
            if day != sql::date(row, "day")? {
                moved.push((sql::get::<String>(row, "id")?, day));
            }
        }
        let mut update = self
            .conn
            .prepare("UPDATE reservation SET day = ?3 WHERE venue = ?1 AND id = ?2")?;
        for (id, day) in moved {
            update.execute((self.venue, id, day.to_string()))?;
        }
        Ok(())
    }
}
