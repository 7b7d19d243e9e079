//! What guests and staff do: tickets are scanned, people are admitted by hand, entries are taken back, reservations are made and changed.

use portero_door::DoorError;
use portero_door::view::Answer;
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::reservation::{Draft, Patch};
use serde_json::{Value, json};

use crate::place::{Party, TONIGHT};
use crate::world::World;

impl World {
    /// Somebody does something.
    pub(crate) fn people(&mut self) -> Result<(), String> {
        let at = self.rng.usize(..self.seats.len());
        let party = self.rng.usize(..self.parties.len());
        match self.rng.u8(0..16) {
            0..7 => self.scan(at, party)?,
            7..9 => self.admit(at, party)?,
            9..11 => self.undo(at)?,
            11 => self.walk_in(at),
            12 => {
                let seat = &mut self.seats[at];
                let awake = seat.asleep.is_none();
                if let Some(laptop) = seat.laptop.as_mut().filter(|_| awake) {
                    laptop.focus();
                }
            }
            13 if self.taste.edits => self.edit_offline(at, party),
            14 if self.taste.edits => self.edit_in_the_office(party)?,
            15 if self.taste.edits => self.more_in_the_office(party)?,
            _ => {}
        }
        Ok(())
    }

    fn scan(&mut self, at: usize, party: usize) -> Result<(), String> {
        let codes = self.parties[party].codes.clone();
        let Some(code) = codes.last().filter(|_| self.rng.u8(..) < 200).or(codes.first()) else {
            return Ok(());
        };
        let quantity = self.rng.u32(1..4);
        let code = code.clone();
        self.at_the_desk(at, "scans", |laptop, ticks| laptop.scan(&code, quantity, ticks))
    }

    fn admit(&mut self, at: usize, party: usize) -> Result<(), String> {
        let id = self.parties[party].id.parse::<ReservationId>().unwrap();
        let (quantity, against) = (self.rng.u32(1..3), self.rng.u8(..) < 70);
        self.at_the_desk(at, "admits", |laptop, ticks| {
            laptop.admit(&id, quantity, against, ticks)
        })
    }

    fn undo(&mut self, at: usize) -> Result<(), String> {
        let known: Vec<EntryId> = self.oracle.shown.keys().copied().collect();
        if known.is_empty() {
            return Ok(());
        }
        // People take back what they see: mostly the latest.
        let from = known.len().saturating_sub(6);
        let entry = known[self.rng.usize(from..known.len())];
        self.at_the_desk(at, "undoes", |laptop, ticks| laptop.undo(entry, ticks))
    }

    fn at_the_desk(
        &mut self,
        at: usize,
        what: &str,
        work: impl FnOnce(&mut portero_door::sim::Laptop, u64) -> Result<Answer, DoorError>,
    ) -> Result<(), String> {
        let now = self.now;
        let seat = &mut self.seats[at];
        if !seat.works() {
            return Ok(());
        }
        seat.look_at_clock(now);
        let ticks = seat.ticks(now);
        let Some(laptop) = &mut seat.laptop else {
            return Ok(());
        };
        let answer = work(laptop, ticks);
        self.trace.note(now, || match &answer {
            Ok(answer) => format!(
                "seat {at} {what} {:?}: {:?} {:?} {:?}",
                answer.reservation, answer.verdict, answer.attendance, answer.entry
            ),
            Err(error) => format!("seat {at} {what}: {error}"),
        });
        match answer {
            Ok(answer) => self.oracle.shown(at, laptop, &answer),
            // What is not known there cannot be taken back or admitted: nothing was shown.
            Err(_) => Ok(()),
        }
    }

    fn walk_in(&mut self, at: usize) {
        let draft = self.draft(None, "sinReserva");
        let now = self.now;
        let seat = &mut self.seats[at];
        seat.look_at_clock(now);
        if let Some(laptop) = seat.laptop.as_mut().filter(|_| seat.asleep.is_none())
            && let Ok((id, _)) = laptop.create(draft)
        {
            self.trace
                .note(now, || format!("seat {at} lets a walk-in in: {id}"));
            self.parties.push(Party {
                id: id.to_string(),
                codes: Vec::new(),
            });
        }
    }

    fn draft(&mut self, id: Option<String>, origin: &str) -> Draft {
        let number = self.rng.u16(..);
        let mut draft = json!({
            "cliente": { "nombre": format!("Grupo {number}") },
            "numeroPersonas": self.rng.u32(1..6),
            "fecha": TONIGHT,
            "hora": "23:00",
            "origen": origin,
        });
        if let Some(id) = id {
            draft["id"] = id.into();
        }
        serde_json::from_value(draft).unwrap()
    }

