//! A venue of tonight to look at: 200 reservations, the same for the same seed and the same night.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use portero_protocol::chain;
use portero_protocol::device::Role;
use portero_protocol::entry::{Entry, Method, Verdict};
use portero_protocol::ids::{DeviceId, EntryId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::reservation::{Client, Draft, Origin, Promoter, Status};
use portero_protocol::venue::VenuePatch;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::edit::create;
use crate::error::Result;
use crate::record;
use crate::store::Store;
use crate::store::tx::Tx;

mod names;

/// Reservations of tonight.
const TONIGHT: usize = 200;
/// Reservations of the night before, and of the next.
const BESIDE: usize = 30;
/// The device that let in those who have come already.
const DOOR: &str = "Puerta principal";
/// How far apart arrivals are, in minutes.
const QUARTER: i64 = 15;

/// Where reservations are, from tonight.
struct Night {
    day: Date,
    count: usize,
    past: bool,
    tonight: bool,
}

impl Store {
    /// Fills an empty database with a venue of tonight. One that has reservations stays as it is.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn seed_demo(&self, seed: u64) -> Result<()> {
        let filled = self.read_now(|view| Ok(view.list(&crate::store::listing::Wanted::default())?.1 > 0))?;
        if filled {
            return Ok(());
        }
        self.set_venue(&VenuePatch {
            name: Some("La Terraza".to_owned()),
            capacity: Some(600),
            ..VenuePatch::default()
        })?;
        let door = self.create_token(Role::Door, DOOR)?.device_id;
        self.write_now(move |tx| {
            let today = tx.day(tx.now);
            let mut random = fastrand::Rng::with_seed(seed ^ day_number(today));
            let mut door = DemoDoor::new(door);
            for night in [
                Night {
                    day: today.saturating_sub(1.day()),
                    count: BESIDE,
                    past: true,
                    tonight: false,
                },
                Night {
                    day: today,
                    count: TONIGHT,
                    past: false,
                    tonight: true,
                },
                Night {
                    day: today.saturating_add(1.day()),
                    count: BESIDE,
                    past: false,
                    tonight: false,
                },
            ] {
                for _ in 0..night.count {
                    one(tx, &mut random, &mut door, &night)?;
                }
            }
            Ok(())
        })
    }
}

fn day_number(day: Date) -> u64 {
    u64::from(day.day_of_year().unsigned_abs()) + u64::from(day.year().unsigned_abs()) * 1_000
}

/// One reservation, and the entries of those of its party who have come.
fn one(tx: &mut Tx<'_>, random: &mut fastrand::Rng, door: &mut DemoDoor, night: &Night) -> Result<()> {
    let (date, time) = arrival(tx, random, night);
    let at = tx.known.calendar.instant(date, time);
    let draft = draft(random, date, time);
    let party = draft.party;
    let cancelled = draft.status == Status::Cancelled;
    let id = seeded_id(random, tx.now);
    let hash = create::draft_hash(&draft)?;
    let day = tx.known.calendar.day_of(date, time);
    let row = draft.into_reservation(id, tx.now);
    let held = create::insert(tx, row, day, None, hash)?;
    if cancelled {
        return Ok(());
    }
    let due = night.past || night.tonight && at <= tx.now;
    let come = match random.u32(0..10) {
        _ if !due => 0,
        0 | 1 => 0,
        2..=4 => random.u32(1..=party),
        _ => party,
    };
    let mut left = come;
    while left > 0 {
        let quantity = random.u32(1..=left);
        left -= quantity;
        let late = random.i64(-20..40) * 60_000;
        door.admit(tx, &held.reservation.id, quantity, at.plus_ms(late).min(tx.now))?;
    }
    Ok(())
}

