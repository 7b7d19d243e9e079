//! The desk: many reservations at once and the way back, lists of other programs, what narrows a list, who changed what.

use portero_door::view::{BulkChange, Edit, ListQuery, ListedDraft, Only};
use portero_door::{Door, Settings};
use portero_protocol::device::Role;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use portero_protocol::reservation::Patch;
use serde_json::{Value, json};

use crate::place::{Place, state, until};
use portero_door::view::LinkState;

fn patch(value: Value) -> Patch {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn listed(value: Value) -> ListedDraft {
    serde_json::from_value(json!({"reserva": value, "vez": 0})).unwrap()
}

pub(crate) async fn manager(place: &Place) -> Door {
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    state(&desk, LinkState::Live).await;
    desk
}

pub(crate) async fn sent(desk: &Door) {
    until("an empty outbox", async || {
        (desk.status().await.unwrap().outbox.pending == 0).then_some(())
    })
    .await;
    assert_eq!(desk.status().await.unwrap().outbox.quarantined, 0);
}

async fn at_hub(place: &Place, id: &ReservationId) -> Value {
    place
        .ask(reqwest::Method::GET, &format!("api/reservas/{id}"), None, None)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_changed_at_once_and_brought_back() {
    let place = Place::open().await;
    let (ana, _) = place.reservation("Ana", 2).await;
    let (luis, _) = place.reservation("Luis", 4).await;
    let desk = manager(&place).await;
    let nobody: ReservationId = "019abcde-0000-7000-8000-000000000000".parse().unwrap();
    let change = BulkChange {
        ids: vec![ana.clone(), nobody, luis.clone()],
        updates: patch(json!({"mesa": null, "numeroPersonas": 4})),
        night: None,
    };
    let done = desk.change_many(change.clone()).await.unwrap();
    assert_eq!((done.saved, done.unchanged), (2, 0));
    assert_eq!((done.failed[0].index, done.failed[0].code), (1, Code::NotFound));
    let row = desk.get(&ana).await.unwrap().row.reservation;
    assert_eq!((row.party, row.table), (4, None));
    // The same again writes nothing.
    let again = desk.change_many(change).await.unwrap();
    assert_eq!((again.saved, again.unchanged), (0, 2));
    // Brought back at once, while the change is still on its way.
    let back = desk.edit_many(done.undo).await.unwrap();
    assert_eq!(back.saved, 2);
    sent(&desk).await;
    assert_eq!(at_hub(&place, &ana).await["numeroPersonas"], 2);
    assert_eq!(at_hub(&place, &ana).await["mesa"], "12");
    assert_eq!(at_hub(&place, &luis).await["numeroPersonas"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_an_edit_that_waits_is_no_conflict() {
    let mut place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    let desk = manager(&place).await;
    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;
    for table in ["1", "2", "3"] {
        let version = desk.get(&id).await.unwrap().row.reservation.version;
        desk.update(&id, patch(json!({"mesa": table})), version)
            .await
            .unwrap();
    }
    place.start_hub();
    sent(&desk).await;
    assert_eq!(at_hub(&place, &id).await["mesa"], "3");
    until("no conflict", async || {
        desk.conflicts().await.unwrap().is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_edit_between_two_own_ones_is_a_conflict_still() {
    let mut place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    let desk = manager(&place).await;
    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;
    desk.update(&id, patch(json!({"mesa": "1"})), 1).await.unwrap();
    desk.update(&id, patch(json!({"numeroPersonas": 8})), 1)
        .await
        .unwrap();
    desk.close().await;
    place.start_hub();
    place
        .ask(
            reqwest::Method::PATCH,
            &format!("api/reservas/{id}"),
            Some(json!({"numeroPersonas": 5})),
            Some(1),
        )
        .await;
    let desk = place
        .door_with("Oficina 2", Role::Manager, Settings::default())
        .await;
    until("the second is put aside", async || {
        let outbox = desk.status().await.unwrap().outbox;
        (outbox.pending == 0 && outbox.quarantined == 1).then_some(())
    })
    .await;
    let hub = at_hub(&place, &id).await;
    assert_eq!((&hub["mesa"], &hub["numeroPersonas"]), (&json!("1"), &json!(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_moves_and_the_hours_after_midnight_with_it() {
    let place = Place::open().await;
    let desk = manager(&place).await;
    let late = listed(
        json!({"cliente": {"nombre": "Tarde"}, "numeroPersonas": 2, "fecha": "2030-05-04", "hora": "01:30"}),
    );
    let early = listed(
        json!({"cliente": {"nombre": "Pronto"}, "numeroPersonas": 2, "fecha": "2030-05-03", "hora": "21:00"}),
    );
    let made = desk.import(vec![late, early]).await.unwrap().created;
    let done = desk
        .change_many(BulkChange {
            ids: made.clone(),
            updates: Patch::default(),
            night: Some(jiff::civil::date(2030, 6, 10)),
        })
        .await
        .unwrap();
    assert_eq!(done.saved, 2);
    for (id, date) in made.iter().zip(["2030-06-11", "2030-06-10"]) {
        let row = desk.get(id).await.unwrap().row;
        assert_eq!(row.day, jiff::civil::date(2030, 6, 10));
        assert_eq!(row.reservation.date.to_string(), date);
    }
    sent(&desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_imported_once_however_often_and_can_be_taken_away() {
    let place = Place::open().await;
    let desk = manager(&place).await;
    let rows = || {
        let row = json!({"cliente": {"nombre": "Zoé"}, "numeroPersonas": 2, "fecha": "2030-05-03", "hora": "21:00"});
        let twin: ListedDraft = serde_json::from_value(json!({"reserva": row, "vez": 1})).unwrap();
        let bad =
            json!({"cliente": {"nombre": ""}, "numeroPersonas": 2, "fecha": "2030-05-03", "hora": "21:00"});
        vec![listed(row), twin, listed(bad)]
    };
    let first = desk.import(rows()).await.unwrap();
    assert_eq!((first.created.len(), first.known), (2, 0));
    assert_eq!(
        (first.failed[0].index, first.failed[0].code),
        (2, Code::InvalidField)
    );
    let second = desk.import(rows()).await.unwrap();
    assert_eq!((second.created.len(), second.known), (0, 2));
    sent(&desk).await;
    assert_eq!(desk.list(ListQuery::default()).await.unwrap().total, 2);
    // Taken away, and imported again: an id that was deleted is never used again, and the rows come all the same.
    assert_eq!(desk.delete_many(first.created.clone()).await.unwrap().saved, 2);
    sent(&desk).await;
    assert_eq!(desk.list(ListQuery::default()).await.unwrap().total, 0);
    let third = desk.import(rows()).await.unwrap();
    assert_eq!(third.created.len(), 2);
    assert!(third.created.iter().all(|id| !first.created.contains(id)));
    sent(&desk).await;
    assert_eq!(desk.list(ListQuery::default()).await.unwrap().total, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_found_and_so_is_who_changed_what() {
    let mut place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    place.reservation("Luis", 4).await;
    let desk = manager(&place).await;
    let edit = Edit {
        reservation: id.clone(),
        updates: patch(json!({"numeroPersonas": 6, "cliente": {"nombre": "Ana", "telefono": "099"}})),
    };
    desk.edit_many(vec![edit]).await.unwrap();
    sent(&desk).await;
    let history = desk.history(&id).await.unwrap();
    let who: Vec<Option<&str>> = history.iter().map(|edit| edit.by.as_deref()).collect();
    assert_eq!(who, [Some("Oficina"), Some("Oficina 2")]);
    let party = history[1]
        .changes
        .iter()
        .find(|change| change.field == "numeroPersonas")
        .unwrap();
    assert_eq!((&party.before, &party.after), (&json!(2), &json!(6)));
    assert_eq!(history[1].version, 2);
    // Doors are told nothing of it.
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    assert!(door.history(&id).await.unwrap().is_empty());

    place.stop_hub().await;
    state(&desk, LinkState::Offline).await;
    assert_eq!(desk.history(&id).await.unwrap_err().code, Code::HubUnreachable);
    desk.edit_many(vec![Edit {
        reservation: id.clone(),
        updates: patch(json!({"mesa": "7"})),
    }])
    .await
    .unwrap();
    let waiting = ListQuery {
        only: vec![Only::Pending],
        ..ListQuery::default()
    };
    assert_eq!(
        desk.ids(waiting.clone(), 10).await.unwrap(),
        std::slice::from_ref(&id)
    );
    place.start_hub();
    sent(&desk).await;
    until("nothing waits", async || {
        desk.ids(waiting.clone(), 10)
            .await
            .unwrap()
            .is_empty()
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_changes_and_imports_nothing() {
    let place = Place::open().await;
    let (id, _) = place.reservation("Ana", 2).await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    let edits = vec![Edit {
        reservation: id.clone(),
        updates: patch(json!({"mesa": "1"})),
    }];
    assert_eq!(door.edit_many(edits).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(
        door.delete_many(vec![id]).await.unwrap_err().code,
        Code::Forbidden
    );
    let row =
        json!({"cliente": {"nombre": "Zoé"}, "numeroPersonas": 2, "fecha": "2030-05-03", "hora": "21:00"});
    assert_eq!(
        door.import(vec![listed(row)]).await.unwrap_err().code,
        Code::Forbidden
    );
}
