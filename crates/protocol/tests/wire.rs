//! Whatever is written is read back the same, under the names that the contract fixes.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use jiff::civil::{Date, Time, date};
use portero_protocol::attendance::{DeliveredChanges, DeliveryAnswer, EntryResult, Outcome};
use portero_protocol::chain;
use portero_protocol::conflict::{Conflict, ConflictKind, ConflictState, id_of};
use portero_protocol::entry::{Entry, Method, StoredEntry, Verdict};
use portero_protocol::event::{Change, EntryRecorded, Logged, Updated};
use portero_protocol::ids::{ConflictId, DeviceId, EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::listing::{ChangesPage, SnapshotLine, Tombstone};
use portero_protocol::reservation::{Client, Origin, Patch, Promoter, Reservation, Status, changed_fields};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use uuid::Uuid;

fn text() -> impl Strategy<Value = String> {
    "[ a-zA-Z0-9ñáéíóúüÑ.,'\"<>&😀\\\\-]{1,40}".prop_filter("says something", |text| !text.trim().is_empty())
}

fn instant() -> impl Strategy<Value = Instant> {
    (0i64..4_102_444_800_000).prop_map(Instant::from_ms)
}

fn day() -> impl Strategy<Value = Date> {
    (2020i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn time() -> impl Strategy<Value = Time> {
    (0i8..24, 0i8..60).prop_map(|(hour, minute)| jiff::civil::time(hour, minute, 0, 0))
}

fn reservation_id() -> impl Strategy<Value = ReservationId> {
    prop_oneof![
        any::<u128>().prop_map(|bits| Uuid::from_u128(bits).to_string()),
        "res-[a-z0-9]{1,20}".prop_map(|id| id),
    ]
    .prop_map(|id| id.parse().unwrap())
}

fn client() -> impl Strategy<Value = Client> {
    (option::of(text()), text(), option::of(text()), option::of(text())).prop_map(
        |(id, name, phone, email)| Client {
            id,
            name,
            phone,
            email,
        },
    )
}

fn promoter() -> impl Strategy<Value = Promoter> {
    (text(), text()).prop_map(|(id, name)| Promoter { id, name })
}

prop_compose! {
    fn reservation()(
        id in reservation_id(), version in 1u64..1_000_000, client in client(), party in 1u32..=9_999, date in day(), time in time(),
        status in select(Status::ALL.to_vec()), attendance in 0u32..20_000,
        origin in select(vec![Origin::Reservation, Origin::WalkIn]), issue in 1u32..60_000,
    )(
        table in option::of(text()), occasion in option::of(text()), benefits in option::of(text()), promoter in option::of(promoter()),
        details in prop::collection::vec(text(), 0..5), token_hash in option::of("[0-9a-f]{64}"), created in instant(), modified in instant(),
        id in Just(id), version in Just(version), client in Just(client), party in Just(party), date in Just(date), time in Just(time),
        status in Just(status), attendance in Just(attendance), origin in Just(origin), issue in Just(issue),
    ) -> Reservation {
        Reservation {
            id, version, client, party, date, time, status, attendance, origin, issue, table, occasion, benefits, promoter, details,
            code: None, token_hash, created, modified,
        }
    }
}

prop_compose! {
    fn entry()(
        id in any::<u128>(), reservation in reservation_id(), quantity in 1u32..=9_999, method in select(vec![Method::Code, Method::Manual]),
        door in option::of(text()), user in option::of(text()), timestamp in instant(), offset_ms in -90_000_000i64..90_000_000,
        offset_error_ms in 0i64..60_000, sequence in 1u64..1_000_000, verdict in select(Verdict::ALL.to_vec()),
        (issue, code, voids) in (option::of(1u32..60_000), option::of("P1[0-9A-Z]{141}"), option::of(any::<u128>())),
    ) -> Entry {
        Entry {
            id: EntryId::from(Uuid::from_u128(id)), reservation, quantity, method, door, user, timestamp, offset_ms, offset_error_ms,
            sequence, previous: chain::FIRST.to_owned(), verdict, issue, code, voids: voids.map(|bits| EntryId::from(Uuid::from_u128(bits))),
        }
    }
}

fn stored() -> impl Strategy<Value = StoredEntry> {
    (entry(), any::<u128>(), instant()).prop_map(|(entry, device, received)| StoredEntry {
        entry,
        device: DeviceId::from(Uuid::from_u128(device)),
        received,
    })
}

fn conflict() -> impl Strategy<Value = Conflict> {
    (
        reservation_id(),
        select(ConflictKind::ALL.to_vec()),
        prop::collection::vec(any::<u128>(), 0..4),
        instant(),
        option::of((text(), instant())),
    )
        .prop_map(|(reservation, kind, entries, opened, decided)| Conflict {
            id: id_of(&reservation, kind, date(2026, 11, 24)),
            kind,
            reservation,
            entries: entries
                .into_iter()
                .map(|bits| EntryId::from(Uuid::from_u128(bits)))
                .collect(),
            fields: (kind == ConflictKind::Edit).then(|| vec!["mesa".to_owned()]),
            state: if decided.is_some() {
                ConflictState::Resolved
            } else {
                ConflictState::Open
            },
            outcome: decided.as_ref().map(|(outcome, _)| outcome.clone()),
            note: None,
            opened,
            resolved: decided.map(|(_, at)| at),
            resolved_by: None,
        })
}

fn change() -> impl Strategy<Value = Change> {
    // Boxed: unboxed, the strategies nest so deeply that a debug build overflows a test thread's stack.
    prop_oneof![
        (reservation().boxed(), stored().boxed()).prop_map(|(row, entry)| Change::Entry(EntryRecorded {
            reservation: row.id,
            attendance: row.attendance,
            client_name: row.client.name,
            status: row.status,
            version: row.version,
            entry,
        })),
        reservation()
            .boxed()
            .prop_map(|row| Change::Created(Box::new(row))),
        (reservation().boxed(), reservation().boxed()).prop_map(|(before, mut after)| {
            after.id = before.id.clone();
            let updates = changed_fields(&before, &after);
            Change::Updated(Updated {
                reservation: before.id,
                updates,
                version: after.version,
            })
        }),
        (reservation_id(), 1u64..9_999).prop_map(|(id, version)| Change::Deleted { id, version }),
        conflict().boxed().prop_map(Change::ConflictOpened),
        conflict().boxed().prop_map(Change::ConflictChanged),
        conflict().boxed().prop_map(Change::ConflictResolved),
    ]
}

proptest! {
    #[test]
    fn a_reservation_survives_the_wire(row in reservation()) {
        let json = serde_json::to_string(&row).unwrap();
        prop_assert!(!json.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Reservation>(&json).unwrap(), row);
    }

    #[test]
    fn an_entry_survives_the_wire_and_so_does_its_hash(entry in entry()) {
        let json = serde_json::to_value(&entry).unwrap();
        let back: Entry = serde_json::from_value(json).unwrap();
        prop_assert_eq!(chain::hash(&back), chain::hash(&entry));
        prop_assert_eq!(back, entry);
    }

    #[test]
    fn an_event_survives_the_wire_on_one_line(change in change(), at in instant(), op in option::of(any::<u128>())) {
        let logged = Logged { change, at: Some(at), op: op.map(|bits| OpId::from(Uuid::from_u128(bits))) };
        let data = logged.data().unwrap();
        prop_assert!(!data.contains(['\n', '\r']), "one data line: {data}");
        prop_assert_eq!(Logged::read(logged.change.name(), &data).unwrap().unwrap(), logged);
    }

    #[test]
    fn the_updates_of_an_edit_make_one_row_into_the_other(before in reservation(), after in reservation()) {
        let after = Reservation { id: before.id.clone(), ..after };
        let event = Updated { reservation: before.id.clone(), updates: changed_fields(&before, &after), version: after.version };
        prop_assert_eq!(event.apply(&before).unwrap(), after);
    }

    #[test]
    fn what_a_client_sends_back_as_it_read_it_is_an_edit_that_changes_nothing(row in reservation(), later in instant()) {
        let Value::Object(body) = serde_json::to_value(&row).unwrap() else { unreachable!() };
        let patch = Patch::from_json(&body, &row).unwrap();
        let mut edited = row.clone();
        patch.apply(&mut edited, later);
        edited.modified = row.modified;
        prop_assert_eq!(edited, row);
    }

    #[test]
    fn snapshot_lines_are_told_apart(row in reservation(), entry in stored(), conflict in conflict(), total in any::<u32>()) {
        let lines = [
            SnapshotLine::Reservation { reservation: Box::new(row.clone()) },
            SnapshotLine::Entry { entry: Box::new(entry) },
            SnapshotLine::Deleted { tombstone: Tombstone { id: row.id, version: row.version } },
            SnapshotLine::Conflict { conflict: Box::new(conflict) },
            SnapshotLine::End { total: u64::from(total) },
        ];
        for line in lines {
            let json = serde_json::to_string(&line).unwrap();
            prop_assert_eq!(serde_json::from_str::<SnapshotLine>(&json).unwrap(), line);
        }
    }
}

#[test]
fn the_contracts_names_are_on_the_wire() {
    let row: Reservation = serde_json::from_value(json!({
        "id": "res-1", "version": 3, "cliente": {"nombre": "Lucía Fernández", "telefono": "+593 9"}, "numeroPersonas": 6,
        "fecha": "2026-11-27", "hora": "21:30", "estado": "En Progreso", "asistenciaActual": 4, "origen": "sinReserva", "emision": 2,
        "mesa": "12", "razonVisita": "cumpleaños", "beneficiosReserva": "botella", "promotor": {"id": "p1", "nombre": "Daniela"},
        "detalles": ["VIP"], "codigoQR": "P1X", "fechaCreacion": "2026-11-01T10:00:00.000Z", "fechaModificacion": "2026-11-02T10:00:00.000Z",
        "fromTheFuture": {"a": 1},
    }))
    .unwrap();
    assert_eq!(
        (row.party, row.attendance, row.issue, row.origin),
        (6, 4, 2, Origin::WalkIn)
    );
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(json["numeroPersonas"], 6);
    assert_eq!(json["estado"], "En Progreso");
    assert_eq!(json["hora"], "21:30");
    assert!(json.get("fromTheFuture").is_none());
}

#[test]
fn null_clears_and_absence_leaves() {
    let row: Reservation = serde_json::from_value(json!({
        "id": "res-1", "version": 1, "cliente": {"nombre": "Ana"}, "numeroPersonas": 2, "fecha": "2026-11-27", "hora": "21:30",
        "estado": "Activa", "asistenciaActual": 0, "origen": "reserva", "emision": 1, "mesa": "4", "razonVisita": "cena",
        "detalles": ["VIP"], "fechaCreacion": "2026-11-01T10:00:00.000Z", "fechaModificacion": "2026-11-01T10:00:00.000Z",
    }))
    .unwrap();
    let body = json!({"mesa": null, "detalles": null, "numeroPersonas": 5});
    let patch = Patch::from_json(body.as_object().unwrap(), &row).unwrap();
    let mut edited = row.clone();
    patch.apply(&mut edited, Instant::from_ms(5));
    assert_eq!(
        (edited.table.as_ref(), edited.party, edited.occasion.as_deref()),
        (None, 5, Some("cena"))
    );
    assert!(edited.details.is_empty());
    let updates = changed_fields(&row, &edited);
    assert_eq!(updates["mesa"], Value::Null);
    assert_eq!(updates["detalles"], Value::Null);
    let refused = Patch::from_json(json!({"asistenciaActual": 9}).as_object().unwrap(), &row).unwrap_err();
    assert_eq!(refused.field, "asistenciaActual");
}

#[test]
fn a_delivery_answer_tells_a_page_from_a_reset() {
    let result = EntryResult {
        id: None,
        outcome: Outcome::Rejected,
        original: None,
        attendance: 0,
        excess: 0,
        pos: 0,
        code: None,
        reason: Some("no".to_owned()),
    };
    let page = ChangesPage {
        cursor: "abc:4".parse().unwrap(),
        events: Vec::new(),
        more: false,
    };
    for changes in [
        DeliveredChanges::Reset { reset: true },
        DeliveredChanges::Page(page),
    ] {
        let answer = DeliveryAnswer {
            results: vec![result.clone()],
            changes: Some(changes),
        };
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<DeliveryAnswer>(&json).unwrap(), answer);
    }
}

#[test]
fn an_event_of_a_newer_hub_is_passed_over_and_a_broken_one_is_an_error() {
    assert_eq!(Logged::read("from-the-future", "{}").unwrap(), None);
    assert!(Logged::read("qr-scanned", "{}").is_err());
    assert_eq!(
        Logged::read("oculto", "{}").unwrap().unwrap().change,
        Change::Hidden
    );
}

#[test]
fn a_conflict_has_one_id_for_reservation_kind_and_day() {
    let id: ReservationId = "res-1".parse().unwrap();
    let same: ConflictId = id_of(&id, ConflictKind::Excess, date(2026, 11, 24));
    assert_eq!(same, id_of(&id, ConflictKind::Excess, date(2026, 11, 24)));
    assert_ne!(same, id_of(&id, ConflictKind::Excess, date(2026, 11, 25)));
    assert_ne!(same, id_of(&id, ConflictKind::Cancelled, date(2026, 11, 24)));
}