    fn change(&mut self) -> Value {
        match self.rng.u8(0..8) {
            0 => json!({ "estado": "Cancelado" }),
            1 => json!({ "estado": "En Progreso" }),
            2 => json!({ "estado": "En Camino" }),
            3 => json!({ "numeroPersonas": self.rng.u32(1..9) }),
            4 => json!({ "mesa": self.rng.u32(1..40).to_string() }),
            5 => json!({ "mesa": null }),
            6 => json!({ "hora": format!("{}:15", self.rng.u32(19..24)) }),
            _ => {
                json!({ "cliente": { "nombre": format!("Otra {}", self.rng.u8(..)), "email": "a@b.c" }, "detalles": ["VIP"] })
            }
        }
    }

    /// A manager edits at a laptop, connected or not.
    fn edit_offline(&mut self, at: usize, party: usize) {
        let id: ReservationId = self.parties[party].id.parse().unwrap();
        let change = self.change();
        let new = self.draft(None, "reserva");
        let kind = self.rng.u8(0..8);
        let now = self.now;
        let seat = &mut self.seats[at];
        if !seat.works() {
            return;
        }
        seat.look_at_clock(now);
        let Some(laptop) = &mut seat.laptop else { return };
        let version = laptop.sheet(&id).map_or(1, |sheet| sheet.row.reservation.version);
        let done = match kind {
            0 => laptop.delete(&id, version).map(|op| (id.clone(), op)),
            1 => laptop.create(new),
            _ => {
                let patch: Patch = serde_json::from_value(change.clone()).unwrap();
                laptop.update(&id, patch, version).map(|op| (id.clone(), op))
            }
        };
        self.trace.note(now, || {
            format!("seat {at} edits {id} ({kind}) {change}: {done:?}")
        });
        if let Ok((id, _)) = done
            && kind == 1
        {
            self.parties.push(Party {
                id: id.to_string(),
                codes: Vec::new(),
            });
        }
    }

    /// The manager edits at the office, which is always connected.
    fn edit_in_the_office(&mut self, party: usize) -> Result<(), String> {
        let path = format!("api/reservas/{}", self.parties[party].id);
        let Some(row) = self.office.get(&path, self.now) else {
            return Ok(());
        };
        let version = row["version"].as_u64().unwrap_or(1);
        let change = self.change();
        let answer = self
            .office
            .write("PATCH", &path, &change, Some(version), self.now);
        self.trace.note(self.now, || {
            format!(
                "the office edits {path} {change}: {:?}",
                answer.as_ref().map(|(status, _)| *status)
            )
        });
        self.learn()
    }

    fn more_in_the_office(&mut self, party: usize) -> Result<(), String> {
        let now = self.now;
        let path = format!("api/reservas/{}", self.parties[party].id);
        match self.rng.u8(0..5) {
            0 => {
                let answer = self
                    .office
                    .write("POST", &format!("{path}/reemitir"), &Value::Null, None, now);
                if let Some((200, row)) = answer {
                    self.trace.note(now, || format!("{path} is issued anew"));
                    let code = row["codigoQR"].as_str().unwrap_or_default().to_owned();
                    self.parties[party].codes.push(code);
                }
            }
            1 => {
                if let Some(row) = self.office.get(&path, now) {
                    let version = row["version"].as_u64();
                    self.trace.note(now, || format!("the office deletes {path}"));
                    self.office.write("DELETE", &path, &Value::Null, version, now);
                }
            }
            2 | 3 => self.new_in_the_office(),
            _ => self.decide(),
        }
        self.learn()
    }

    fn new_in_the_office(&mut self) {
        // Some have an older system's id, some a new one.
        let id = if self.rng.bool() {
            format!("res-{}", self.rng.u32(100..1_000_000))
        } else {
            ReservationId::new(self.now).to_string()
        };
        let draft = self.draft(Some(id.clone()), "reserva");
        let body = serde_json::to_value(draft).unwrap();
        if let Some((201, row)) = self.office.write("POST", "api/reservas", &body, None, self.now) {
            self.trace.note(self.now, || format!("the office makes {id}"));
            self.parties.push(Party {
                id,
                codes: vec![row["codigoQR"].as_str().unwrap_or_default().to_owned()],
            });
        }
    }

    /// The manager decides a conflict.
    fn decide(&mut self) {
        let Some(list) = self.office.get("api/conflictos?estado=abierto", self.now) else {
            return;
        };
        let open = list["conflictos"].as_array().cloned().unwrap_or_default();
        if open.is_empty() {
            return;
        }
        let conflict = self.pick(&open).clone();
        let decision = json!({ "resultado": *self.pick(&["aceptada", "rechazada"]) });
        let path = format!(
            "api/conflictos/{}/resolver",
            conflict["id"].as_str().unwrap_or_default()
        );
        self.trace.note(self.now, || {
            format!("{} is decided: {decision}", conflict["tipo"])
        });
        self.office.write("POST", &path, &decision, None, self.now);
    }

    /// The venue refuses guests beyond the party.
    pub(crate) fn strict_venue(&mut self) -> Result<(), String> {
        let policy = json!({ "exceso": "negar" });
        self.office.write("PATCH", "api/local", &policy, None, self.now);
        self.learn()
    }
}
