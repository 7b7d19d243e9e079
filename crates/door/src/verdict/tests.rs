use jiff::civil::{date, time};
use portero_protocol::ids::VenueId;
use portero_protocol::reservation::{Client, Origin};
use portero_protocol::ticket::SigningKey;
use portero_protocol::ticket::legacy::token_hash;
use proptest::prelude::*;

use super::*;

const ID: &str = "01938f00-0000-7000-8000-000000000001";

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// 22:00 in Guayaquil on the night of the 24th.
fn tonight() -> Instant {
    at("2026-11-25T03:00:00Z")
}

fn house(change: impl FnOnce(&mut Venue)) -> House {
    let mut venue = Venue {
        id: VenueId::new(0),
        name: "Casa".to_owned(),
        time_zone: "America/Guayaquil".to_owned(),
        cutoff: time(4, 0, 0, 0),
        excess: ExcessPolicy::Warn,
        unsigned_codes: false,
        capacity: None,
        edits_without_version: false,
        closes_days: false,
        keys: vec![key().published(Instant::from_ms(0))],
    };
    change(&mut venue);
    House::new(venue).unwrap()
}

fn row() -> Reservation {
    Reservation {
        id: ID.parse().unwrap(),
        version: 1,
        client: Client {
            name: "Ana".to_owned(),
            ..Client::default()
        },
        party: 4,
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
        created: at("2026-11-01T00:00:00Z"),
        modified: at("2026-11-01T00:00:00Z"),
    }
}

fn ticket(issue: u32, issued: &str) -> String {
    key().sign(ID.parse().unwrap(), 4, date(2026, 11, 24), issue, at(issued))
}

const OLD: &str = "2026-11-01T00:00:00Z";
const NOBODY: Found<'static> = Found::Nobody {
    attendance: 0,
    allotment_used: 0,
};

fn ruled(house: &House, code: &[u8], found: Found<'_>, now: Instant, proven: Option<Instant>) -> Ruling {
    match claim(code, Some(house)) {
        Ok(claim) => decide(
            &claim,
            found,
            Night {
                house: Some(house),
                now,
                proven,
            },
            1,
        ),
        Err(ruling) => ruling,
    }
}

#[track_caller]
fn shows(ruling: Ruling, verdict: Verdict, detail: Option<Detail>, records: bool) {
    assert_eq!(
        ruling,
        Ruling {
            verdict,
            detail,
            records
        }
    );
}

#[test]
fn a_good_ticket_of_tonight_is_admitted_until_the_party_is_in() {
    let house = house(|_| ());
    let code = ticket(1, OLD);
    let mut row = row();
    for attendance in 0..6 {
        row.attendance = attendance;
        let verdict = if attendance < 4 {
            Verdict::Admitted
        } else {
            Verdict::Excess
        };
        shows(
            ruled(&house, code.as_bytes(), Found::Row(&row), tonight(), None),
            verdict,
            None,
            true,
        );
    }
}

#[test]
fn a_venue_that_refuses_excess_records_none() {
    let house = house(|venue| venue.excess = ExcessPolicy::Refuse);
    let by_hand = Claim::ByHand(ID.parse().unwrap());
    let night = Night {
        house: Some(&house),
        now: tonight(),
        proven: None,
    };
    let mut row = row();
    row.attendance = 3;
    shows(
        decide(&by_hand, Found::Row(&row), night, 1),
        Verdict::Admitted,
        None,
        true,
    );
    shows(
        decide(&by_hand, Found::Row(&row), night, 2),
        Verdict::Excess,
        None,
        false,
    );
    row.attendance = 4;
    shows(
        decide(&by_hand, Found::Row(&row), night, 1),
        Verdict::AlreadyIn,
        None,
        false,
    );
}

