//! The view is the hub's entries and this device's own, joined by id, and the hub's rows with the edits made here on top: in any order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::{date, time};
use portero_protocol::cursor::Epoch;
use portero_protocol::entry::{Entry, Method, StoredEntry, Verdict};
use portero_protocol::event::{Change, EntryRecorded, Logged, Updated};
use portero_protocol::ids::{DeviceId, EntryId, OpId, VenueId};
use portero_protocol::listing::{SnapshotLine, Tombstone};
use portero_protocol::reservation::{Client, Draft, Origin, Patch, Reservation, Status, changed_fields};
use portero_protocol::venue::{ExcessPolicy, Venue};
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::facts::WriteBody;
use crate::view::{ListQuery, Row};

mod union;
mod writes;

struct Bench {
    dir: TempDir,
    cache: Cache,
    reads: Reads,
    pos: u64,
}

fn venue() -> Venue {
    Venue {
        id: VenueId::new(0),
        name: "Casa".to_owned(),
        time_zone: "America/Guayaquil".to_owned(),
        cutoff: time(4, 0, 0, 0),
        excess: ExcessPolicy::Warn,
        unsigned_codes: false,
        capacity: None,
        edits_without_version: false,
        closes_days: false,
        keys: Vec::new(),
    }
}

fn row(id: &str, name: &str, party: u32) -> Reservation {
    Reservation {
        id: id.parse().unwrap(),
        version: 1,
        client: Client {
            name: name.to_owned(),
            phone: Some("+593 99 123 4567".to_owned()),
            ..Client::default()
        },
        party,
        date: date(2026, 11, 24),
        time: time(21, 30, 0, 0),
        status: Status::Expected,
        attendance: 0,
        origin: Origin::Reservation,
        issue: 1,
        table: None,
        occasion: None,
        benefits: None,
        promoter: None,
        details: Vec::new(),
        code: None,
        token_hash: None,
        created: Instant::from_ms(0),
        modified: Instant::from_ms(0),
    }
}

fn entry(n: u128, reservation: &str, quantity: u32, voids: Option<u128>) -> Entry {
    Entry {
        id: EntryId::from(Uuid::from_u128(n)),
        reservation: reservation.parse().unwrap(),
        quantity,
        method: Method::Code,
        door: None,
        user: None,
        timestamp: Instant::from_ms(1_764_000_000_000),
        offset_ms: 0,
        offset_error_ms: 0,
        sequence: 1,
        previous: portero_protocol::chain::FIRST.to_owned(),
        verdict: Verdict::Admitted,
        issue: None,
        code: None,
        voids: voids.map(|n| EntryId::from(Uuid::from_u128(n))),
    }
}

fn stored(entry: Entry) -> StoredEntry {
    StoredEntry {
        received: entry.timestamp,
        device: DeviceId::from(Uuid::from_u128(7)),
        entry,
    }
}

fn epoch() -> Epoch {
    "e1".parse().unwrap()
}

impl Bench {
    /// A cache with a snapshot of these lines at position 0.
    fn new(lines: Vec<SnapshotLine>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        drop(crate::facts::Facts::open(dir.path(), 0).unwrap());
        let cache = Cache::open(dir.path(), Arc::default(), Vec::new()).unwrap();
        let reads = Reads::open(dir.path(), DeviceId::new(0)).unwrap();
        let mut bench = Self {
            dir,
            cache,
            reads,
            pos: 0,
        };
        bench.snapshot(lines, 0);
        bench
    }

    fn snapshot(&mut self, mut lines: Vec<SnapshotLine>, pos: u64) {
        let total = lines.len() as u64;
        lines.push(SnapshotLine::End { total });
        let cursor = Cursor { epoch: epoch(), pos };
        self.cache.begin_snapshot(venue(), cursor, total).unwrap();
        self.load(VecDeque::from(lines));
        self.pos = pos;
    }

    /// In as many slices as it takes.
    fn load(&mut self, mut lines: VecDeque<SnapshotLine>) {
        while !lines.is_empty() {
            self.cache.load_lines(&mut lines).unwrap();
        }
        let mut counted = self.cache.load_own(&[]).unwrap();
        while !counted.is_empty() {
            self.cache.load_counts(&mut counted).unwrap();
        }
        self.cache.finish_snapshot(Instant::from_ms(1)).unwrap();
    }

