//! Every fault of a camera, with a driver that does as its script says.

use super::*;
use crate::view::DialKind;
use std::sync::Mutex;

const QUICK: Patience = Patience {
    open: Duration::from_millis(300),
    frame: Duration::from_millis(200),
    retry: Duration::from_millis(20),
};

/// What the driver does at each call, in turn; after the last it goes on sending frames.
enum Act {
    Open,
    Refuse(CameraFault),
    Frame,
    Damaged,
    PullOut,
    Panic,
    /// Hangs until the sender is dropped.
    Hang(Receiver<()>),
}

#[derive(Default)]
struct Driver {
    script: Mutex<std::collections::VecDeque<Act>>,
    open_now: Mutex<usize>,
    /// Where its focus stands; a camera that was pulled out has forgotten it.
    focus: Mutex<i64>,
    /// Of each frame: whether it was wanted.
    asked: Mutex<Vec<bool>>,
}

struct Handle(Arc<Driver>);

impl Driver {
    fn act(self: &Arc<Self>) -> Option<Act> {
        self.script.lock().unwrap().pop_front()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        *self.0.open_now.lock().unwrap() -= 1;
    }
}

impl Capture for Handle {
    fn frame(&mut self, wanted: bool) -> Result<Shot, Fault> {
        self.0.asked.lock().unwrap().push(wanted);
        match self.0.act() {
            None | Some(Act::Frame) => {
                thread::sleep(Duration::from_millis(2));
                Ok(if wanted {
                    Shot::Frame(Luma::filled(8, 8, 50))
                } else {
                    Shot::Unseen
                })
            }
            Some(Act::Damaged) => Ok(Shot::Damaged),
            Some(Act::Panic) => panic!("a driver's crate"),
            Some(Act::Hang(until)) => {
                let _ = until.recv();
                Ok(Shot::Damaged)
            }
            Some(Act::PullOut | Act::Open | Act::Refuse(_)) => {
                *self.0.focus.lock().unwrap() = 0;
                Err(Fault::new(CameraFault::Unplugged, "gone"))
            }
        }
    }

    fn dials(&mut self) -> Vec<Dial> {
        vec![Dial {
            what: DialKind::Focus,
            min: 0,
            max: 250,
            step: 5,
            value: *self.0.focus.lock().unwrap(),
            automatic: Some(false),
        }]
    }

    fn turn(&mut self, turn: &Turn) {
        *self.0.focus.lock().unwrap() = turn.value.unwrap_or(0);
    }
}

fn camera(script: Vec<Act>) -> (Camera, Arc<Driver>) {
    let driver = Arc::new(Driver {
        script: Mutex::new(script.into()),
        ..Driver::default()
    });
    let of = Arc::clone(&driver);
    let open: Opener = Arc::new(move || match of.act() {
        Some(Act::Refuse(reason)) => Err(Fault::new(reason, "refused")),
        Some(Act::Hang(until)) => {
            let _ = until.recv();
            Err(Fault::new(CameraFault::Failed, "late"))
        }
        _ => {
            *of.open_now.lock().unwrap() += 1;
            let capture = Box::new(Handle(Arc::clone(&of)));
            Ok(Opened {
                name: "Door".into(),
                width: 8,
                height: 8,
                fps: 30,
                format: "GRAY",
                capture,
            })
        }
    });
    (
        Camera::with_patience(open, "0".into(), Arc::default(), Arc::default(), QUICK),
        driver,
    )
}

/// States and whether a frame came, until `done` says so.
fn until(camera: &mut Camera, done: impl Fn(&[String]) -> bool) -> Vec<String> {
    let (mut log, start) = (Vec::<String>::new(), Instant::now());
    while !done(&log) {
        assert!(start.elapsed() < Duration::from_secs(20), "so far: {log:?}");
        let entry = match camera.next(Duration::from_millis(20)) {
            Next::Frame(_) => "frame".to_owned(),
            Next::Status(CameraStatus::Unavailable { reason, .. }) => format!("{reason:?}"),
            Next::Status(CameraStatus::Running { .. }) => "running".into(),
            Next::Status(CameraStatus::Opening { .. }) => "opening".into(),
            Next::Status(CameraStatus::Off) | Next::Nothing | Next::Ended => continue,
        };
        if log.last() != Some(&entry) {
            log.push(entry);
        }
    }
    log
}

fn count(log: &[String], what: &str) -> usize {
    log.iter().filter(|l| *l == what).count()
}