#[test]
fn the_rows_state_decides() {
    let house = house(|_| ());
    let code = ticket(1, OLD);
    let mut row = row();
    for (status, verdict, detail, records) in [
        (Status::Expected, Verdict::Admitted, None, true),
        (Status::Active, Verdict::Admitted, None, true),
        (Status::NoShow, Verdict::Admitted, None, true),
        (
            Status::Finished,
            Verdict::AlreadyIn,
            Some(Detail::Finished),
            false,
        ),
        (Status::Cancelled, Verdict::Cancelled, None, false),
    ] {
        row.status = status;
        shows(
            ruled(&house, code.as_bytes(), Found::Row(&row), tonight(), None),
            verdict,
            detail,
            records,
        );
    }
    shows(
        ruled(&house, code.as_bytes(), Found::Deleted, tonight(), None),
        Verdict::Cancelled,
        Some(Detail::Deleted),
        false,
    );
}

#[test]
fn an_older_issue_is_stale_and_a_newer_one_than_the_row_is_not() {
    let house = house(|_| ());
    let mut row = row();
    row.issue = 2;
    for (issue, verdict) in [
        (1, Verdict::StaleCode),
        (2, Verdict::Admitted),
        (3, Verdict::Admitted),
    ] {
        assert_eq!(
            ruled(
                &house,
                ticket(issue, OLD).as_bytes(),
                Found::Row(&row),
                tonight(),
                None
            )
            .verdict,
            verdict
        );
    }
}

#[test]
fn its_night_starts_two_hours_early_and_ends_with_the_cutoff() {
    let house = house(|_| ());
    let row = row();
    let code = ticket(1, OLD);
    // The night of the 24th: 04:00 on the 24th to 04:00 on the 25th in Guayaquil (UTC-5).
    for (now, verdict, detail) in [
        ("2026-11-23T08:59:59.999Z", Verdict::WrongDay, Some(Detail::Early)),
        ("2026-11-23T09:00:00Z", Verdict::WrongDay, None),
        ("2026-11-24T06:59:59.999Z", Verdict::WrongDay, None),
        ("2026-11-24T07:00:00Z", Verdict::Admitted, None),
        ("2026-11-25T08:59:59.999Z", Verdict::Admitted, None),
        ("2026-11-25T09:00:00Z", Verdict::WrongDay, None),
        ("2026-11-26T08:59:59.999Z", Verdict::WrongDay, None),
        ("2026-11-26T09:00:00Z", Verdict::WrongDay, Some(Detail::Expired)),
    ] {
        let ruling = ruled(&house, code.as_bytes(), Found::Row(&row), at(now), None);
        assert_eq!((ruling.verdict, ruling.detail), (verdict, detail), "{now}");
    }
}

#[test]
fn an_unknown_ticket_is_admitted_only_if_it_is_newer_than_what_is_proven() {
    let house = house(|_| ());
    let code = ticket(1, "2026-11-25T02:00:00Z");
    for (proven, verdict) in [
        (None, Verdict::Unknown),
        (Some("2026-11-25T02:00:00Z"), Verdict::Unknown),
        (Some("2026-11-25T01:59:59Z"), Verdict::Admitted),
    ] {
        assert_eq!(
            ruled(&house, code.as_bytes(), NOBODY, tonight(), proven.map(at)).verdict,
            verdict,
            "{proven:?}"
        );
    }
    let other_night = at("2026-11-26T03:00:00Z");
    assert_eq!(
        ruled(&house, code.as_bytes(), NOBODY, other_night, Some(at(OLD))).verdict,
        Verdict::WrongDay
    );
}