    fn step(&mut self, change: Change, op: Option<OpId>) -> Step {
        self.pos += 1;
        Step {
            at: Cursor {
                epoch: epoch(),
                pos: self.pos,
            },
            logged: Some(Logged {
                change,
                at: Some(Instant::from_ms(5)),
                op,
            }),
            unreadable: false,
        }
    }

    fn happens(&mut self, change: Change) -> Applied {
        let step = self.step(change, None);
        self.cache.apply(&[step]).unwrap()
    }

    fn shown(&self, id: &str) -> Option<Row> {
        self.reads.sheet(&id.parse().unwrap()).ok().map(|sheet| sheet.row)
    }

    fn attendance(&self, id: &str) -> u32 {
        self.shown(id).unwrap().reservation.attendance
    }
}

fn recorded(entry: Entry, status: Status) -> Change {
    Change::Entry(EntryRecorded {
        reservation: entry.reservation.clone(),
        attendance: 0,
        client_name: String::new(),
        status,
        version: 1,
        entry: stored(entry),
    })
}

fn line(row: &Reservation) -> SnapshotLine {
    SnapshotLine::Reservation {
        reservation: Box::new(row.clone()),
    }
}

#[test]
fn positions_are_applied_once_in_order_and_a_gap_stops() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    let first = bench.step(recorded(entry(1, "a", 1, None), Status::Active), None);
    let second = bench.step(recorded(entry(2, "a", 1, None), Status::Active), None);
    let third = bench.step(recorded(entry(3, "a", 1, None), Status::Active), None);
    let done = bench.cache.apply(&[first.clone(), third.clone()]).unwrap();
    assert!(done.gap);
    assert_eq!((done.steps, bench.attendance("a")), (1, 1));
    let done = bench.cache.apply(&[first, second, third]).unwrap();
    assert!(!done.gap);
    assert_eq!((done.steps, bench.attendance("a")), (2, 3));
    assert_eq!(bench.cache.cursor().unwrap().pos, 3);
}

#[test]
fn another_life_of_the_log_is_never_mixed_in() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    let mut step = bench.step(recorded(entry(1, "a", 1, None), Status::Active), None);
    step.at.epoch = "e2".parse().unwrap();
    assert!(bench.cache.apply(&[step]).unwrap().needs_snapshot);
    assert_eq!(bench.attendance("a"), 0);
}

#[test]
fn rows_cursor_and_venue_survive_a_restart_together() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    bench.happens(recorded(entry(1, "a", 2, None), Status::Active));
    let Bench {
        dir, cache, reads, ..
    } = bench;
    drop((cache, reads));
    let known: Arc<Known> = Arc::default();
    let cache = Cache::open(dir.path(), known.clone(), Vec::new()).unwrap();
    assert_eq!(cache.cursor().unwrap().to_string(), "e1:1");
    assert_eq!(known.house().unwrap().venue.name, "Casa");
    assert_eq!(known.proven(), Some(Instant::from_ms(1)));
}

#[test]
fn a_snapshot_that_breaks_off_leaves_what_was_there() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    let cursor = Cursor {
        epoch: epoch(),
        pos: 9,
    };
    bench.cache.begin_snapshot(venue(), cursor.clone(), 2).unwrap();
    let mut lines = VecDeque::from([line(&row("b", "Berta", 2)), SnapshotLine::End { total: 2 }]);
    let loaded = loop {
        let slice = bench.cache.load_lines(&mut lines);
        if slice.is_err() || lines.is_empty() {
            break slice;
        }
    };
    assert!(loaded.is_err(), "a line is missing");
    assert!(bench.cache.finish_snapshot(Instant::from_ms(2)).is_err());
    bench.cache.abandon_snapshot();
    assert!(bench.shown("a").is_some() && bench.shown("b").is_none());
    assert_eq!(bench.cache.cursor().unwrap().pos, 0);
}

