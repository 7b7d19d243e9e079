//! Entries acknowledged durably: many clients, each with one entry in each request, as doors have them.

use std::time::{Duration, Instant};

use portero_protocol::chain;
use portero_protocol::entry::{Entry, Method, Verdict};
use portero_protocol::ids::EntryId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::place::{Place, csv};
use crate::{figure, percentile};

const CLIENTS: usize = 64;
const RESERVATIONS: usize = 500;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(8);

pub(crate) async fn measure() {
    eprintln!("entries: {CLIENTS} clients for {} s", MEASURED.as_secs());
    let place = Place::open(Some(&csv(RESERVATIONS)));
    let (alone, _) = load(&place, 1, Duration::from_secs(3)).await;
    let (rate, delays) = load(&place, CLIENTS, MEASURED).await;
    place.prove();
    figure(
        "entries acknowledged durably, 64 clients",
        rate,
        "/s",
        Some(5_000.0),
        Some((alone, "1 client, a commit each")),
        true,
    );
    figure(
        "  their delay, p50",
        percentile(&delays, 0.5),
        "ms",
        None,
        None,
        false,
    );
    figure(
        "  their delay, p99",
        percentile(&delays, 0.99),
        "ms",
        None,
        None,
        false,
    );
}

async fn load(place: &Place, clients: usize, time: Duration) -> (f64, Vec<f64>) {
    let begin = Instant::now() + WARM_UP;
    let tasks: Vec<_> = (0..clients)
        .map(|number| {
            let token = place.token("portero", &format!("Puerta {number}"));
            let address = place.address.clone();
            tokio::spawn(client(address, token, number, begin, begin + time))
        })
        .collect();
    let mut delays = Vec::new();
    for task in tasks {
        delays.extend(task.await.unwrap());
    }
    delays.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
    let rate = delays.len() as f64 / time.as_secs_f64();
    (rate, delays)
}

async fn client(address: String, token: String, number: usize, begin: Instant, end: Instant) -> Vec<f64> {
    let mut socket = TcpStream::connect(&address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let mut delays = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    let mut previous = chain::FIRST.to_owned();
    for sequence in 1.. {
        let now = jiff::Timestamp::now().as_millisecond();
        let entry = Entry {
            id: EntryId::new(now),
            reservation: format!("res-{}", fastrand::usize(..500)).parse().unwrap(),
            quantity: 1,
            method: Method::Code,
            door: Some(format!("Puerta {number}")),
            user: None,
            timestamp: portero_protocol::instant::Instant::from_ms(now),
            offset_ms: 3,
            offset_error_ms: 8,
            sequence,
            previous,
            verdict: Verdict::Excess,
            issue: Some(1),
            code: None,
            voids: None,
        };
        previous = chain::hash(&entry);
        let body = format!("{{\"entradas\":[{}]}}", serde_json::to_string(&entry).unwrap());
        let request = format!(
            "POST /api/asistencia HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Portero-Protocol: 1\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
            Uuid::now_v7(),
            body.len()
        );
        let sent = Instant::now();
        socket.write_all(request.as_bytes()).await.unwrap();
        let answer = read_answer(&mut socket, &mut buffer).await;
        assert!(
            answer.contains("\"registrada\"") || answer.contains("\"excedida\""),
            "{answer}"
        );
        let done = Instant::now();
        if done > end {
            return delays;
        }
        if sent > begin {
            delays.push((done - sent).as_secs_f64() * 1_000.0);
        }
    }
    delays
}

/// Reads one answer with a length.
async fn read_answer(socket: &mut TcpStream, buffer: &mut [u8]) -> String {
    let mut filled = 0;
    loop {
        filled += socket.read(&mut buffer[filled..]).await.unwrap();
        let text = String::from_utf8_lossy(&buffer[..filled]);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            })
            .and_then(|length| length.parse().ok())
            .unwrap();
        if body.len() >= length {
            return text.into_owned();
        }
    }
}
