//! A venue's day in numbers, from its reservations and their entries.

use jiff::civil::Date;
use portero_protocol::instant::Instant;
use portero_protocol::listing::{DoorCount, QuarterHour, Statistics};

use super::known::Known;
use super::readers::View;
use super::sql;
use crate::error::Result;

const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// People who came in for reservations of a day, and are not undone.
const ARRIVALS: &str = "FROM entry JOIN reservation ON reservation.venue = entry.venue AND reservation.id = entry.joined \
                        WHERE reservation.venue = ?1 AND reservation.day = ?2 AND reservation.deleted IS NULL \
                        AND entry.voids IS NULL AND entry.voided = 0";

impl View<'_> {
    /// The numbers of a day, as of `now`.
    pub(crate) fn statistics(&self, day: Date, now: Instant, known: &Known) -> Result<Statistics> {
        let over = known.calendar.end(day) <= now;
        let text = day.to_string();
        let mut query = self.conn.prepare_cached(
            "SELECT COUNT(*) FILTER (WHERE status <> 'Cancelado') AS reservations, \
             COALESCE(SUM(party) FILTER (WHERE status <> 'Cancelado'), 0) AS expected, \
             COALESCE(SUM(attendance), 0) AS inside, \
             COALESCE(SUM(MAX(0, party - attendance)) FILTER (WHERE status IN ('En Progreso', 'Activa')), 0) AS to_come, \
             COALESCE(SUM(MAX(0, attendance - party)), 0) AS excess, \
             COUNT(*) FILTER (WHERE attendance = 0 AND (status = 'Reserva Caída' OR (?3 AND status <> 'Cancelado'))) AS no_shows \
             FROM reservation WHERE venue = ?1 AND day = ?2 AND deleted IS NULL",
        )?;
        let counts = query.query_row((self.venue, &text, over), |row| {
            Ok(Statistics {
                day,
                reservations: row.get("reservations")?,
                expected: row.get("expected")?,
                inside: row.get("inside")?,
                to_come: if over { 0 } else { row.get("to_come")? },
                excess: row.get("excess")?,
                no_shows: row.get("no_shows")?,
                capacity: known.venue.capacity,
                curve: Vec::new(),
                doors: Vec::new(),
            })
        })?;
        Ok(Statistics {
            curve: self.curve(&text)?,
            doors: self.doors(&text)?,
            ..counts
        })
    }

    fn curve(&self, day: &str) -> Result<Vec<QuarterHour>> {
        let mut query = self.conn.prepare_cached(&format!(
            "SELECT (timestamp + offset_ms) / {QUARTER_MS} AS quarter, SUM(quantity) AS arrivals {ARRIVALS} \
             GROUP BY quarter ORDER BY quarter"
        ))?;
        let mut rows = query.query((self.venue, day))?;
        let mut curve = Vec::new();
        while let Some(row) = rows.next()? {
            curve.push(QuarterHour {
                from: Instant::from_ms(sql::get::<i64>(row, "quarter")? * QUARTER_MS),
                arrivals: sql::get(row, "arrivals")?,
            });
        }
        Ok(curve)
    }

    fn doors(&self, day: &str) -> Result<Vec<DoorCount>> {
        let mut query = self.conn.prepare_cached(&format!(
            "SELECT COALESCE(door, '') AS door, SUM(quantity) AS arrivals {ARRIVALS} GROUP BY 1 ORDER BY arrivals DESC, 1"
        ))?;
        let mut rows = query.query((self.venue, day))?;
        let mut doors = Vec::new();
        while let Some(row) = rows.next()? {
            doors.push(DoorCount {
                door: sql::get(row, "door")?,
                arrivals: sql::get(row, "arrivals")?,
            });
        }
        Ok(doors)
    }
}
