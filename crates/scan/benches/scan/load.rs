//! What scanning takes of one core at 30 frames a second: with guests, and with nobody there.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use portero_scan::decode::baseline;
use portero_scan::luma::Luma;
use portero_scan::synth::scene::{HEIGHT, WIDTH};
use portero_scan::synth::{effects, sequence::Sequence};
use portero_scan::{read_picture, watch_frames};

use crate::Figures;
use crate::report::Figure;

const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / 30);
const NO_CLOCK: &str = "this system has no clock of a process that safe code can read";
/// Frames that are watched: six seconds, after three in which the scanner gets used to the scene.
const FRAMES: usize = 180;
const BEFORE: usize = 90;
/// Frames that both readers look at, for comparison.
const COMPARED: usize = 24;

pub(crate) fn run(seed: u64) -> Figures {
    let guests: Vec<_> = (0..4)
        .flat_map(|i| Sequence::new(seed * 1000 + 500 + i))
        .map(Arc::new)
        .collect();
    vec![
        figure("scanning at 30 a second, guest after guest", &guests, 55.0),
        figure("scanning at 30 a second, nobody there", &empty(seed), 8.0),
        from_camera(&guests),
    ]
}

/// What it takes to have a frame at all, where the camera packs it: a webcam's motion JPEG of 1280×720, in colour.
fn from_camera(guests: &[Arc<Luma>]) -> Figure {
    let packed: Vec<_> = guests.iter().step_by(3).map(|frame| packed(frame)).collect();
    let bytes: usize = packed.iter().map(Vec::len).sum();
    let before = process_ms();
    for jpeg in &packed {
        std::hint::black_box(read_picture(jpeg).unwrap());
    }
    let name = "a frame of motion JPEG unpacked, mean";
    match (before, process_ms()) {
        (Some(before), Some(after)) => {
            println!("  motion JPEG: {} kB a frame", bytes / packed.len() / 1000);
            Figure::at_most(name, (after - before) / packed.len() as f64, "ms", 4.0)
        }
        _ => Figure::left_out(name, NO_CLOCK),
    }
}

/// As webcams do it: half the colour, a hundred kilobytes.
fn packed(frame: &Luma) -> Vec<u8> {
    let colour: Vec<u8> = frame
        .data()
        .iter()
        .flat_map(|&p| [p, p.saturating_sub(9), p.saturating_add(6)])
        .collect();
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 85);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_1);
    encoder
        .encode(&colour, WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    jpeg
}

/// A room in which only the sensor's grain changes.
fn empty(seed: u64) -> Vec<Arc<Luma>> {
    let rng = &mut fastrand::Rng::with_seed(seed);
    let room = effects::room(rng, WIDTH, HEIGHT);
    let mut frame = || {
        let mut canvas = room.clone();
        effects::sensor(rng, &mut canvas, 0.6, 1.6);
        Arc::new(effects::jpeg(&canvas, 70).to_luma())
    };
    (0..20).map(|_| frame()).collect()
}

fn figure(name: &str, frames: &[Arc<Luma>], budget: f64) -> Figure {
    let share = |ms: f64, seconds: f64| ms / seconds / 10.0;
    let compared = frames.iter().step_by(frames.len().div_ceil(COMPARED));
    let both: Vec<_> = compared
        .map(|frame| baseline::rqrr(frame).ms + baseline::zxing(frame).ms)
        .collect();
    let control = share(both.iter().sum(), both.len() as f64 * PERIOD.as_secs_f64());
    let start = Instant::now();
    let mut from = (start, None);
    let watched = frames.iter().cycle().take(BEFORE + FRAMES);
    let paced = watched.enumerate().map(|(n, frame)| {
        if n == BEFORE {
            from = (Instant::now(), process_ms());
        }
        thread::sleep((start + PERIOD * n as u32).saturating_duration_since(Instant::now()));
        Arc::clone(frame)
    });
    watch_frames(paced, |_, _| {});
    let seconds = from.0.elapsed().as_secs_f64();
    match (from.1, process_ms()) {
        (Some(before), Some(after)) => {
            Figure::at_most(name, share(after - before, seconds), "% of a core", budget)
                .beside("rqrr and zxing-cpp on every frame", control)
        }
        _ => Figure::left_out(name, NO_CLOCK),
    }
}

/// Milliseconds that all threads of this process have computed.
#[cfg(unix)]
fn process_ms() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6)
}

#[cfg(not(unix))]
fn process_ms() -> Option<f64> {
    None
}
