use portero_protocol::entry::{Method, Verdict};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;

use super::*;

fn entry(now: i64, reservation: &str) -> Entry {
    Entry {
        id: EntryId::new(now),
        reservation: reservation.parse().unwrap(),
        quantity: 1,
        method: Method::Code,
        door: None,
        user: None,
        timestamp: Instant::from_ms(now),
        offset_ms: 0,
        offset_error_ms: 0,
        sequence: 0,
        previous: String::new(),
        verdict: Verdict::Admitted,
        issue: None,
        code: None,
        voids: None,
    }
}

#[test]
fn entries_are_numbered_and_chained_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut facts = Facts::open(dir.path(), 1_000).unwrap();
    let device = facts.device();
    let first = facts.record(entry(1_000, "res-1")).unwrap();
    let second = facts.record(entry(1_001, "res-1")).unwrap();
    drop(facts);
    let mut facts = Facts::open(dir.path(), 2_000).unwrap();
    let third = facts.record(entry(1_002, "res-2")).unwrap();
    assert_eq!(facts.device(), device);
    assert_eq!((first.sequence, first.previous.as_str()), (1, chain::FIRST));
    assert_eq!(
        (second.sequence, second.previous.clone()),
        (2, chain::hash(&first))
    );
    assert_eq!((third.sequence, third.previous), (3, chain::hash(&second)));
    assert_eq!(facts.of_reservation(&"res-1".parse().unwrap()).unwrap().len(), 2);
}

#[test]
fn what_was_delivered_is_kept_for_days_and_the_chain_goes_on_after_pruning() {
    let dir = tempfile::tempdir().unwrap();
    let mut facts = Facts::open(dir.path(), 0).unwrap();
    let day = 24 * 60 * 60 * 1_000;
    let recorded: Vec<_> = (0..3).map(|n| facts.record(entry(n, "res-1")).unwrap()).collect();
    let marks: Vec<_> = recorded
        .iter()
        .map(|entry| Mark {
            life: None,
            id: ItemId::Entry(entry.id),
            settled: Settled::Confirmed {
                outcome: Some(portero_protocol::attendance::Outcome::Recorded),
                version: None,
            },
        })
        .collect();
    facts.mark(&marks, 0).unwrap();
    facts.prune(6 * day).unwrap();
    assert_eq!(recent(facts.db(), 10).unwrap().len(), 3);
    assert_eq!(facts.offer_again().unwrap(), 3);
    facts.mark(&marks, 0).unwrap();
    facts.prune(8 * day).unwrap();
    assert_eq!(recent(facts.db(), 10).unwrap().len(), 1, "the chain's end stays");
    drop(facts);
    let mut facts = Facts::open(dir.path(), 0).unwrap();
    let next = facts.record(entry(9, "res-1")).unwrap();
    assert_eq!(
        (next.sequence, next.previous),
        (4, chain::hash(recorded.last().unwrap()))
    );
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(Facts::open(dir.path(), 0).unwrap());
    let file = dir.path().join(FILE);
    let db = Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let before = std::fs::read(&file).unwrap();
    assert_eq!(Facts::open(dir.path(), 0).unwrap_err().code, Code::NewerDatabase);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn the_key_stays_the_same_and_its_file_is_its_owners() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts::open(dir.path(), 0).unwrap();
    let first = facts.signing_key().unwrap().public_hex();
    let (here, there) = (DeviceId::new(1), DeviceId::new(2));
    assert_eq!(facts.signing_key_of(here).unwrap().public_hex(), first);
    drop(facts);
    let facts = Facts::open(dir.path(), 0).unwrap();
    assert_eq!(facts.signing_key_of(here).unwrap().public_hex(), first);
    // Another token since: another key.
    let other = facts.signing_key_of(there).unwrap().public_hex();
    assert_ne!(other, first);
    assert_eq!(facts.signing_key_of(there).unwrap().public_hex(), other);
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
}

/// A laptop that is updated in the middle of a night keeps what it has, and what waits goes on waiting.
#[test]
fn the_file_of_an_older_version_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let old = Connection::open(dir.path().join(FILE)).unwrap();
    old.execute_batch(STEPS[0]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    drop(old);
    let mut facts = Facts::open(dir.path(), 1_000).unwrap();
    let recorded = facts.record(entry(1_000, "res-1")).unwrap();
    // Back to the older tables, as the older program would leave them.
    facts
        .db
        .execute_batch("DROP TABLE sample; PRAGMA user_version = 1")
        .unwrap();
    let device = facts.device();
    drop(facts);
    let mut facts = Facts::open(dir.path(), 2_000).unwrap();
    assert_eq!((facts.device(), facts.last_number()), (device, 1));
    assert_eq!(waiting(facts.db()).unwrap()[0].id, ItemId::Entry(recorded.id));
    let figures = crate::figures::DayFigures {
        day: "2026-11-24".to_owned(),
        latency_ms: vec![3.5],
        ..Default::default()
    };
    facts.keep_figures(&figures).unwrap();
    assert_eq!(past_days(facts.db(), 7).unwrap(), [figures]);
}
