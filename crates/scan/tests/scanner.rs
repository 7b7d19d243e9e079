//! The scanner as the app holds it: events, preview, outlines, switching.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use portero_scan::synth::{effects, scene, sequence::Sequence};
use portero_scan::view::{CameraFault, CameraStatus};
use portero_scan::{ScanEvent, ScanSettings, Scanner, SourceSpec, qr, watch_frames};

const LONG: Duration = Duration::from_secs(30);

fn start(spec: SourceSpec, settings: ScanSettings) -> (Scanner, Receiver<ScanEvent>) {
    let (events, inbox) = mpsc::channel();
    let scanner = Scanner::start(spec, settings, move |event| {
        let _ = events.send(event);
    });
    (scanner, inbox)
}

fn files(dir: &Path) -> SourceSpec {
    format!("file:{}/*.png", dir.display()).parse().unwrap()
}

/// A 1280×720 frame with the code left of the middle.
fn frame(dir: &Path, name: &str, code: &str) {
    let code = image::load_from_memory(&qr::png(code, 8).unwrap())
        .unwrap()
        .into_luma8();
    let mut frame = image::GrayImage::from_pixel(1280, 720, image::Luma([120]));
    image::imageops::overlay(&mut frame, &code, 200, 100);
    frame.save(dir.join(name)).unwrap();
}

fn code(inbox: &Receiver<ScanEvent>) -> String {
    loop {
        if let ScanEvent::Code(code) = inbox.recv_timeout(LONG).expect("no code came") {
            return code.text;
        }
    }
}

#[test]
fn a_ticket_is_told_once_with_preview_and_outline() {
    let dir = tempfile::tempdir().unwrap();
    frame(dir.path(), "a.png", "P1HELLO");
    let (scanner, inbox) = start(files(dir.path()), ScanSettings::default());
    let status = inbox.recv_timeout(LONG).unwrap();
    assert!(matches!(
        status,
        ScanEvent::Camera(CameraStatus::Running {
            width: 1280,
            height: 720,
            ..
        })
    ));
    assert_eq!(code(&inbox), "P1HELLO");
    assert!(
        inbox.recv_timeout(Duration::from_secs(2)).is_err(),
        "it stays before the camera"
    );
    let preview = scanner.preview().unwrap();
    assert_eq!((preview.width, preview.height), (480, 270));
    assert_eq!(preview.jpeg[..2], [0xff, 0xd8]);
    let overlay = scanner.overlay();
    assert_eq!(overlay.outlines.len(), 1);
    assert!(overlay.outlines[0].text_known);
    // The code's top left corner is at (232, 132); the preview is mirrored.
    let [x, y] = overlay.outlines[0].corners[0];
    assert!(
        (x - (1.0 - 232.0 / 1280.0)).abs() < 0.01 && (y - 132.0 / 720.0).abs() < 0.01,
        "{x} {y}"
    );
    scanner.again();
    assert_eq!(code(&inbox), "P1HELLO", "a person asked");
}

#[test]
fn the_caller_says_what_a_ticket_is() {
    let dir = tempfile::tempdir().unwrap();
    frame(dir.path(), "a.png", "WIFI:S:bar;;");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let is_ticket = Arc::new(move |bytes: &[u8]| {
        assert_eq!(bytes, b"WIFI:S:bar;;");
        count.fetch_add(1, Ordering::Relaxed);
        false
    });
    let (_scanner, inbox) = start(
        files(dir.path()),
        ScanSettings {
            is_ticket,
            ..ScanSettings::default()
        },
    );
    assert_eq!(code(&inbox), "WIFI:S:bar;;");
    assert!(
        asked.load(Ordering::Relaxed) >= 2,
        "anything but a ticket has to be read twice"
    );
}

#[test]
fn switching_leaves_nothing_of_the_old_source() {
    let dir = tempfile::tempdir().unwrap();
    frame(dir.path(), "a.png", "P1OLD");
    let (scanner, inbox) = start(files(dir.path()), ScanSettings::default());
    assert_eq!(code(&inbox), "P1OLD");
    scanner.switch(SourceSpec::None);
    while inbox.recv_timeout(LONG).unwrap() != ScanEvent::Camera(CameraStatus::Off) {}
    assert!(scanner.preview().is_none());
    assert!(scanner.overlay().outlines.is_empty());
    assert_eq!(scanner.status(), CameraStatus::Off);
    scanner.switch(files(&dir.path().join("nothing")));
    let ScanEvent::Camera(CameraStatus::Unavailable { reason, .. }) = inbox.recv_timeout(LONG).unwrap()
    else {
        panic!("no state")
    };
    assert_eq!(reason, CameraFault::NoPictures);
    scanner.switch(files(dir.path()));
    assert_eq!(code(&inbox), "P1OLD", "a new source starts anew");
}

#[test]
fn the_drawn_door_shows_the_codes_it_is_given() {
    let codes = ["P1GUEST ONE", "P1GUEST TWO", "P1GUEST THREE"].map(str::to_owned);
    let given = codes.clone();
    let sim_codes = Arc::new(move || given.to_vec());
    let (_scanner, inbox) = start(
        SourceSpec::Sim { fps: 15 },
        ScanSettings {
            sim_codes,
            ..ScanSettings::default()
        },
    );
    assert_eq!([code(&inbox), code(&inbox), code(&inbox)], codes);
}

#[test]
fn dropping_it_ends_its_threads() {
    let (scanner, inbox) = start(SourceSpec::Sim { fps: 15 }, ScanSettings::default());
    inbox.recv_timeout(LONG).unwrap();
    drop(scanner);
    while inbox.recv_timeout(LONG).is_ok() {}
    assert!(matches!(inbox.try_recv(), Err(mpsc::TryRecvError::Disconnected)));
}

#[test]
fn an_empty_doorway_is_calm_and_a_phone_ends_that() {
    let mut rng = fastrand::Rng::with_seed(3);
    let room = effects::room(&mut rng, scene::WIDTH, scene::HEIGHT);
    let mut empty = || {
        let mut canvas = room.clone();
        effects::sensor(&mut rng, &mut canvas, 0.6, 1.6);
        Arc::new(canvas.to_luma())
    };
    let mut frames: Vec<_> = (0..30).map(|_| empty()).collect();
    let came = frames.len();
    frames.extend(Sequence::new(2).skip(20).map(Arc::new));
    let mut calm = Vec::new();
    watch_frames(frames, |_, view| calm.push(view.calm));
    assert!(!calm[0], "before anything is known");
    assert!(calm[came - 1], "{calm:?}");
    assert!(calm[came..].iter().all(|calm| !calm), "{calm:?}");
}
