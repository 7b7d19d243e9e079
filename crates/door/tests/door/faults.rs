//! Each pitfall of a stream, through real sockets: what breaks is seen, nothing is lost, nothing is doubled, and it goes on by itself.

use std::time::{Duration, Instant};

use portero_door::Door;
use portero_door::view::LinkState;
use portero_protocol::entry::Verdict;

use crate::place::{state, until};
use crate::script::{STREAM, Script, Stream, created_data, event};

async fn knows(door: &Door, id: &str) {
    let id = id.parse().unwrap();
    until("the reservation", async || door.get(&id).await.ok()).await;
}

async fn live() -> (Script, Door) {
    let script = Script::open().await;
    script.created("one");
    let door = script.door().await;
    state(&door, LinkState::Live).await;
    knows(&door, "one").await;
    (script, door)
}

/// Streams that break in this way, twice, and then good ones: the door gets past the place.
async fn gets_past(bad: impl Fn() -> Stream) {
    let script = Script::open().await;
    script.created("one");
    script.streams([bad(), bad()]);
    let door = script.door().await;
    state(&door, LinkState::Live).await;
    script.created("two");
    knows(&door, "two").await;
    assert_eq!(door.status().await.unwrap().cursor, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_panics_inside_and_the_door_goes_on() {
    gets_past(|| Stream::Raw([STREAM, b"\xef\xbb\xbfevent: connected\ndata: {}\n\n"].concat())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_event_is_passed_by_changes() {
    let (script, door) = live().await;
    door.close().await;
    // Everything after the bad byte is held back inside, heartbeats too: the stream is silent, each time it is opened.
    let poison = || Stream::Instead(b"event: reservation-created\nid: e1:2\ndata: \xff\xfe\n\n".to_vec());
    script.streams([poison(), poison(), poison()]);
    script.created("two");
    let before = script.requests("/changes").len();
    let door = script.door().await;
    knows(&door, "two").await;
    assert!(script.requests("/changes").len() > before, "passed by changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_page_is_no_hub_and_wipes_nothing() {
    let (script, door) = live().await;
    door.close().await;
    script.everything(Some(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 18\r\nConnection: close\r\n\r\n<html>login</html>",
    ));
    let door = script.door().await;
    state(&door, LinkState::Offline).await;
    knows(&door, "one").await;
    let answer = door.admit(&"one".parse().unwrap(), 1, true).await.unwrap();
    assert!(answer.entry.is_some());
    script.everything(None);
    state(&door, LinkState::Live).await;
    until("delivered", async || {
        (door.status().await.unwrap().outbox.pending == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_503_with_retry_after_is_waited_for() {
    let script = Script::open().await;
    script.created("one");
    let busy = b"HTTP/1.1 503 X\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    script.streams([Stream::Short(busy)]);
    let started = Instant::now();
    let door = script.door().await;
    state(&door, LinkState::Live).await;
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(script.requests("/events").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_stream_is_polled_within_seconds() {
    let script = Script::open().await;
    script.created("one");
    script.streams([Stream::Raw(STREAM.to_vec())]);
    let started = Instant::now();
    let door = script.door().await;
    state(&door, LinkState::Polling).await;
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    // A delivery does not wait for the next poll.
    script.created("two");
    door.focus();
    let answer = door.admit(&"one".parse().unwrap(), 1, true).await.unwrap();
    assert_ne!(answer.verdict, Verdict::Invalid);
    until("delivered", async || {
        (door.status().await.unwrap().outbox.pending == 0).then_some(())
    })
    .await;
    assert!(
        script
            .requests("/api/asistencia")
            .iter()
            .all(|request| request.starts_with("POST"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_in_the_stream_is_filled_before_anything_after_it() {
    let script = Script::open().await;
    script.created("one");
    let hole = event(3, "reservation-created", &created_data("three"));
    script.streams([Stream::Instead(hole.into_bytes())]);
    let door = script.door().await;
    state(&door, LinkState::Live).await;
    script.created("two");
    script.created("three");
    knows(&door, "three").await;
    knows(&door, "two").await;
    assert_eq!(door.status().await.unwrap().cursor, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_event_at_the_end_counts_for_nothing() {
    let (script, door) = live().await;
    door.close().await;
    let half = event(2, "reservation-created", &created_data("two"));
    let cut = half.trim_end().len();
    let connected = b"event: connected\ndata: {\"connectionId\":\"c\",\"protocolo\":1,\"epoch\":\"e1\",\"head\":2,\"resumed\":true,\"heartbeatMs\":1000,\"time\":\"2026-11-24T12:00:00.000Z\"}\n\n";
    script.streams([Stream::Short(
        [STREAM, connected, &half.as_bytes()[..cut]].concat(),
    )]);
    script.created("two");
    let door = script.door().await;
    knows(&door, "two").await;
    let asked = script.requests("/events");
    let last_two: Vec<bool> = asked
        .iter()
        .rev()
        .take(2)
        .map(|request| request.contains("since=e1%3A1 "))
        .collect();
    assert_eq!(last_two, [true, true], "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_without_an_id_keep_the_place_over_two_reconnects() {
    let (script, door) = live().await;
    door.close().await;
    let connected = b"event: connected\ndata: {\"connectionId\":\"c\",\"protocolo\":1,\"epoch\":\"e1\",\"head\":1,\"resumed\":true,\"heartbeatMs\":1000,\"time\":\"2026-11-24T12:00:00.000Z\"}\n\nevent: heartbeat\ndata: {\"time\":\"2026-11-24T12:00:00.000Z\",\"head\":1}\n\n";
    let short = || Stream::Short([STREAM, connected.as_slice()].concat());
    script.streams([short(), short()]);
    let before = script.requests("/events").len();
    let door = script.door().await;
    until("three streams", async || {
        (script.requests("/events").len() >= before + 3).then_some(())
    })
    .await;
    script.created("two");
    knows(&door, "two").await;
    for request in &script.requests("/events")[before..] {
        assert!(request.contains("since=e1%3A1 "), "{request}");
        assert!(!request.to_lowercase().contains("last-event-id"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_it_reads_no_more_and_goes_on_delivering() {
    let (script, door) = live().await;
    script.everything(Some(
        "HTTP/1.1 401 X\r\nContent-Type: application/problem+json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ));
    door.close().await;
    let door = script.door().await;
    state(&door, LinkState::Refused).await;
    let reads = script.requests("GET ").len();
    door.admit(&"one".parse().unwrap(), 1, true).await.unwrap();
    until("a delivery", async || {
        (!script.requests("POST /api/asistencia").is_empty()).then_some(())
    })
    .await;
    assert_eq!(script.requests("GET ").len(), reads);
    assert_eq!(door.status().await.unwrap().outbox.pending, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_change_is_passed_and_a_snapshot_mends_it() {
    let (script, door) = live().await;
    let before = script.requests("/api/snapshot").len();
    let broken = event(2, "reservation-created", &serde_json::json!({"reservaId": "two"}));
    door.close().await;
    script.created("two");
    script.streams([Stream::Instead(broken.into_bytes())]);
    let door = script.door().await;
    knows(&door, "two").await;
    assert!(script.requests("/api/snapshot").len() > before);
    state(&door, LinkState::Live).await;
}

/// A server that has nothing more to say, by the standard. Here it is no hub: what it knows is asked for, and it is asked ever more rarely.
#[tokio::test(flavor = "multi_thread")]
async fn no_content_is_no_stream_and_no_storm() {
    let (script, door) = live().await;
    door.close().await;
    let nothing = || {
        Stream::Short(
            b"HTTP/1.1 204 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".to_vec(),
        )
    };
    script.streams((0..50).map(|_| nothing()));
    script.created("two");
    let before = script.requests("/events").len();
    let door = script.door().await;
    state(&door, LinkState::Polling).await;
    knows(&door, "two").await;
    let asked = script.requests("/events").len() - before;
    assert!(asked <= 4, "{asked} tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_ends_without_an_event_is_opened_again() {
    let (script, door) = live().await;
    door.close().await;
    script.streams([Stream::Short([STREAM, b"retry: 2\n"].concat())]);
    let door = script.door().await;
    state(&door, LinkState::Live).await;
    script.created("two");
    knows(&door, "two").await;
}
