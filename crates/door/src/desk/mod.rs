//! The desk: the one place where entries are decided and recorded, one after the other, on a thread of its own. It reads the cache and writes the
//! facts; it never waits for the network, for a snapshot, or for a screen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portero_protocol::entry::{Entry, Method, Verdict};
use portero_protocol::ids::{EntryId, ReservationId};
use portero_protocol::limits::QUANTITY_MAX;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Reservation, Status};
use portero_protocol::ticket::Ticket;
use tokio::sync::mpsc;

use crate::announce::Announcer;
use crate::cache::{Cache, Counted, Reads, Sought, attendance};
use crate::clock::UNKNOWN_ERROR_MS;
use crate::error::{DoorError, Result};
use crate::facts::{Facts, Item, ItemId};
use crate::known::{Known, wall_ms};
use crate::lane::Lane;
use crate::verdict::{self, Claim, Found, House, Night, Ruling};
use crate::view::{Answer, Detail};

mod many;
mod outbox;
mod settle;
mod undo;
mod walk_in;
mod write;

/// The desk's things.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) facts: Facts,
    pub(crate) reads: Reads,
    pub(crate) known: Arc<Known>,
    pub(crate) cache: Lane<Cache>,
    pub(crate) announcer: Announcer,
    /// New items for the courier.
    pub(crate) out: mpsc::UnboundedSender<Item>,
    pub(crate) unshown: Unshown,
}

/// How many entries and writes are on disk and not yet in the cache.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unshown(Arc<AtomicUsize>);

impl Unshown {
    /// Whether everything that was recorded is shown.
    pub(crate) fn none(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }

