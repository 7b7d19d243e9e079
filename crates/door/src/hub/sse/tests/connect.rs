//! What is a stream and what is not; what the request says; and bytes that never become an event.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::server::{Answer, Server};
use super::{events, said};
use crate::connection::{Fault, Loss};
use crate::door::HubAddress;
use crate::hub::http::Hub;
use crate::hub::{Heard, Stream};

fn answer(status: &str, kind: &str) -> Answer {
    Answer::raw(format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\ndata: x\n\n"
    ))
}

async fn heard_of(answer: Answer) -> (Vec<super::Said>, Loss) {
    let server = Server::open().await;
    server.next(answer);
    events(&server.hub()).await
}

#[tokio::test]
async fn only_a_stream_is_a_stream() {
    let not_the_hub = || Loss::Fault(Fault::NotTheHub);
    for kind in [
        "text/event-stream;",
        "text/event-stream; charset=windows-1252",
        "Text/Event-Stream",
    ] {
        let (heard, _) = heard_of(answer("200", kind)).await;
        assert_eq!(heard, said(&[("message", "x")]), "{kind}");
    }
    for (status, kind, expected) in [
        ("200", "text/html", not_the_hub()),
        ("200", "x bogus", not_the_hub()),
        ("200", "text/x-bogus", not_the_hub()),
        ("200", "text/event-stream-bogus", not_the_hub()),
        ("204", "text/event-stream", not_the_hub()),
        ("205", "text/event-stream", not_the_hub()),
        ("210", "text/event-stream", not_the_hub()),
        ("299", "text/event-stream", not_the_hub()),
        ("404", "text/event-stream", not_the_hub()),
        ("410", "text/event-stream", Loss::Fault(Fault::Expired)),
        (
            "503",
            "text/event-stream",
            Loss::Fault(Fault::Later { retry_after_ms: None }),
        ),
    ] {
        assert_eq!(
            heard_of(answer(status, kind)).await,
            (Vec::new(), expected),
            "{status} {kind}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_followed_and_the_address_stays_what_it_was() {
    for status in [301, 302, 303, 307, 308] {
        let (server, there) = (Server::open().await, Server::open().await);
        let hub = server.hub();
        for round in 1..=2 {
            server.next(Answer::raw(format!(
                "HTTP/1.1 {status} X\r\nLocation: {}/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                there.url()
            )));
            there.next(answer("200", "text/event-stream"));
            assert_eq!(events(&hub).await.0, said(&[("message", "x")]), "{status}");
            assert_eq!(
                server.requests().len(),
                round,
                "{status}: asked where it always is"
            );
        }
        // Another host is told nothing.
        assert!(
            there.requests().iter().all(|request| !request.contains("t0ken")),
            "{status}"
        );
    }
}

/// `Last-Event-ID` is sent neither empty nor twice: not at all. Where to go on is in the query, once; also after a response whose events had ids.
#[tokio::test]
async fn the_request_says_where_to_go_on_once() {
    let server = Server::open().await;
    let hub = server.hub();
    for _ in 0..2 {
        let body = b"id: e1:6\ndata: a\n\ndata: b\n\n";
        server.next(Answer::stream(body, &[body.len()]));
        events(&hub).await;
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(
            request.starts_with("get /api/reservas/events?since=e1%3a5 http/1.1\r\n"),
            "{request}"
        );
        assert!(!request.contains("last-event-id"), "{request}");
        for once in [
            "\r\naccept: text/event-stream\r\n",
            "\r\ncache-control: no-cache\r\n",
            "\r\nauthorization: bearer t0ken\r\n",
            "\r\nportero-protocol: 1\r\n",
            "\r\nportero-sequence: 0\r\n",
        ] {
            assert_eq!(request.matches(once).count(), 1, "{once:?} in {request}");
        }
        assert!(
            !request.contains("accept-encoding"),
            "a stream is never compressed"
        );
    }
}

/// One that was dropped is closed at once, and says nothing any more.
#[tokio::test]
async fn a_stream_that_is_dropped_is_closed() {
    let server = Server::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = HubAddress {
        url: format!("http://{}", listener.local_addr().unwrap()),
        token: "t".to_owned(),
    };
    drop(server);
    let hub = Hub::new(&address, Arc::default(), Arc::default()).unwrap();
    let stream = Stream::open(&hub, Arc::default(), &"e1:5".parse().unwrap());
    let (mut socket, _) = listener.accept().await.unwrap();
    drop(stream);
    let mut rest = Vec::new();
    tokio::time::timeout(
        Duration::from_secs(5),
        tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut rest),
    )
    .await
    .expect("the connection ends")
    .ok();
}

#[tokio::test]
async fn an_endless_line_ends_the_stream() {
    let server = Server::open().await;
    let endless = [b"data: ".as_slice(), &vec![b'x'; 64 * 1024 * 1024]].concat();
    server.next(Answer::open_stream(&endless, 16 * 1024));
    let started = Instant::now();
    assert_eq!(events(&server.hub()).await, (Vec::new(), Loss::Unreadable));
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
}

/// One bad byte makes the parser hold everything back, and say nothing: that bytes come without an event is said.
#[tokio::test]
async fn a_bad_byte_is_said_to_be_half_an_event() {
    let mut body = b"data: one\n\ndata: \xff\n\n".to_vec();
    for n in 0..20 {
        body.extend(format!("data: {n}\n\n").into_bytes());
    }
    let server = Server::open().await;
    server.next(Answer::open_stream(&body, 5));
    let hub = server.hub();
    let mut stream = Stream::open(&hub, Arc::default(), &"e1:5".parse().unwrap());
    let mut heard = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_secs(20), stream.next())
            .await
            .unwrap()
        {
            Some(Heard::Event { data, .. }) => heard.push(data),
            Some(Heard::Half) if !heard.is_empty() => break,
            Some(Heard::Opened | Heard::Half) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(heard, ["one"]);
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = HubAddress {
        url: format!("http://{}", listener.local_addr().unwrap()),
        token: "t".to_owned(),
    };
    drop(listener);
    let hub = Hub::new(&address, Arc::default(), Arc::default()).unwrap();
    assert_eq!(events(&hub).await.1, Loss::Unreachable);
}
