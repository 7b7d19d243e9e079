//! Recall by condition on the corpus drawn here: a floor that may only rise.

use std::sync::Arc;
use std::thread;

use portero_scan::decode::StillDecoder;
use portero_scan::synth::conditions::Condition;

const SEED: u64 = 1;
/// Frames of each condition.
const FRAMES: usize = 6;
/// Frames, of all, that a slower machine may miss.
const SLOWER: usize = 2;

/// Frames read of six, as measured. Whoever makes a reader better raises its number.
fn floor(condition: Condition) -> usize {
    match condition {
        Condition::Negative => 0,
        Condition::Defocus | Condition::GlareSpot => 4,
        Condition::Distance
        | Condition::MotionBlur
        | Condition::Gradient
        | Condition::LowContrast
        | Condition::CrackedScreen => 5,
        _ => 6,
    }
}

#[test]
fn every_condition_keeps_its_floor() {
    let half = Condition::ALL.len() / 2;
    let counts: Vec<_> = thread::scope(|scope| {
        let halves = [&Condition::ALL[..half], &Condition::ALL[half..]];
        let threads =
            halves.map(|part| scope.spawn(move || part.iter().map(|&c| (c, read(c))).collect::<Vec<_>>()));
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap_or_default())
            .collect()
    });
    assert_eq!(counts.len(), Condition::ALL.len());
    let line = |(c, n): &(Condition, usize)| format!("{} {n} (floor {})", c.name(), floor(*c));
    println!("{}", counts.iter().map(line).collect::<Vec<_>>().join("\n"));
    let below: Vec<_> = counts.iter().filter(|(c, n)| *n < floor(*c)).map(line).collect();
    let missing: usize = counts.iter().map(|(c, n)| floor(*c).saturating_sub(*n)).sum();
    // A reader has only so long for a frame: a slower machine may miss one or two that this was measured on.
    assert!(missing <= SLOWER, "below their floor: {below:?}");
}

/// Frames of the condition that are read; a text that is not in its frame ends the test.
fn read(condition: Condition) -> usize {
    let mut decoder = StillDecoder::new();
    (0..FRAMES)
        .filter(|&i| {
            let drawn = condition.draw(SEED, i, FRAMES);
            let reading = decoder.decode(&Arc::new(drawn.luma));
            for code in &reading.codes {
                assert!(
                    drawn.texts.contains(&code.text),
                    "{} {i}: {}",
                    condition.name(),
                    code.text
                );
            }
            !reading.codes.is_empty()
        })
        .count()
}
