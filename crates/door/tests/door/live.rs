//! The two ways through: a scan here, and a change elsewhere; with the hub, and without it.

use portero_door::view::{DeliveryState, DoorEvent, LinkState};
use portero_protocol::entry::Verdict;
use portero_protocol::reservation::Status;

use crate::place::{Place, event, state, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_at_one_door_is_a_change_at_the_other() {
    let place = Place::open().await;
    let (id, code) = place.reservation("Ana García", 2).await;
    let one = place.door("Puerta 1").await;
    let two = place.door("Puerta 2").await;
    state(&one, LinkState::Live).await;
    state(&two, LinkState::Live).await;
    let mut heard = two.events();
    let mut confirmed = one.events();

    let answer = one.scan(code.as_bytes(), 1).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Admitted);
    assert_eq!(
        (answer.attendance, answer.party, answer.excess),
        (Some(1), Some(2), Some(0))
    );
    assert_eq!(answer.client_name.as_deref(), Some("Ana García"));
    let entry = answer.entry.unwrap();

    event(&mut heard, "changed", |event| {
        matches!(event, DoorEvent::Changed { reservations } if reservations.contains(&id)).then_some(())
    })
    .await;
    let sheet = two.get(&id).await.unwrap();
    assert_eq!(sheet.row.reservation.attendance, 1);
    assert_eq!(sheet.row.reservation.status, Status::Active);
    assert_eq!(sheet.entries[0].entry.id, entry);
    event(&mut confirmed, "confirmed", |event| {
        matches!(event, DoorEvent::Confirmed { entry: Some(named), .. } if *named == entry).then_some(())
    })
    .await;
    let recent = one.recent(10).await.unwrap();
    assert_eq!(recent[0].delivery, DeliveryState::Confirmed);

    // The other door takes it back.
    let undone = two.undo(entry).await.unwrap();
    assert_eq!((undone.attendance, undone.quantity), (Some(0), -1));
    until("the undo at the first door", async || {
        let row = one.get(&id).await.unwrap().row.reservation;
        (row.attendance == 0 && row.status == Status::Expected).then_some(())
    })
    .await;
    assert_eq!(place.attendance(&id).await, 0);
    assert!(one.recent(10).await.unwrap()[0].voided);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_goes_and_comes_back_and_nothing_is_lost_or_doubled() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 10).await;
    let one = place.door("Puerta 1").await;
    let two = place.door("Puerta 2").await;
    state(&one, LinkState::Live).await;
    state(&two, LinkState::Live).await;
    place.stop_hub().await;
    state(&one, LinkState::Offline).await;
    for door in [&one, &two] {
        for _ in 0..3 {
            let answer = door.scan(code.as_bytes(), 1).await.unwrap();
            assert_eq!(answer.verdict, Verdict::Admitted);
        }
    }
    assert_eq!(one.get(&id).await.unwrap().row.reservation.attendance, 3);
    assert_eq!(one.status().await.unwrap().outbox.pending, 3);
    place.start_hub();
    for door in [&one, &two] {
        state(door, LinkState::Live).await;
        until("an empty outbox", async || {
            (door.status().await.unwrap().outbox.pending == 0).then_some(())
        })
        .await;
        until("all six", async || {
            (door.get(&id).await.unwrap().row.reservation.attendance == 6).then_some(())
        })
        .await;
    }
    assert_eq!(place.attendance(&id).await, 6);
    let status = one.status().await.unwrap();
    println!("reconnected in {:?} ms", status.reconnect_ms);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_was_closed_offline_delivers_when_it_is_opened_again() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 10).await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    place.stop_hub().await;
    door.scan(code.as_bytes(), 2).await.unwrap();
    door.close().await;
    assert!(door.scan(code.as_bytes(), 1).await.is_err());

    // Without the hub it knows everything that it knew.
    let door = place.door("Puerta 1").await;
    assert_eq!(door.get(&id).await.unwrap().row.reservation.attendance, 2);
    let answer = door.scan(code.as_bytes(), 1).await.unwrap();
    assert_eq!((answer.verdict, answer.attendance), (Verdict::Admitted, Some(3)));
    place.start_hub();
    until("the hub has it", async || {
        (place.attendance(&id).await == 3).then_some(())
    })
    .await;
    assert_eq!(door.get(&id).await.unwrap().row.reservation.attendance, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_good_is_said_and_not_recorded() {
    let place = Place::open().await;
    let (id, code) = place.reservation("Ana", 2).await;
    let (cancelled, cancelled_code) = place.reservation("Luis", 2).await;
    place
        .ask(
            reqwest::Method::PATCH,
            &format!("api/reservas/{cancelled}"),
            Some(serde_json::json!({"estado": "Cancelado"})),
            Some(1),
        )
        .await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    let mut damaged = code.clone();
    // Inside the signature, and still base45.
    let other = if &damaged[92..93] == "A" { "B" } else { "A" };
    damaged.replace_range(92..93, other);
    for (code, verdict) in [
        (cancelled_code.as_str(), Verdict::Cancelled),
        (damaged.as_str(), Verdict::Unknown),
        ("https://example.com", Verdict::Invalid),
        ("res-1", Verdict::Unknown),
    ] {
        let answer = door.scan(code.as_bytes(), 1).await.unwrap();
        assert_eq!((answer.verdict, answer.entry), (verdict, None), "{code}");
    }
    assert!(door.is_ticket(code.as_bytes()));
    assert!(!door.is_ticket(damaged.as_bytes()));
    assert!(door.recent(10).await.unwrap().is_empty());
    let against = door.admit(&cancelled, 1, true).await.unwrap();
    assert_eq!(against.verdict, Verdict::Cancelled);
    assert!(against.entry.is_some());
    assert_eq!(door.get(&id).await.unwrap().row.reservation.attendance, 0);
}
