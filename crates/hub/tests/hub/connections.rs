//! Connections as they are: raw bytes, used before, behind TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use portero_hub::{Options, TlsFiles};

use crate::house::{Device, House, LONG, on_a_thread};

fn connect(device: &Device) -> TcpStream {
    let socket = TcpStream::connect(device.url.trim_start_matches("http://")).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

fn stream_request(device: &Device, version: &str) -> String {
    format!(
        "GET /api/reservas/events HTTP/{version}\r\nHost: hub\r\nAuthorization: Bearer {}\r\n\r\n",
        device.token
    )
}

/// Reads until a line that contains the text, and gives everything up to there.
fn read_to(reader: &mut impl BufRead, text: &str) -> String {
    let mut all = String::new();
    while !all.contains(text) {
        assert!(reader.read_line(&mut all).unwrap() > 0, "it ended: {all}");
    }
    all
}

#[tokio::test]
async fn a_streams_first_line_may_come_letter_by_letter() {
    let house = House::open().await;
    let manager = house.manager().await;
    let slow = manager.clone();
    on_a_thread(move || {
        let mut socket = connect(&slow);
        socket.set_nodelay(true).unwrap();
        for letter in stream_request(&slow, "1.1").bytes() {
            socket.write_all(&[letter]).unwrap();
        }
        let mut reader = BufReader::new(socket);
        let head = read_to(&mut reader, "event: connected").to_lowercase();
        assert!(head.starts_with("http/1.1 200 ok"), "{head}");
        for line in [
            "content-type: text/event-stream",
            "x-accel-buffering: no",
            "portero-time: ",
            "date: ",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
    })
    .await;
}

#[tokio::test]
async fn both_ways_to_a_stream_say_the_same() {
    let house = House::open().await;
    let manager = house.manager().await;
    let (first, second) = (manager.clone(), manager.clone());
    // The first request of a connection, and a later one.
    let direct = on_a_thread(move || {
        let mut socket = connect(&first);
        socket
            .write_all(stream_request(&first, "1.1").as_bytes())
            .unwrap();
        let mut reader = BufReader::new(socket);
        read_to(&mut reader, "event: connected");
        reader
    })
    .await;
    let general = on_a_thread(move || {
        let mut socket = connect(&second);
        socket
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
            .unwrap();
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        read_to(&mut reader, "\r\n\r\n");
        let mut body = *b"{\"ok\":true}";
        reader.read_exact(&mut body).unwrap();
        socket
            .write_all(stream_request(&second, "1.1").as_bytes())
            .unwrap();
        read_to(&mut reader, "event: connected");
        reader
    })
    .await;
    manager.reserve("Ana", 2).await;
    let event = |mut reader: BufReader<TcpStream>| {
        on_a_thread(move || {
            let all = read_to(&mut reader, "\"fechaCreacion\"");
            all[all.find("id: ").unwrap()..].to_owned()
        })
    };
    let (direct, general) = (event(direct).await, event(general).await);
    assert_eq!(direct, general);
    assert!(direct.contains("event: reservation-created"));
}

#[tokio::test]
async fn an_old_client_gets_its_stream_without_chunks() {
    let house = House::open().await;
    let manager = house.manager().await;
    let old = manager.clone();
    let reader = on_a_thread(move || {
        let mut socket = connect(&old);
        socket.write_all(stream_request(&old, "1.0").as_bytes()).unwrap();
        let mut reader = BufReader::new(socket);
        let head = read_to(&mut reader, "\r\n\r\n");
        assert!(!head.contains("chunked"), "{head}");
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        assert_eq!(first, "event: connected\n");
        reader
    })
    .await;
    drop(reader);
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_hurts_nobody() {
    let house = House::open().await;
    let manager = house.manager().await;
    let client = manager.clone();
    on_a_thread(move || {
        let long = format!(
            "GET /api/reservas/events HTTP/1.1\r\nX: {}\r\n",
            "x".repeat(20_000)
        );
        for (bytes, answer) in [
            (
                b"GET /api/reservas/events HTTP/1.1\r\nbad header\r\n\r\n".to_vec(),
                "",
            ),
            (b"GET /api/reservas/events?\x01 HTTP/1.1\r\n\r\n".to_vec(), ""),
            (long.into_bytes(), "HTTP/1.1 431"),
            (
                b"GET /api/reservas/events HTTP/1.1\r\nHost: hub\r\n\r\n".to_vec(),
                "HTTP/1.1 401",
            ),
        ] {
            let mut socket = connect(&client);
            socket.write_all(&bytes).unwrap();
            let mut text = Vec::new();
            // Closed with or without an answer; a reset is a close.
            let _ = socket.read_to_end(&mut text);
            let text = String::from_utf8_lossy(&text);
            assert!(text.starts_with(answer), "{text}");
        }
    })
    .await;
    manager.get("/api/reservas").await.ok();
}

#[tokio::test]
async fn behind_tls_everything_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.path().join("chain.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let mut house = House::open().await;
    let mut manager = house.manager().await;
    house.end().await.unwrap();
    let url = house
        .serve_tls(Options {
            tls: Some(files.clone()),
            ..Options::default()
        })
        .await;
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    manager.http = reqwest::Client::builder()
        .add_root_certificate(root)
        .build()
        .unwrap();
    manager.url = url;
    let mut stream = manager.follow(None).await;
    manager.reserve("Ana", 2).await;
    assert_eq!(stream.change().await.name, "reservation-created");
    let cookie = manager.post("/api/sesion", &serde_json::Value::Null).await;
    assert!(
        cookie.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("; Secure")
    );
    // A certificate that cannot be used is said at the start.
    std::fs::write(&files.key, "no key").unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = folder.path().join("other.db");
    let store = on_a_thread(move || portero_hub::Store::open(other).unwrap()).await;
    let options = Options {
        tls: Some(files),
        ..Options::default()
    };
    let error = portero_hub::run(listener, store, options, std::future::pending())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("key.pem"), "{error}");
}
