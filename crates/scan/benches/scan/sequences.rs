//! A phone enters the frame: how soon after the first readable frame does it count?

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use portero_scan::decode::{LiveDecoder, baseline};
use portero_scan::synth::sequence::Sequence;

use crate::Figures;
use crate::report::Figure;

/// Frames arrive at 30 a second, as from a camera: rqrr computes beside the others, and its reading is late.
const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / 30);

pub(crate) fn run(seed: u64, sequences: usize) -> Figures {
    let (mut never, mut waits, mut ms) = (0, Vec::new(), Vec::new());
    let mut firsts = [const { Vec::<usize>::new() }; 3];
    for i in 0..sequences {
        let sequence = Sequence::new(seed * 1000 + i as u64);
        let text = sequence.text.clone();
        let frames: Vec<_> = sequence.map(Arc::new).collect();
        let holds = |codes: &[portero_scan::decode::Found]| codes.iter().any(|c| c.bytes == text.as_bytes());
        let rqrr = frames.iter().position(|f| holds(&baseline::rqrr(f).codes));
        let zxing = frames.iter().position(|f| holds(&baseline::zxing(f).codes));
        let mut live = LiveDecoder::new();
        let start = Instant::now();
        let mut first = None;
        for (n, frame) in frames.iter().enumerate() {
            thread::sleep((start + PERIOD * n as u32).saturating_duration_since(Instant::now()));
            let reading = live.decode(frame);
            ms.push(reading.ms);
            if first.is_none() && holds(&reading.codes) {
                first = Some(n);
            }
        }
        for (list, at) in firsts.iter_mut().zip([rqrr, zxing, first]) {
            list.extend(at);
        }
        let readable = [rqrr, zxing].into_iter().flatten().min();
        match (first, readable) {
            (Some(at), Some(best)) => waits.push(at as f64 - best as f64),
            (Some(_), None) => {}
            (None, _) => never += 1,
        }
    }
    waits.sort_by(f64::total_cmp);
    let median = |list: &[f64]| list.get(list.len() / 2).copied().unwrap_or(0.0);
    ms.sort_by(f64::total_cmp);
    let mean = ms.iter().sum::<f64>() / ms.len().max(1) as f64;
    println!(
        "\n{sequences} sequences: read at all by rqrr {}, zxing-cpp {}, live {}",
        firsts[0].len(),
        firsts[1].len(),
        firsts[2].len()
    );
    println!("frames from the first that rqrr or zxing-cpp alone reads to the first that counts: {waits:?}");
    vec![
        Figure::at_most("sequences that never count", f64::from(never), "", 0.0),
        Figure::at_most(
            "first readable frame to count, median",
            median(&waits),
            "frames",
            2.0,
        ),
        Figure::at_most("a live frame, mean", mean, "ms", 20.0),
        Figure::at_most("a live frame, median", median(&ms), "ms", 20.0),
        Figure::at_most(
            "a live frame, worst",
            ms.last().copied().unwrap_or(0.0),
            "ms",
            200.0,
        ),
    ]
}
