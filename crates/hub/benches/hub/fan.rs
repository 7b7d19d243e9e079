//! Fan-out: many streams, each of which gets every event; and the memory that a stream that waits takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portero_protocol::chain;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::control::Control;
use crate::place::{Place, csv, resident};
use crate::{figure, percentile};

const STREAMS: usize = 1_000;
const A_SECOND: u64 = 20;
const EVENTS: usize = 300;
/// Entry ids end in the event's number after these digits.
const ID: &str = "01938f00-0000-7000-8000-";

pub(crate) async fn measure() {
    eprintln!("fan-out: {STREAMS} streams, {A_SECOND} events a second, {EVENTS} events");
    let control = Control::start();
    let plain = run(&control.address, "none", resident_of(control.pid())).await;
    drop(control);
    let place = Place::open(Some(&csv(1)));
    let token = place.token("portero", "Puerta 1");
    let ours = run(&place.address, &token, resident_of(place.pid())).await;
    place.prove();
    let peer = "axum Sse + broadcast";
    figure(
        "fan-out 1,000 streams × 20 events/s, p99",
        percentile(&ours.delays, 0.99),
        "ms",
        Some(15.0),
        Some((percentile(&plain.delays, 0.99), peer)),
        false,
    );
    figure(
        "  p50",
        percentile(&ours.delays, 0.5),
        "ms",
        None,
        Some((percentile(&plain.delays, 0.5), peer)),
        false,
    );
    figure(
        "  delivered",
        ours.delivered,
        "%",
        Some(100.0),
        Some((plain.delivered, peer)),
        true,
    );
    if let (Some(ours), Some(plain)) = (ours.memory, plain.memory) {
        figure(
            "memory of an idle stream",
            ours,
            "KiB",
            Some(11.0),
            Some((plain, peer)),
            false,
        );
    }
}

fn resident_of(pid: u32) -> impl Fn() -> Option<f64> {
    move || resident(pid)
}

struct Run {
    delays: Vec<f64>,
    delivered: f64,
    memory: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
async fn run(address: &str, token: &str, memory: impl Fn() -> Option<f64>) -> Run {
    let started = Instant::now();
    let sent: Arc<Vec<AtomicU64>> = Arc::new((0..=EVENTS).map(|_| AtomicU64::new(0)).collect());
    let open = Arc::new(AtomicUsize::new(0));
    // The allocator's and the runtime's first growth is not a stream's.
    let warm: Vec<_> = (0..50)
        .map(|_| stream(address, token, &sent, &open, started))
        .collect();
    wait_until(|| open.load(Ordering::Relaxed) == warm.len()).await;
    let before = memory();
    let mut readers: Vec<_> = (0..STREAMS)
        .map(|_| stream(address, token, &sent, &open, started))
        .collect();
    wait_until(|| open.load(Ordering::Relaxed) == warm.len() + STREAMS).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = memory();
    for task in warm {
        task.abort();
    }
    publish(address, token, &sent, started).await;
    let mut delays = Vec::new();
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    for reader in &mut readers {
        if let Ok(Ok(got)) = tokio::time::timeout_at(end, reader).await {
            delays.extend(got);
        }
    }
    delays.sort_by(f64::total_cmp);
    Run {
        delivered: delays.len() as f64 * 100.0 / (STREAMS * EVENTS) as f64,
        delays,
        memory: before
            .zip(after)
            .map(|(before, after)| (after - before) / STREAMS as f64),
    }
}

async fn wait_until(done: impl Fn() -> bool) {
    while !done() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// One reader: the delay of each event from the moment that its entry was sent.
fn stream(
    address: &str,
    token: &str,
    sent: &Arc<Vec<AtomicU64>>,
    open: &Arc<AtomicUsize>,
    started: Instant,
) -> tokio::task::JoinHandle<Vec<f64>> {
    let (address, sent, open) = (address.to_owned(), Arc::clone(sent), Arc::clone(open));
    let request =
        format!("GET /api/reservas/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n\r\n");
    tokio::spawn(async move {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut buffer = vec![0; 8 * 1024];
        let (mut filled, mut connected) = (0, false);
        let mut delays = Vec::new();
        while delays.len() < EVENTS {
            let read = socket.read(&mut buffer[filled..]).await.unwrap_or(0);
            if read == 0 {
                break;
            }
            let now = started.elapsed().as_nanos();
            filled += read;
            let text = String::from_utf8_lossy(&buffer[..filled]);
            if !connected && text.contains("event: connected") {
                connected = true;
                open.fetch_add(1, Ordering::Relaxed);
            }
            let mut from = 0;
            while let Some(at) = text[from..].find(ID) {
                let digits = from + at + ID.len();
                let Some(number) = text
                    .get(digits..digits + 12)
                    .and_then(|digits| digits.parse::<usize>().ok())
                else {
                    break;
                };
                let begun = u128::from(sent[number].load(Ordering::Acquire));
                #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a few seconds")]
                delays.push((now - begun) as f64 / 1e6);
                from = digits + 12;
            }
            // The half of an id that may have come.
            let keep = filled.saturating_sub(60).max(from.min(filled));
            buffer.copy_within(keep..filled, 0);
            filled -= keep;
        }
        delays
    })
}

/// Sends one entry at a time, at an even pace whatever the answers do.
async fn publish(address: &str, token: &str, sent: &Arc<Vec<AtomicU64>>, started: Instant) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let mut pace = tokio::time::interval(Duration::from_millis(1_000 / A_SECOND));
    let mut previous = chain::FIRST.to_owned();
    let mut buffer = vec![0; 8 * 1024];
    for (number, begun) in sent.iter().enumerate().skip(1) {
        let now = jiff::Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
            .to_string();
        let entry = format!(
            "{{\"escaneoId\":\"{ID}{number:012}\",\"reservaId\":\"res-0\",\"cantidad\":1,\"metodo\":\"QR\",\"puerta\":\"Puerta 1\",\
             \"timestamp\":\"{now}\",\"desfaseMs\":0,\"desfaseErrorMs\":5,\"secuencia\":{number},\"previo\":\"{previous}\",\
             \"veredicto\":\"excess\"}}"
        );
        previous = chain::hash(&serde_json::from_str(&entry).unwrap());
        let body = format!("{{\"entradas\":[{entry}]}}");
        let request = format!(
            "POST /api/asistencia HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        pace.tick().await;
        let stamp = u64::try_from(started.elapsed().as_nanos()).unwrap();
        begun.store(stamp, Ordering::Release);
        socket.write_all(request.as_bytes()).await.unwrap();
        let read = socket.read(&mut buffer).await.unwrap();
        assert!(
            buffer[..read].starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&buffer[..read])
        );
    }
}
