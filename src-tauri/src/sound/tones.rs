//! A tone for each meaning, so that nobody has to look: rising for yes, a doubled note for too many, falling for no, a question for
//! unknown, an alarm for calling somebody back.

use std::f32::consts::TAU;

use portero_door::view::{Answer, Detail};
use portero_protocol::entry::Verdict;
use serde::Deserialize;

/// Samples a second.
pub(super) const RATE: u32 = 44_100;
/// Rise and fall of a note, in seconds: without them a note clicks.
const EDGE: f32 = 0.008;

/// What a sound means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Sound"))]
pub(crate) enum Meaning {
    /// Come in.
    Admitted,
    /// Come in, beyond the party.
    Excess,
    /// Not tonight.
    Refused,
    /// Nobody here knows this code.
    Unknown,
    /// An entry was taken back.
    Undone,
    /// A guest who came in has to be called back.
    #[serde(rename = "callback")]
    CallBack,
}

impl Meaning {
    /// What an answer sounds like.
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer.verdict {
            _ if answer.detail == Some(Detail::Undone) => Self::Undone,
            Verdict::Admitted => Self::Admitted,
            Verdict::Excess => Self::Excess,
            Verdict::AlreadyIn | Verdict::Cancelled | Verdict::StaleCode | Verdict::WrongDay => Self::Refused,
            Verdict::Unknown | Verdict::Invalid => Self::Unknown,
        }
    }
}

/// One note: when it starts and how long it lasts (seconds), its pitch (Hz), and how many overtones make it sharp.
struct Note(f32, f32, f32, u8);

fn notes(meaning: Meaning) -> &'static [Note] {
    match meaning {
        Meaning::Admitted => &[Note(0.0, 0.09, 880.0, 1), Note(0.08, 0.16, 1_318.5, 1)],
        Meaning::Excess => &[
            Note(0.0, 0.11, 740.0, 3),
            Note(0.15, 0.11, 740.0, 3),
            Note(0.3, 0.16, 880.0, 3),
        ],
        Meaning::Refused => &[Note(0.0, 0.18, 330.0, 9), Note(0.2, 0.34, 220.0, 9)],
        Meaning::Unknown => &[Note(0.0, 0.12, 523.0, 3), Note(0.14, 0.24, 466.0, 3)],
        Meaning::Undone => &[Note(0.0, 0.1, 587.0, 1)],
        Meaning::CallBack => &[
            Note(0.0, 0.18, 988.0, 7),
            Note(0.22, 0.18, 659.0, 7),
            Note(0.44, 0.18, 988.0, 7),
            Note(0.66, 0.18, 659.0, 7),
        ],
    }
}

/// The sound as samples from -1 to 1, at a loudness of 0 to 1.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sample counts are small"
)]
pub(super) fn samples(meaning: Meaning, loudness: f64) -> Vec<f32> {
    let loudness = loudness.clamp(0.0, 1.0) as f32;
    let notes = notes(meaning);
    let end = notes
        .iter()
        .map(|Note(at, lasts, ..)| at + lasts)
        .fold(0.0, f32::max);
    let rate = RATE as f32;
    let mut samples = vec![0.0; (end * rate).ceil() as usize + 1];
    for Note(at, lasts, pitch, overtones) in notes {
        let first = (at * rate) as usize;
        for step in 0..(lasts * rate) as usize {
            let t = step as f32 / rate;
            let edge = (t / EDGE).min((lasts - t) / EDGE).clamp(0.0, 1.0);
            // Odd overtones at 1/n: from a sine towards a square wave.
            let wave: f32 = (1..=*overtones)
                .step_by(2)
                .map(|n| (TAU * pitch * f32::from(n) * t).sin() / f32::from(n))
                .sum();
            samples[first + step] += wave * edge;
        }
    }
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
        .max(1.0);
    for sample in &mut samples {
        *sample *= loudness / peak;
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Meaning; 6] = [
        Meaning::Admitted,
        Meaning::Excess,
        Meaning::Refused,
        Meaning::Unknown,
        Meaning::Undone,
        Meaning::CallBack,
    ];

    #[test]
    fn every_meaning_has_a_sound_of_its_own_that_starts_at_once_and_does_not_overdrive() {
        for (at, meaning) in ALL.into_iter().enumerate() {
            let sound = samples(meaning, 1.0);
            assert!(
                sound.iter().all(|sample| sample.abs() <= 1.0),
                "{meaning:?} overdrives"
            );
            let heard = sound.iter().position(|sample| sample.abs() > 0.1).unwrap();
            assert!(heard < RATE as usize / 100, "{meaning:?} is heard within 10 ms");
            assert!(
                ALL[at + 1..].iter().all(|other| samples(*other, 1.0) != sound),
                "{meaning:?} sounds like another"
            );
        }
    }

    #[test]
    fn silence_is_silent() {
        assert!(samples(Meaning::Refused, 0.0).iter().all(|sample| *sample == 0.0));
    }
}