#[test]
fn refused_then_opened_then_pulled_out_then_back() {
    let script = vec![
        Act::Refuse(CameraFault::Busy),
        Act::Refuse(CameraFault::Busy),
        Act::Refuse(CameraFault::Denied),
        Act::Open,
        Act::Frame,
        Act::Damaged,
        Act::Frame,
        Act::PullOut,
    ];
    let (mut camera, driver) = camera(script);
    let log = until(&mut camera, |log| {
        count(log, "running") == 2 && log.last().is_some_and(|l| l == "frame")
    });
    let states: Vec<_> = log.iter().filter(|l| *l != "frame").map(String::as_str).collect();
    assert_eq!(
        states,
        ["opening", "Busy", "Denied", "running", "Unplugged", "running"]
    );
    drop(camera);
    assert_eq!(
        *driver.open_now.lock().unwrap(),
        0,
        "the camera is let go with its source"
    );
}

#[test]
fn a_hanging_driver_is_left_behind_and_tried_again() {
    let (release, hang) = mpsc::channel();
    let (mut camera, driver) = camera(vec![
        Act::Open,
        Act::Frame,
        Act::Hang(hang),
        Act::Open,
        Act::Frame,
    ]);
    let log = until(&mut camera, |log| count(log, "running") == 2);
    assert_eq!(count(&log, "NoFrames"), 1, "{log:?}");
    assert_eq!(
        *driver.open_now.lock().unwrap(),
        2,
        "the hanging one still holds its handle"
    );
    drop(release);
    let start = Instant::now();
    while *driver.open_now.lock().unwrap() == 2 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "the late one never let go"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn hanging_in_open_starts_few_threads() {
    let (mut releases, mut script) = (Vec::new(), Vec::new());
    for _ in 0..LEFT_BEHIND {
        let (release, hang) = mpsc::channel();
        releases.push(release);
        script.push(Act::Hang(hang));
    }
    let (mut camera, driver) = camera(script);
    until(&mut camera, |_| driver.script.lock().unwrap().is_empty());
    let more = Instant::now();
    while more.elapsed() < QUICK.open * 3 {
        camera.next(Duration::from_millis(20));
    }
    assert_eq!(camera.left_behind.len(), LEFT_BEHIND);
    assert_eq!(*driver.open_now.lock().unwrap(), 0, "no fourth thread");
    drop(releases);
    until(&mut camera, |log| count(log, "running") == 1);
}

#[test]
fn a_panic_in_the_driver_is_a_state() {
    let (mut camera, _driver) = camera(vec![Act::Open, Act::Frame, Act::Panic]);
    let log = until(&mut camera, |log| count(log, "running") == 2);
    assert_eq!(count(&log, "NoFrames"), 1, "{log:?}");
}

#[test]
fn a_dial_is_turned_and_turned_again_after_it_was_pulled_out() {
    let (mut camera, driver) = camera(vec![]);
    until(&mut camera, |log| log.last().is_some_and(|l| l == "frame"));
    let panel = Arc::clone(&camera.panel);
    panel.turn(Turn {
        what: DialKind::Focus,
        automatic: false,
        value: Some(120),
    });
    let stands = |at: i64| {
        let panel = Arc::clone(&panel);
        move |_: &[String]| panel.dials().first().is_some_and(|d| d.value == at)
    };
    until(&mut camera, stands(120));
    driver.script.lock().unwrap().push_back(Act::PullOut);
    until(&mut camera, |log| count(log, "Unplugged") == 1);
    assert_eq!(panel.dials(), [], "a camera that is gone has no dials");
    until(&mut camera, stands(120));
    assert_eq!(*driver.focus.lock().unwrap(), 120);
}

#[test]
fn while_nothing_moves_a_third_of_the_frames_is_unpacked() {
    let (mut camera, driver) = camera(vec![Act::Open]);
    let latest = Arc::clone(&camera.latest);
    until(&mut camera, |log| {
        count(log, "running") == 1 && count(log, "frame") > 0
    });
    assert!(driver.asked.lock().unwrap().iter().all(|wanted| *wanted));
    latest.be_calm(true);
    // Longer than the watch has patience: frames that nobody sees are a sign of life.
    let start = Instant::now();
    while start.elapsed() < QUICK.frame * 2 {
        assert!(!matches!(camera.next(QUICK.retry), Next::Status(_)));
    }
    let asked = std::mem::take(&mut *driver.asked.lock().unwrap());
    let (seen, all) = (asked.iter().filter(|wanted| **wanted).count(), asked.len());
    assert!(all > 12 && seen * 5 < all * 2, "{seen} of {all}");
    latest.be_calm(false);
    until(&mut camera, |log| log.last().is_some_and(|last| last == "frame"));
    let asked = driver.asked.lock().unwrap();
    assert!(asked.last().is_some_and(|wanted| *wanted), "{asked:?}");
}