#[test]
fn an_entry_recorded_while_a_snapshot_loads_is_in_it() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    let cursor = Cursor {
        epoch: epoch(),
        pos: 3,
    };
    bench.cache.begin_snapshot(venue(), cursor, 1).unwrap();
    bench.cache.add_own(&entry(1, "a", 2, None)).unwrap();
    assert_eq!(bench.attendance("a"), 2);
    bench.load(VecDeque::from([
        line(&row("a", "Ana", 4)),
        SnapshotLine::End { total: 1 },
    ]));
    assert_eq!(bench.attendance("a"), 2);
}

#[test]
fn a_deleted_reservation_stays_deleted_and_its_entries_stay() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    bench.happens(recorded(entry(1, "a", 1, None), Status::Active));
    bench.happens(Change::Deleted {
        id: "a".parse().unwrap(),
        version: 2,
    });
    let sought = bench.reads.sought_by_id(&"a".parse().unwrap()).unwrap();
    assert!(sought.deleted && sought.row.is_none());
    assert_eq!(sought.entries.len(), 1);
    let ticket = "a".parse::<ReservationId>().unwrap().ticket_uuid();
    assert!(bench.reads.sought_by_ticket(ticket).unwrap().deleted);
    // A late answer about it does not bring it back.
    bench
        .cache
        .take_detail(&portero_protocol::listing::ReservationDetail {
            reservation: row("a", "Ana", 4),
            entries: Vec::new(),
        })
        .unwrap();
    assert!(bench.shown("a").is_none());
}

#[test]
fn what_the_log_names_and_nobody_knows_is_asked_for() {
    let mut bench = Bench::new(vec![SnapshotLine::Deleted {
        tombstone: Tombstone {
            id: "dead".parse().unwrap(),
            version: 2,
        },
    }]);
    let done = bench.happens(recorded(entry(1, "new", 1, None), Status::Active));
    assert_eq!(done.missing, ["new".parse().unwrap()]);
    assert!(
        bench
            .happens(recorded(entry(2, "dead", 1, None), Status::Active))
            .missing
            .is_empty()
    );
    bench
        .cache
        .take_detail(&portero_protocol::listing::ReservationDetail {
            reservation: row("new", "Nora", 4),
            entries: Vec::new(),
        })
        .unwrap();
    assert_eq!(bench.attendance("new"), 1, "the entry that waited has joined");
}

#[test]
fn words_are_found_without_accents_in_any_order_by_any_field() {
    let mut maria = row("a", "María José Núñez", 4);
    maria.table = Some("VIP 7".to_owned());
    maria.details = vec!["Alergia: maní".to_owned()];
    let mut tomorrow = row("b", "Maria Vega", 2);
    tomorrow.date = date(2026, 11, 25);
    let mut yesterday = row("c", "Mariana", 2);
    yesterday.date = date(2026, 11, 23);
    let bench = Bench::new(vec![line(&tomorrow), line(&yesterday), line(&maria)]);
    let found = |typed: &str| -> Vec<String> {
        bench
            .reads
            .search(typed, Some(date(2026, 11, 24)), 10)
            .unwrap()
            .rows
            .iter()
            .map(|row| row.reservation.id.to_string())
            .collect()
    };
    assert_eq!(found("mari"), ["a", "b", "c"], "tonight, then later, then past");
    assert_eq!(found("NUNEZ jos"), ["a"]);
    assert_eq!(found("vip"), ["a"]);
    assert_eq!(found("mani"), ["a"]);
    assert_eq!(found("991234567"), ["a", "b", "c"]);
    assert_eq!(found("nobody"), Vec::<String>::new());
    assert_eq!(found(""), ["a"], "nothing typed: tonight");
}

#[test]
fn a_damaged_file_is_set_aside_and_a_newer_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(FILE), vec![0x5a; 20_000]).unwrap();
    let cache = Cache::open(dir.path(), Arc::default(), Vec::new()).unwrap();
    assert!(cache.cursor().is_none());
    drop(cache);
    let aside = std::fs::read_dir(dir.path())
        .unwrap()
        .filter(|file| {
            file.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("damaged")
        })
        .count();
    assert_eq!(aside, 1);
    let db = Connection::open(dir.path().join(FILE)).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let error = Cache::open(dir.path(), Arc::default(), Vec::new()).unwrap_err();
    assert_eq!(error.code, Code::NewerDatabase);
}
