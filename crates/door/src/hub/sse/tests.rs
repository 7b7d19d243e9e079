//! The facts of web-platform-tests, through the real client and real sockets; and what contains the client's known defects.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::door::HubAddress;

const CASES: &str = include_str!("../../../tests/fixtures/eventsource-cases.json");
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
/// Cases that the parser answers with a panic: a byte order mark. They have to end as a lost stream, so that changes pass the place.
const PANICS: [&str; 3] = ["format-bom", "format-bom-2", "rs bom"];

/// Serves one connection: this head, then the body in pieces of that size; then closes, or holds it open.
async fn serve(
    head: String,
    body: Vec<u8>,
    piece: usize,
    hold: bool,
) -> (Hub, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = Hub::new(
        &HubAddress {
            url: format!("http://{}", listener.local_addr().unwrap()),
            token: "t0ken".to_owned(),
        },
        Arc::default(),
        Arc::default(),
    )
    .unwrap();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(socket.read_u8().await.unwrap());
        }
        // The client may have had enough before the end.
        let _ = socket.write_all(head.as_bytes()).await;
        for piece in body.chunks(piece.max(1)) {
            if socket.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if hold {
            let _ = socket.read(&mut [0; 1]).await;
        }
        String::from_utf8(request).unwrap()
    });
    (hub, server)
}

fn cursor() -> Cursor {
    "e1:5".parse().unwrap()
}

async fn events(hub: &Hub) -> (Vec<(String, String)>, Loss) {
    let mut stream = Stream::open(hub, Arc::default(), &cursor());
    let mut events = Vec::new();
    loop {
        let heard = tokio::time::timeout(Duration::from_secs(20), stream.next())
            .await
            .unwrap();
        match heard {
            Some(Heard::Event { name, data, .. }) => events.push((name, data)),
            Some(Heard::Lost(loss)) => return (events, loss),
            Some(Heard::Opened | Heard::Half) => {}
            None => panic!("it ended without a word"),
        }
    }
}

#[tokio::test]
async fn every_parse_case_at_every_chunking() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let mut tried = 0;
    for case in cases["cases"].as_array().unwrap() {
        if case["kind"] != "parse" {
            continue;
        }
        let name = case["name"].as_str().unwrap();
        let input = hex::decode(case["input_hex"].as_str().unwrap()).unwrap();
        let expected: Vec<(String, String)> = case["expected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| {
                let text = |field: &str| event[field].as_str().unwrap().to_owned();
                (text("event"), text("data"))
            })
            .collect();
        for piece in [1, 2, 3, 7, input.len()] {
            let (hub, _server) = serve(OK.to_owned(), input.clone(), piece, false).await;
            let (events, loss) = events(&hub).await;
            if PANICS.contains(&name) {
                assert_eq!(loss, Loss::Unreadable, "{name} in pieces of {piece}");
            } else {
                assert_eq!(
                    (&events, &loss),
                    (&expected, &Loss::Ended),
                    "{name} in pieces of {piece}"
                );
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 38 * 5);
}

#[tokio::test]
async fn only_a_stream_is_a_stream() {
    let answer = |status: &str, kind: &str| {
        format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n")
    };
    let not_the_hub = Loss::Fault(Fault::NotTheHub);
    for (status, kind, expected) in [
        ("200", "text/event-stream;", None),
        ("200", "text/event-stream; charset=windows-1251", None),
        ("200", "text/html", Some(not_the_hub.clone())),
        ("200", "text/event-stream-bogus", Some(not_the_hub.clone())),
        ("205", "text/event-stream", Some(not_the_hub.clone())),
        ("210", "text/event-stream", Some(not_the_hub.clone())),
        ("299", "text/event-stream", Some(not_the_hub.clone())),
        ("404", "text/event-stream", Some(not_the_hub)),
        ("410", "text/event-stream", Some(Loss::Fault(Fault::Expired))),
        (
            "503",
            "text/event-stream",
            Some(Loss::Fault(Fault::Later { retry_after_ms: None })),
        ),
    ] {
        let (hub, _server) = serve(answer(status, kind), b"data: x\n\n".to_vec(), 100, false).await;
        let (heard, loss) = events(&hub).await;
        match expected {
            Some(expected) => assert_eq!((heard.len(), loss), (0, expected), "{status} {kind}"),
            None => assert_eq!(heard, [("message".to_owned(), "x".to_owned())], "{kind}"),
        }
    }
}

/// `Last-Event-ID` is sent neither empty nor twice: not at all. Where to go on is in the query, once.
#[tokio::test]
async fn the_request_says_where_to_go_on_once() {
    let (hub, server) = serve(OK.to_owned(), Vec::new(), 1, false).await;
    events(&hub).await;
    let request = server.await.unwrap().to_lowercase();
    assert!(
        request.starts_with("get /api/reservas/events?since=e1%3a5 http/1.1\r\n"),
        "{request}"
    );
    assert!(!request.contains("last-event-id"), "{request}");
    assert_eq!(request.matches("accept: text/event-stream").count(), 1);
    assert_eq!(request.matches("authorization: bearer t0ken").count(), 1);
    assert_eq!(request.matches("portero-protocol: 1").count(), 1);
    assert!(
        !request.contains("accept-encoding"),
        "a stream is never compressed"
    );
}

#[tokio::test]
async fn an_endless_line_ends_the_stream() {
    let endless = std::iter::repeat_n(b'x', 64 * 1024 * 1024).collect();
    let (hub, _server) = serve(format!("{OK}data: "), endless, 16 * 1024, true).await;
    let started = Instant::now();
    let (heard, loss) = events(&hub).await;
    assert_eq!((heard.len(), loss), (0, Loss::Unreadable));
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
    let (hub, _server) = serve(OK.to_owned(), body, 5, true).await;
    let mut stream = Stream::open(&hub, Arc::default(), &cursor());
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
    let address = listener.local_addr().unwrap();
    drop(listener);
    let hub = Hub::new(
        &HubAddress {
            url: format!("http://{address}"),
            token: "t".to_owned(),
        },
        Arc::default(),
        Arc::default(),
    )
    .unwrap();
    assert_eq!(events(&hub).await.1, Loss::Unreachable);
}
