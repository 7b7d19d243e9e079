//! Pictures made to hurt: no panic, no stall, no text that is not there.

use std::sync::Arc;

use fastrand::Rng;
use portero_scan::decode::{LiveDecoder, StillDecoder};
use portero_scan::luma::Luma;
use portero_scan::{qr, read_picture};

/// Milliseconds computed for one frame, at most: longer is a stall that a guest sees.
const STALL_MS: f64 = 300.0;

/// Both decoders on a plane; what they read.
fn read(name: &str, still: &mut StillDecoder, live: &mut LiveDecoder, plane: Luma) -> Vec<Vec<u8>> {
    let plane = Arc::new(plane.fit());
    let mut codes = Vec::new();
    // The live decoder's passes take turns: each is to meet the picture.
    for turn in 0..5 {
        let reading = if turn == 0 {
            still.decode(&plane)
        } else {
            live.decode(&plane)
        };
        assert!(reading.ms < STALL_MS, "{name}: {:.0} ms", reading.ms);
        codes.extend(reading.codes.into_iter().map(|c| c.bytes));
    }
    codes
}

fn nothing(pictures: impl Iterator<Item = (String, Luma)>) {
    let (mut still, mut live) = (StillDecoder::new(), LiveDecoder::new());
    for (name, plane) in pictures {
        let codes = read(&name, &mut still, &mut live, plane);
        assert!(codes.is_empty(), "{name} gave {codes:?}");
    }
}

fn finder(plane: &mut Luma, left: usize, top: usize, module: usize) {
    let width = plane.width();
    for y in 0..7 * module {
        for x in 0..7 * module {
            let (i, j) = (x / module, y / module);
            let ring = i.min(6 - i).min(j.min(6 - j));
            if let Some(p) = plane.data_mut().get_mut((top + y) * width + left + x) {
                *p = if ring == 1 { 245 } else { 10 };
            }
        }
    }
}

#[test]
fn wallpapers_of_finder_patterns() {
    nothing((1..=8).map(|module| {
        let mut plane = Luma::filled(1280, 720, 245);
        let step = 9 * module;
        for top in (0..720 - 7 * module).step_by(step) {
            for left in (0..1280 - 7 * module).step_by(step) {
                finder(&mut plane, left, top, module);
            }
        }
        (format!("wallpaper of {module} px"), plane)
    }));
}

#[test]
fn scatters_of_finder_patterns() {
    nothing((0..12).map(|seed| {
        let mut rng = Rng::with_seed(seed);
        let mut plane = Luma::filled(1280, 720, 245);
        for _ in 0..20 + seed * 9 {
            let module = rng.usize(2..9);
            finder(
                &mut plane,
                rng.usize(..1280 - 7 * module),
                rng.usize(..720 - 7 * module),
                module,
            );
        }
        (format!("scatter {seed}"), plane)
    }));
}

#[test]
fn noise_checkers_and_odd_sizes() {
    let mut rng = Rng::with_seed(5);
    let sizes = [
        (1, 1),
        (1, 3000),
        (3000, 1),
        (2, 2),
        (3, 1000),
        (17, 16),
        (640, 480),
        (1280, 720),
        (720, 1280),
    ];
    nothing(sizes.into_iter().flat_map(|(w, h)| {
        let noise = Luma::new(w, h, (0..w * h).map(|_| rng.u8(..)).collect()).unwrap();
        let size = rng.usize(1..9);
        let checker = (0..w * h)
            .map(|i| {
                if (i % w / size + i / w / size).is_multiple_of(2) {
                    0
                } else {
                    255
                }
            })
            .collect();
        [
            (format!("noise {w}x{h}"), noise),
            (format!("checkers {w}x{h}"), Luma::new(w, h, checker).unwrap()),
            (format!("black {w}x{h}"), Luma::filled(w, h, 0)),
        ]
    }));
}

#[test]
fn fifty_megapixels_are_shrunk_first() {
    let mut rng = Rng::with_seed(6);
    let (w, h) = (8700, 5800);
    nothing(std::iter::once((
        "50 megapixels".into(),
        Luma::new(w, h, (0..w * h).map(|_| rng.u8(..)).collect()).unwrap(),
    )));
}

/// A code with damage reads as itself or not at all.
#[test]
fn damaged_codes_never_give_another_text() {
    let text = "P1".to_owned() + &"Q7*$K:".repeat(23);
    let whole = read_picture(&qr::png(&text, 6).unwrap()).unwrap();
    let (mut still, mut live) = (StillDecoder::new(), LiveDecoder::new());
    let mut both = [0, 0];
    for seed in 0..150u64 {
        let mut rng = Rng::with_seed(seed);
        let mut plane = (*whole).clone();
        let (w, h) = (plane.width(), plane.height());
        for _ in 0..rng.usize(1..60) {
            let (side, left, top) = (rng.usize(2..30), rng.usize(..w - 30), rng.usize(..h - 30));
            let shade = rng.u8(..);
            for y in top..top + side {
                plane.data_mut()[y * w + left..y * w + left + side].fill(shade);
            }
        }
        let codes = read("damaged", &mut still, &mut live, plane);
        assert!(
            codes.iter().all(|c| c == text.as_bytes()),
            "seed {seed} gave {codes:?}"
        );
        both[usize::from(codes.is_empty())] += 1;
    }
    assert!(
        both.iter().all(|&n| n > 5),
        "read and unread: {both:?}; the damage is to be of every degree"
    );
}
