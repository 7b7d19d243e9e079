//! A scanner on a pseudo terminal: codes, unplugging, return, and ports that are none.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../../../tests/support/serial.rs"]
mod plug;

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use portero_scan::serial::{
    SerialEvent, SerialFault, SerialScanner, SerialSettings, SerialStatus, USUAL_BAUD,
};

use plug::plug;

const LONG: Duration = Duration::from_secs(30);

fn listen(path: &Path) -> (SerialScanner, Receiver<SerialEvent>) {
    let (tell, events) = mpsc::channel();
    let settings = SerialSettings {
        port: path.display().to_string(),
        baud: USUAL_BAUD,
        prefix: "#".into(),
        suffix: String::new(),
    };
    let scanner = SerialScanner::start(settings, move |event| {
        let _ = tell.send(event);
    });
    (scanner, events)
}

fn status(events: &Receiver<SerialEvent>) -> SerialStatus {
    loop {
        if let SerialEvent::Status(status) = events.recv_timeout(LONG).expect("no status came") {
            return status;
        }
    }
}

fn reason(events: &Receiver<SerialEvent>) -> SerialFault {
    match status(events) {
        SerialStatus::Unavailable { reason, detail, .. } => {
            assert!(!detail.is_empty());
            reason
        }
        other => unreachable!("{other:?}"),
    }
}

fn code(events: &Receiver<SerialEvent>) -> Vec<u8> {
    match events.recv_timeout(LONG).expect("no code came") {
        SerialEvent::Code(code) => code,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn codes_come_with_or_without_an_end_of_line() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = plug(&port).unwrap();
    let (_listening, events) = listen(&port);
    assert!(matches!(status(&events), SerialStatus::Running { .. }));
    scanner.write_all(b"#P1 ONE\r\n\x02P1 TWO\x03").unwrap();
    assert_eq!(code(&events), b"P1 ONE");
    assert_eq!(code(&events), b"P1 TWO");
    scanner.write_all(b"P1 WITHOUT END \xff").unwrap();
    assert_eq!(code(&events), b"P1 WITHOUT END \xff");
}

#[test]
fn a_scanner_that_is_unplugged_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let scanner = plug(&port).unwrap();
    let (listening, events) = listen(&port);
    assert!(matches!(status(&events), SerialStatus::Running { .. }));
    std::fs::remove_file(&port).unwrap();
    drop(scanner);
    assert_eq!(reason(&events), SerialFault::Unplugged);
    assert_eq!(reason(&events), SerialFault::NotFound);
    let mut scanner = plug(&port).unwrap();
    assert!(matches!(status(&events), SerialStatus::Running { .. }));
    scanner.write_all(b"P1 AGAIN\r").unwrap();
    assert_eq!(code(&events), b"P1 AGAIN");
    drop(listening);
    assert!(events.recv().is_err(), "its thread has ended");
}

#[test]
fn what_is_no_port_is_a_state_and_not_an_end() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a file");
    std::fs::write(&file, "no port").unwrap();
    let (_listening, events) = listen(&file);
    assert_eq!(reason(&events), SerialFault::Failed);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(reason(&events), SerialFault::NotFound);
    let _scanner = plug(&file).unwrap();
    assert!(matches!(status(&events), SerialStatus::Running { .. }));
}