/// Most come around nine to eleven; tonight they are spread around now, so that there is something to see at any hour.
fn arrival(tx: &Tx<'_>, random: &mut fastrand::Rng, night: &Night) -> (Date, Time) {
    let calendar = &tx.known.calendar;
    let quarters = (random.i64(0..20) + random.i64(0..20)) - 19;
    let middle = if night.tonight {
        tx.now
    } else {
        calendar.instant(night.day, Time::constant(22, 0, 0, 0))
    };
    let step = QUARTER * 60_000;
    let at = Instant::from_ms((middle.ms() + quarters * step) / step * step);
    // Nobody of tonight falls into another night.
    let (first, last) = (calendar.start(night.day), calendar.end(night.day).plus_ms(-step));
    calendar.wall(at.clamp(first, last))
}

fn draft(random: &mut fastrand::Rng, date: Date, time: Time) -> Draft {
    let party = match random.u32(0..10) {
        0..=3 => random.u32(2..=3),
        4..=6 => random.u32(4..=6),
        7 | 8 => random.u32(7..=12),
        _ => random.u32(13..=25),
    };
    let (promoter_id, promoter_name) = names::PROMOTERS[random.usize(0..names::PROMOTERS.len())];
    let mut details = Vec::new();
    if random.u32(0..100) < 12 {
        details.push(names::pick(random, names::NOTES).to_owned());
    }
    let vip = random.u32(0..100) < 6;
    if vip {
        details.insert(0, "VIP".to_owned());
    }
    Draft {
        id: None,
        client: Client {
            id: None,
            name: names::person(random),
            phone: (random.u32(0..10) < 8).then(|| names::phone(random)),
            email: None,
        },
        party,
        date,
        time,
        status: if random.u32(0..100) < 5 {
            Status::Cancelled
        } else {
            Status::Expected
        },
        origin: Origin::Reservation,
        table: (random.u32(0..10) < 7)
            .then(|| format!("{}{}", names::pick(random, names::AREAS), random.u32(1..=30))),
        occasion: (random.u32(0..10) < 3).then(|| names::pick(random, names::OCCASIONS).to_owned()),
        benefits: (vip || random.u32(0..10) < 2).then(|| names::pick(random, names::BENEFITS).to_owned()),
        promoter: (random.u32(0..10) < 5).then(|| Promoter {
            id: promoter_id.to_owned(),
            name: promoter_name.to_owned(),
        }),
        details,
        token_hash: None,
        attendance: None,
        version: None,
        issue: None,
        code: None,
        created: None,
        modified: None,
    }
}

/// The door that let people in before anybody looked. Its entries are numbered and chained as any door's.
struct DemoDoor {
    device: DeviceId,
    sequence: u64,
    previous: String,
}

impl DemoDoor {
    fn new(device: DeviceId) -> Self {
        Self {
            device,
            sequence: 0,
            previous: chain::FIRST.to_owned(),
        }
    }

    fn admit(&mut self, tx: &mut Tx<'_>, id: &ReservationId, quantity: u32, at: Instant) -> Result<()> {
        self.sequence += 1;
        let entry = Entry {
            id: EntryId::new(at.ms()),
            reservation: id.clone(),
            quantity,
            method: Method::Code,
            door: Some(DOOR.to_owned()),
            user: None,
            timestamp: at,
            offset_ms: 0,
            offset_error_ms: 0,
            sequence: self.sequence,
            previous: self.previous.clone(),
            verdict: Verdict::Admitted,
            issue: Some(1),
            code: None,
            voids: None,
        };
        let hash: [u8; 32] = Sha256::digest(chain::canonical(&entry)).into();
        self.previous = hex::encode(hash);
        record::record(tx, self.device, &entry, hash)?;
        Ok(())
    }
}

/// A `UUIDv7` whose random part comes from a seed.
fn seeded_id(random: &mut fastrand::Rng, now: Instant) -> ReservationId {
    let mut bytes = random.u128(..).to_be_bytes();
    bytes[..6].copy_from_slice(&now.ms().to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let text = Uuid::from_bytes(bytes).hyphenated().to_string();
    text.parse().unwrap_or_else(|_| ReservationId::new(now.ms()))
}
