//! A scan at one door, the change at another.

use std::time::{Duration, Instant};

use portero_door::view::DoorEvent;

use crate::house::{House, live};
use crate::{figure, quantile};

const SCANS: usize = 1_000;
const RESERVATIONS: usize = 200;

pub(crate) async fn measure() {
    let house = House::with(RESERVATIONS).await;
    let codes = house.codes().await;
    let (here, there) = (house.door("Puerta 1").await, house.door("Puerta 2").await);
    live(&here).await;
    live(&there).await;
    let mut events = there.events();
    let (mut verdicts, mut elsewhere) = (Vec::new(), Vec::new());
    for scan in 0..SCANS {
        let started = Instant::now();
        let answer = here.scan(codes[scan % codes.len()].as_bytes(), 1).await.unwrap();
        verdicts.push(started.elapsed().as_secs_f64() * 1_000.0);
        assert!(answer.entry.is_some(), "not admitted: {answer:?}");
        let id = answer.reservation.unwrap();
        let seen = async {
            loop {
                if let Ok(DoorEvent::Changed { reservations }) = events.recv().await
                    && (reservations.is_empty() || reservations.contains(&id))
                {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap();
        elsewhere.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    eprintln!("{SCANS} scans at one door, each seen at the other");
    let polling = Some((30_000.0, "the seed's polling, at worst"));
    figure(
        "scan at one door -> changed at another, p50",
        quantile(&mut elsewhere, 0.5),
        "ms",
        None,
        polling,
    );
    figure(
        "scan at one door -> changed at another, p99",
        quantile(&mut elsewhere, 0.99),
        "ms",
        Some(1_000.0),
        polling,
    );
    figure(
        "verdict with 200 reservations, p99",
        quantile(&mut verdicts, 0.99),
        "ms",
        None,
        None,
    );
    here.close().await;
    there.close().await;
}