    fn one_more(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn one_less(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Desk {
    /// Decides about a code, and records the entry where it admits.
    pub(crate) fn scan(&mut self, code: &[u8], quantity: u32) -> Result<Answer> {
        check_quantity(quantity)?;
        let house = self.known.house();
        match verdict::claim(code, house.as_deref()) {
            Err(ruling) => Ok(self.bare_answer(ruling)),
            Ok(claim) => {
                let sought = self.sought(&claim)?;
                let text = std::str::from_utf8(code).unwrap_or_default().trim();
                self.decide(&claim, Some(text), sought, house.as_deref(), quantity, false)
            }
        }
    }

    /// The reservation that a code is of, where its row is known.
    pub(crate) fn names(&self, code: &[u8]) -> Result<Option<ReservationId>> {
        match verdict::claim(code, self.known.house().as_deref()) {
            Err(_) => Ok(None),
            Ok(claim) => Ok(self.sought(&claim)?.row.map(|row| row.id)),
        }
    }

    fn sought(&self, claim: &Claim) -> Result<Sought> {
        match claim {
            Claim::Signed { ticket, .. } => self.look(|reads| reads.sought_by_ticket(ticket.ticket_id)),
            Claim::Token { reservation, .. } | Claim::Bare(reservation) | Claim::ByHand(reservation) => {
                self.look(|reads| reads.sought_by_id(reservation))
            }
        }
    }

    /// Admits by hand; `against` records whatever the verdict is.
    pub(crate) fn admit(
        &mut self,
        reservation: ReservationId,
        quantity: u32,
        against: bool,
    ) -> Result<Answer> {
        check_quantity(quantity)?;
        let house = self.known.house();
        let sought = self.look(|reads| reads.sought_by_id(&reservation))?;
        let claim = Claim::ByHand(reservation);
        self.decide(&claim, None, sought, house.as_deref(), quantity, against)
    }

    fn decide(
        &mut self,
        claim: &Claim,
        code: Option<&str>,
        mut sought: Sought,
        house: Option<&House>,
        quantity: u32,
        against: bool,
    ) -> Result<Answer> {
        let mut entries = std::mem::take(&mut sought.entries);
        let inside = attendance(&entries);
        let row = sought.row.map(|row| Reservation {
            attendance: inside,
            ..row
        });
        let found = match &row {
            _ if sought.deleted => Found::Deleted,
            Some(row) => Found::Row(row),
            None => Found::Nobody {
                attendance: inside,
                allotment_used: match claim {
                    Claim::Signed {
                        ticket,
                        walk_in: Some(_),
                    } => self.allotment_used(ticket)?,
                    _ => 0,
                },
            },
        };
        let night = Night {
            house,
            now: self.known.hub_now(),
            proven: self.known.proven(),
        };
        let ruling = verdict::decide(claim, found, night, quantity);
        let ticket = match claim {
            Claim::Signed { ticket, .. } => Some(ticket.as_ref()),
            _ => None,
        };
        let recorded = if ruling.records || against {
            let entry = self.entry(sought.id.clone(), quantity, ruling.verdict, |entry| {
                entry.method = if code.is_some() {
                    Method::Code
                } else {
                    Method::Manual
                };
                entry.issue = ticket.map(|ticket| ticket.issue);
                // The hub has to be able to judge a ticket of a reservation that it may not know either.
                entry.code = code.filter(|_| row.is_none()).map(str::to_owned);
            });
            let entry = self.record(entry)?;
            entries.push(Counted::from(&entry));
            Some(entry)
        } else {
            None
        };
        Ok(self.answer(
            ruling,
            sought.id,
            row,
            ticket,
            recorded.as_ref(),
            &entries,
            quantity,
        ))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that an answer is made of, once"
    )]
    fn answer(
        &self,
        ruling: Ruling,
        id: ReservationId,
        row: Option<Reservation>,
        ticket: Option<&Ticket>,
        recorded: Option<&Entry>,
        entries: &[Counted],
        quantity: u32,
    ) -> Answer {
        let inside = attendance(entries);
        let party = row
            .as_ref()
            .map(|row| row.party)
            .or_else(|| ticket.map(|ticket| ticket.party));
        // Where nobody was let in because they are too many: how many too many.
        let wanted = match (recorded, ruling.verdict) {
            (None, Verdict::Excess | Verdict::AlreadyIn) if ruling.detail.is_none() => {
                inside.saturating_add(quantity)
            }
            _ => inside,
        };
        let row = row.map(|row| Box::new(with_attendance(row, inside, recorded.is_some())));
        Answer {
            verdict: ruling.verdict,
            entry: recorded.map(|entry| entry.id),
            reservation: Some(id),
            client_name: row.as_ref().map(|row| row.client.name.clone()),
            attendance: Some(inside),
            party,
            excess: party.map(|party| wanted.saturating_sub(party)),
            as_of: self.known.proven(),
            detail: ruling.detail,
            quantity: recorded.map_or(0, |entry| i64::from(entry.quantity)),
            row,
            at: self.known.hub_now(),
        }
    }

    /// The answer about a code that names no reservation.
    fn bare_answer(&self, ruling: Ruling) -> Answer {
        Answer {
            verdict: ruling.verdict,
            entry: None,
            reservation: None,
            client_name: None,
            attendance: None,
            party: None,
            excess: None,
            as_of: self.known.proven(),
            detail: ruling.detail,
            quantity: 0,
            row: None,
            at: self.known.hub_now(),
        }
    }

    /// What a verdict has to know: the cache's entries, and this device's own that are not in it yet.
    fn look(&self, read: impl FnOnce(&Reads) -> Result<Sought>) -> Result<Sought> {
        // Asked before the cache is read: what is shown by then is in what is read. Asked after it, an entry that is shown in between
        // would be in neither.
        let all_shown = self.unshown.none();
        let mut sought = read(&self.reads)?;
        if !all_shown {
            let own = self.facts.of_reservation(&sought.id)?;
            let seen: HashSet<String> = sought.entries.iter().map(|entry| entry.id.clone()).collect();
            sought.entries.extend(
                own.iter()
                    .map(Counted::from)
                    .filter(|entry| !seen.contains(&entry.id)),
            );
        }
        Ok(sought)
    }

    /// How many people this device let in on tickets that the same key signed and whose reservations are not known here.
    fn allotment_used(&self, ticket: &Ticket) -> Result<u32> {
        let mut known: HashMap<ReservationId, bool> = HashMap::new();
        let mut used = 0_u32;
        for entry in self.facts.with_code()? {
            let same_key = entry
                .code
                .as_deref()
                .and_then(Ticket::parse)
                .is_some_and(|other| other.key_id == ticket.key_id);
            if !same_key {
                continue;
            }
            let row = match known.get(&entry.reservation) {
                Some(row) => *row,
                None => {
                    let row = self.reads.exists(&entry.reservation)?;
                    known.insert(entry.reservation.clone(), row);
                    row
                }
            };
            if !row {
                used = used.saturating_add(entry.quantity);
            }
        }
        Ok(used)
    }

    /// An entry of this moment. Its number and its chain come when it is recorded.
    fn entry(
        &self,
        reservation: ReservationId,
        quantity: u32,
        verdict: Verdict,
        more: impl FnOnce(&mut Entry),
    ) -> Entry {
        let wall = wall_ms();
        let (offset_ms, error) = self
            .known
            .clock(|clock| (clock.offset_ms(), clock.error_ms(wall)));
        let mut entry = Entry {
            id: EntryId::new(wall),
            reservation,
            quantity,
            method: Method::Manual,
            door: self.known.door(),
            user: None,
            timestamp: portero_protocol::instant::Instant::from_ms(wall),
            offset_ms,
            offset_error_ms: error.unwrap_or(UNKNOWN_ERROR_MS),
            sequence: 1,
            previous: String::new(),
            verdict,
            issue: None,
            code: None,
            voids: None,
        };
        more(&mut entry);
        entry
    }

    /// Puts an entry on disk, on its way, and on the screens. It is on disk when this returns; the rest follows.
    fn record(&mut self, entry: Entry) -> Result<Entry> {
        let entry = self.facts.record(entry)?;
        self.known.set_issued(entry.sequence);
        // The courier is gone only while the door is being closed; the item is on disk.
        let _ = self.out.send(Item {
            id: ItemId::Entry(entry.id),
            reservation: entry.reservation.clone(),
        });
        let shown = entry.clone();
        self.show(move |cache| cache.add_own(&shown));
        Ok(entry)
    }

    /// Has the cache show something that is on disk, and announces what looks different then.
    fn show(&self, change: impl FnOnce(&mut Cache) -> Result<Vec<ReservationId>> + Send + 'static) {
        let (announcer, unshown) = (self.announcer.clone(), self.unshown.clone());
        unshown.one_more();
        self.cache.tell(move |cache| match change(cache) {
            Ok(changed) => {
                unshown.one_less();
                announcer.changed(changed);
            }
            // It stays counted as not shown, so that verdicts go on counting it from the facts.
            Err(error) => tracing::error!(%error, "what was recorded cannot be shown"),
        });
    }
}

fn with_attendance(row: Reservation, inside: u32, recorded: bool) -> Reservation {
    let status = match row.status {
        Status::Expected | Status::NoShow if recorded && inside > 0 => Status::Active,
        status => status,
    };
    Reservation {
        attendance: inside,
        status,
        ..row
    }
}

fn check_quantity(quantity: u32) -> Result<()> {
    if (1..=QUANTITY_MAX).contains(&quantity) {
        Ok(())
    } else {
        Err(DoorError::new(
            Code::InvalidField,
            format!("`quantity` has to be from 1 to {QUANTITY_MAX}"),
        ))
    }
}

impl Answer {
    /// Marks it as the answer to an undo of that many people.
    pub(crate) fn undone(self, people: u32) -> Self {
        Self {
            quantity: -i64::from(people),
            detail: Some(Detail::Undone),
            ..self
        }
    }
}
