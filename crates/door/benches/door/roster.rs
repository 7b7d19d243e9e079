//! 100,000 reservations: the first snapshot, verdicts while it loads and after, search at each key press.

use std::fs::File;
use std::io::Write as _;
use std::time::Instant;

use crate::house::{House, live};
use crate::{figure, quantile};

const RESERVATIONS: usize = 100_000;
const SCANS: usize = 500;

pub(crate) async fn measure() {
    let house = House::with(RESERVATIONS).await;
    let codes = house.codes().await;
    let door = house.door("Puerta 1").await;
    let loading = {
        let (door, code) = (door.clone(), codes[0].clone());
        tokio::spawn(async move {
            let mut verdicts = Vec::new();
            while verdicts.len() < 20_000 {
                let started = Instant::now();
                let answer = door.scan(code.as_bytes(), 1).await.unwrap();
                verdicts.push(started.elapsed().as_secs_f64() * 1_000.0);
                if answer.row.is_some() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            verdicts
        })
    };
    let took = live(&door).await;
    let mut during = loading.await.unwrap();
    figure(
        "first snapshot of 100,000 reservations",
        took.as_secs_f64(),
        "s",
        Some(15.0),
        None,
    );

    let commit = disk_commit();
    let beside = Some((commit, "this disk's own commit, p99"));
    eprintln!("{} verdicts while the snapshot loaded", during.len());
    figure(
        "verdict while the snapshot loads, p99",
        quantile(&mut during, 0.99),
        "ms",
        Some(10.0 + commit),
        beside,
    );
    let mut after = Vec::new();
    for scan in 0..SCANS {
        let started = Instant::now();
        let answer = door.scan(codes[scan % codes.len()].as_bytes(), 1).await.unwrap();
        after.push(started.elapsed().as_secs_f64() * 1_000.0);
        assert!(answer.entry.is_some(), "not admitted: {answer:?}");
    }
    figure(
        "verdict with 100,000 reservations, p99",
        quantile(&mut after, 0.99),
        "ms",
        Some(10.0 + commit),
        beside,
    );

    let mut keys = Vec::new();
    for text in [
        "h", "hu", "hue", "hues", "hues 9", "hues 99", "hues 999", "9999", "mesa 7", "zzz",
    ] {
        for _ in 0..5 {
            let started = Instant::now();
            door.search(text, 20).await.unwrap();
            keys.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    figure(
        "search in 100,000 reservations, a key press, p99",
        quantile(&mut keys, 0.99),
        "ms",
        Some(16.0),
        None,
    );
    door.close().await;
}

/// How long this disk takes for a small write that has to be on it, p99 of 200, in ms.
fn disk_commit() -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut file = File::create(folder.path().join("probe")).unwrap();
    let mut measured: Vec<f64> = (0..200)
        .map(|_| {
            let started = Instant::now();
            file.write_all(&[7; 4_096]).unwrap();
            file.sync_data().unwrap();
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    quantile(&mut measured, 0.99)
}
