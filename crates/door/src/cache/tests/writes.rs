//! Edits, creates and deletions made here, on top of what the hub says.

use super::*;

#[test]
fn an_edit_made_here_is_on_top_until_the_hubs_row_shows_it() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4))]);
    let op = OpId::new(1);
    let edit = |id: OpId| Write {
        id,
        reservation: "a".parse().unwrap(),
        body: WriteBody::Update {
            patch: Box::new(Patch {
                party: Some(9),
                ..Patch::default()
            }),
            version: 1,
        },
        at: Instant::from_ms(3),
        led_to: None,
    };
    bench.cache.add_write(edit(op)).unwrap();
    let shown = bench.shown("a").unwrap();
    assert_eq!((shown.reservation.party, shown.pending), (9, true));
    // Somebody else's edit arrives: the hub's row changes beneath, the edit stays on top.
    let mut changed = row("a", "Ana María", 5);
    changed.version = 2;
    bench.happens(Change::Updated(Updated {
        reservation: "a".parse().unwrap(),
        updates: changed_fields(&row("a", "Ana", 4), &changed),
        version: 2,
    }));
    let shown = bench.shown("a").unwrap();
    assert_eq!(
        (shown.reservation.client.name.as_str(), shown.reservation.party),
        ("Ana María", 9)
    );
    // Confirmed as version 3, which has not arrived: still on top, no flicker.
    let id = "a".parse().unwrap();
    bench.cache.confirm_write(&id, op, Some(3)).unwrap();
    assert_eq!(bench.shown("a").unwrap().reservation.party, 9);
    let mut after = changed.clone();
    (after.party, after.version) = (9, 3);
    bench.happens(Change::Updated(Updated {
        reservation: id.clone(),
        updates: changed_fields(&changed, &after),
        version: 3,
    }));
    let shown = bench.shown("a").unwrap();
    assert_eq!((shown.reservation.party, shown.pending), (9, false));
    // One that the hub refuses is gone from the view.
    let refused = OpId::new(2);
    let mut write = edit(refused);
    write.body = WriteBody::Delete { version: 3 };
    bench.cache.add_write(write).unwrap();
    assert!(bench.shown("a").is_none());
    assert_eq!(bench.reads.list(&ListQuery::default()).unwrap().total, 0);
    bench.cache.drop_write(&id, refused).unwrap();
    assert_eq!(bench.reads.list(&ListQuery::default()).unwrap().total, 1);
}

#[test]
fn a_reservation_made_here_is_shown_and_becomes_the_hubs() {
    let mut bench = Bench::new(Vec::new());
    let (id, op) = (ReservationId::new(1), OpId::new(1));
    let draft: Draft = serde_json::from_value(serde_json::json!({
        "cliente": {"nombre": "Zoé"}, "numeroPersonas": 3, "fecha": "2026-11-24", "hora": "22:00", "origen": "sinReserva"
    }))
    .unwrap();
    bench
        .cache
        .add_write(Write {
            id: op,
            reservation: id.clone(),
            body: WriteBody::Create {
                draft: Box::new(draft),
            },
            at: Instant::from_ms(3),
            led_to: None,
        })
        .unwrap();
    assert!(bench.shown(id.as_str()).unwrap().pending);
    assert_eq!(bench.reads.search("zoe", None, 10).unwrap().total, 1);
    bench.cache.add_own(&entry(1, id.as_str(), 2, None)).unwrap();
    let hub = Reservation {
        id: id.clone(),
        ..row("x", "Zoé", 3)
    };
    let step = bench.step(Change::Created(Box::new(hub)), Some(op));
    bench.cache.apply(&[step]).unwrap();
    let shown = bench.shown(id.as_str()).unwrap();
    assert!(!shown.pending);
    assert_eq!(
        (shown.reservation.attendance, shown.reservation.status),
        (2, Status::Active)
    );
}

fn create(id: OpId, led_to: Option<u64>) -> Write {
    Write {
        id,
        reservation: "n".parse().unwrap(),
        body: WriteBody::Create {
            draft: Box::new(Draft {
                id: Some("n".parse().unwrap()),
                client: Client {
                    name: "Nora".to_owned(),
                    ..Client::default()
                },
                party: 2,
                date: date(2026, 11, 24),
                time: time(23, 0, 0, 0),
                status: Status::Expected,
                origin: Origin::WalkIn,
                table: None,
                occasion: None,
                benefits: None,
                promoter: None,
                details: Vec::new(),
                token_hash: None,
                attendance: None,
                version: None,
                issue: None,
                code: None,
                created: None,
                modified: None,
            }),
        },
        at: Instant::from_ms(3),
        led_to,
    }
}

#[test]
fn what_the_hub_deleted_stays_deleted_under_a_create_that_it_confirmed() {
    let mut bench = Bench::new(vec![line(&row("n", "Nora", 2))]);
    bench.cache.add_write(create(OpId::new(1), None)).unwrap();
    bench
        .cache
        .confirm_write(&"n".parse().unwrap(), OpId::new(1), Some(2))
        .unwrap();
    let gone = Change::Deleted {
        id: "n".parse().unwrap(),
        version: 2,
    };
    let step = bench.step(gone, Some(OpId::new(9)));
    bench.cache.apply(&[step]).unwrap();
    assert!(bench.shown("n").is_none());
}

#[test]
fn a_door_opens_without_a_cache_while_a_write_waits() {
    let dir = tempfile::tempdir().unwrap();
    let waiting = vec![create(OpId::new(1), None)];
    let mut cache = Cache::open(dir.path(), Arc::default(), waiting).unwrap();
    cache.show_own(&[entry(1, "n", 1, None)]).unwrap();
    cache.add_own(&entry(2, "n", 1, None)).unwrap();
}

#[test]
fn the_ticket_of_one_reservation_is_not_kept() {
    let mut bench = Bench::new(Vec::new());
    let mut told = row("a", "Ana", 4);
    told.code = Some("P1…".to_owned());
    let detail = portero_protocol::listing::ReservationDetail {
        reservation: told,
        entries: Vec::new(),
    };
    bench.cache.take_detail(&detail).unwrap();
    assert_eq!(bench.shown("a").unwrap().reservation.code, None);
}

#[test]
fn an_older_file_shows_what_the_facts_say_of_its_edits_and_entries() {
    let mut bench = Bench::new(vec![line(&row("a", "Ana", 4)), line(&row("b", "Bea", 2))]);
    let edit = |id: &str, op: u64| Write {
        id: OpId::new(i64::try_from(op).unwrap()),
        reservation: id.parse().unwrap(),
        body: WriteBody::Update {
            patch: Box::new(Patch {
                party: Some(9),
                ..Patch::default()
            }),
            version: 1,
        },
        at: Instant::from_ms(3),
        led_to: None,
    };
    bench.cache.add_write(edit("a", 1)).unwrap();
    bench.cache.add_own(&entry(1, "a", 2, None)).unwrap();
    // The hub refused both, and a crash took the cache back to before it did: the facts have neither. They have an edit that the cache never saw.
    let known = Arc::new(Known::default());
    bench.cache = Cache::open(bench.dir.path(), known, vec![edit("b", 2)]).unwrap();
    bench.cache.show_own(&[]).unwrap();
    let shown = bench.shown("a").unwrap();
    assert_eq!(
        (
            shown.reservation.party,
            shown.pending,
            shown.reservation.attendance
        ),
        (4, false, 0)
    );
    let shown = bench.shown("b").unwrap();
    assert_eq!((shown.reservation.party, shown.pending), (9, true));
}