#[test]
fn a_walk_in_signed_by_another_laptop_is_admitted_within_its_allotment() {
    let laptop = SigningKey::from_seed(&[9; 32]);
    let house = house(|venue| {
        let mut published = laptop.published(Instant::from_ms(0));
        published.device = Some(portero_protocol::ids::DeviceId::new(0));
        published.allotment = Some(10);
        venue.keys.push(published);
    });
    let code = laptop.sign(
        ID.parse().unwrap(),
        4,
        date(2026, 11, 24),
        1,
        at("2026-11-25T02:00:00Z"),
    );
    for (allotment_used, verdict) in [(9, Verdict::Admitted), (10, Verdict::Unknown)] {
        let found = Found::Nobody {
            attendance: 0,
            allotment_used,
        };
        assert_eq!(
            ruled(&house, code.as_bytes(), found, tonight(), Some(tonight())).verdict,
            verdict
        );
    }
}

#[test]
fn older_codes_need_their_token_or_the_venues_leave() {
    let strict = house(|_| ());
    let open = house(|venue| venue.unsigned_codes = true);
    let mut row = row();
    row.id = "res-7".parse().unwrap();
    row.token_hash = Some(token_hash("t0p"));
    let with = |token: &str| format!(r#"{{"reservaId":"res-7","token":"{token}"}}"#);
    let night = tonight();
    shows(
        ruled(&strict, with("t0p").as_bytes(), Found::Row(&row), night, None),
        Verdict::Admitted,
        None,
        true,
    );
    shows(
        ruled(&strict, with("bad").as_bytes(), Found::Row(&row), night, None),
        Verdict::Unknown,
        Some(Detail::Forged),
        false,
    );
    shows(
        ruled(&strict, b"res-7", Found::Row(&row), night, None),
        Verdict::Unknown,
        Some(Detail::Unsigned),
        false,
    );
    shows(
        ruled(&open, b"res-7", Found::Row(&row), night, None),
        Verdict::Admitted,
        None,
        true,
    );
    row.issue = 2;
    assert_eq!(
        ruled(&strict, with("t0p").as_bytes(), Found::Row(&row), night, None).verdict,
        Verdict::StaleCode
    );
    assert_eq!(
        ruled(&open, b"res-7", NOBODY, night, Some(at(OLD))).verdict,
        Verdict::Unknown
    );
}

#[test]
fn before_the_first_snapshot_nothing_is_admitted_and_nothing_is_called_forged() {
    let code = ticket(1, OLD);
    assert_eq!(
        claim(code.as_bytes(), None),
        Err(Ruling::refuse(Verdict::Unknown))
    );
    let night = Night {
        house: None,
        now: tonight(),
        proven: None,
    };
    let by_hand = Claim::ByHand(ID.parse().unwrap());
    assert_eq!(decide(&by_hand, NOBODY, night, 1).verdict, Verdict::Unknown);
    assert_eq!(
        claim(b"https://example.com", None),
        Err(Ruling::refuse(Verdict::Invalid))
    );
}

proptest! {
    /// Whatever the row and the quantity: an entry is recorded exactly for `admitted` and for an excess that the venue lets in,
    /// and a venue that refuses excess never records one beyond the party.
    #[test]
    fn what_is_recorded_is_what_was_let_in(
        attendance in 0u32..12, party in 1u32..10, quantity in 1u32..6, refuse in any::<bool>(),
        status in prop::sample::select(Status::ALL.to_vec()), hours in -80i64..80,
    ) {
        let house = house(|venue| if refuse { venue.excess = ExcessPolicy::Refuse });
        let row = Reservation { attendance, party, status, ..row() };
        let night = Night { house: Some(&house), now: tonight().plus_ms(hours * 3_600_000), proven: None };
        let ruling = decide(&Claim::ByHand(ID.parse().unwrap()), Found::Row(&row), night, quantity);
        let let_in = ruling.verdict == Verdict::Admitted || (ruling.verdict == Verdict::Excess && !refuse);
        prop_assert_eq!(ruling.records, let_in);
        if ruling.records && refuse {
            prop_assert!(attendance + quantity <= party);
        }
        if ruling.verdict == Verdict::Admitted {
            prop_assert!(attendance + quantity <= party && status != Status::Cancelled && status != Status::Finished);
        }
    }
}
