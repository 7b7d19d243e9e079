//! One guest found by several ways at once.

use std::time::Duration;

use portero_door::view::LinkState;
use portero_door::{Arrivals, Door, Way};
use portero_protocol::ids::ReservationId;

use crate::place::{Place, state};

/// Longer than any of these tests.
const PAUSE: Duration = Duration::from_secs(60);

/// A door that knows a party of six, with its id and its ticket.
async fn party(place: &Place) -> (Door, ReservationId, String) {
    let (id, code) = place.reservation("Ana Ruiz", 6).await;
    let door = place.door("Puerta 1").await;
    state(&door, LinkState::Live).await;
    (door, id, code)
}

async fn inside(door: &Door, id: &ReservationId) -> u32 {
    door.get(id).await.unwrap().row.reservation.attendance
}

#[tokio::test(flavor = "multi_thread")]
async fn camera_scanner_and_search_at_the_same_moment_are_one_guest() {
    let place = Place::open().await;
    let (door, id, code) = party(&place).await;
    let arrivals = Arrivals::new(door.clone(), PAUSE);
    let (camera, scanner, search) = tokio::join!(
        arrivals.scan(code.as_bytes(), 1, Way::Camera),
        arrivals.scan(code.as_bytes(), 1, Way::Scanner),
        arrivals.found(&id, 1),
    );
    let found = [camera, scanner, search].map(Result::unwrap);
    let entries = found.each_ref().map(|arrival| arrival.answer.entry.unwrap());
    assert_eq!(entries, [entries[0]; 3]);
    assert_eq!(found.iter().filter(|arrival| arrival.again).count(), 2);
    assert_eq!(inside(&door, &id).await, 1);
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_somebody_found_by_name_a_moment_ago_is_theirs() {
    let place = Place::open().await;
    let (door, id, code) = party(&place).await;
    let arrivals = Arrivals::new(door.clone(), PAUSE);
    arrivals.found(&id, 1).await.unwrap();
    assert!(
        arrivals
            .scan(code.as_bytes(), 1, Way::Camera)
            .await
            .unwrap()
            .again
    );
    assert_eq!(inside(&door, &id).await, 1);
    assert!(
        !arrivals
            .scan(code.as_bytes(), 1, Way::Camera)
            .await
            .unwrap()
            .again
    );
    assert_eq!(
        inside(&door, &id).await,
        2,
        "the same way again is the next guest"
    );
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_way_alone_never_waits_and_a_guest_taken_back_is_found_anew() {
    let place = Place::open().await;
    let (door, id, code) = party(&place).await;
    let arrivals = Arrivals::new(door.clone(), PAUSE);
    let first = arrivals.scan(code.as_bytes(), 1, Way::Camera).await.unwrap();
    arrivals.scan(code.as_bytes(), 1, Way::Camera).await.unwrap();
    assert_eq!(inside(&door, &id).await, 2);
    arrivals.undo(first.answer.entry.unwrap()).await.unwrap();
    assert!(
        !arrivals
            .scan(code.as_bytes(), 1, Way::Scanner)
            .await
            .unwrap()
            .again
    );
    assert_eq!(inside(&door, &id).await, 2, "one taken back, one scanned anew");
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_pause_another_way_is_another_guest() {
    let place = Place::open().await;
    let (door, id, code) = party(&place).await;
    let arrivals = Arrivals::new(door.clone(), Duration::ZERO);
    arrivals.scan(code.as_bytes(), 1, Way::Camera).await.unwrap();
    arrivals.scan(code.as_bytes(), 1, Way::Scanner).await.unwrap();
    assert_eq!(inside(&door, &id).await, 2);
    door.close().await;
}
