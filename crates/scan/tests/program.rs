//! `portero-scan` as scripts and kiosks use it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn portero_scan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portero-scan"));
    command.env_remove("RUST_LOG");
    command
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn draw(code: &str, file: &Path) {
    assert!(
        portero_scan()
            .arg("draw")
            .arg(code)
            .arg(file)
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn decode_gives_one_line_a_file_in_order_and_goes_on_after_a_bad_one() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.png"), dir.path().join("b.png"));
    draw("Reserva Ñandú 🎉", &a);
    draw("P1SECOND", &b);
    std::fs::write(dir.path().join("bad.png"), "no picture").unwrap();
    image::GrayImage::from_pixel(300, 200, image::Luma([128]))
        .save(dir.path().join("grey.png"))
        .unwrap();
    let output = portero_scan()
        .current_dir(dir.path())
        .args(["decode", "a.png", "bad.png", "missing.png", "grey.png", "b.png"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let lines = lines(&output);
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["file"], "a.png");
    assert_eq!(lines[0]["codes"][0]["text"], "Reserva Ñandú 🎉");
    assert_eq!(lines[0]["codes"][0]["bytes"], Value::Null);
    assert_eq!(lines[0]["codes"][0]["corners"].as_array().unwrap().len(), 4);
    assert!(lines[0]["ms"].as_f64().unwrap() >= 0.0);
    assert_eq!(lines[1]["error"]["code"], "not_a_picture");
    assert_eq!(lines[2]["error"]["code"], "unreadable_file");
    assert_eq!(lines[3]["codes"], serde_json::json!([]));
    assert_eq!(lines[4]["codes"][0]["text"], "P1SECOND");
}

#[test]
fn bytes_that_are_no_text_come_as_base64() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("raw.png");
    let modules = portero_scan::qr::Modules::new(&[0xff, 0x00, 0x80, 0xfe]).unwrap();
    let side = (modules.size() + 8) as u32 * 6;
    image::GrayImage::from_fn(side, side, |x, y| {
        let at = |v: u32| (v as usize / 6).wrapping_sub(4);
        image::Luma([if modules.dark(at(x), at(y)) { 0 } else { 255 }])
    })
    .save(&file)
    .unwrap();
    let output = portero_scan().arg("decode").arg(&file).output().unwrap();
    assert_eq!(lines(&output)[0]["codes"][0]["bytes"], "/wCA/g==");
}

#[test]
fn watch_once_ends_at_the_first_code() {
    let dir = tempfile::tempdir().unwrap();
    draw("P1ONCE", &dir.path().join("a.png"));
    let glob = format!("file:{}/*.png", dir.path().display());
    let output = portero_scan()
        .args(["watch", "--camera", &glob, "--once"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let lines = lines(&output);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0]["text"].as_str(), lines[0]["frame"].as_u64()),
        (Some("P1ONCE"), Some(1))
    );
}

#[test]
fn watch_once_without_a_code_is_status_1_and_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    image::GrayImage::from_pixel(300, 200, image::Luma([128]))
        .save(dir.path().join("grey.png"))
        .unwrap();
    for (glob, code) in [("*.png", "nothing_read"), ("*.jpg", "camera_unavailable")] {
        let glob = format!("file:{}/{glob}", dir.path().display());
        let output = portero_scan()
            .args(["watch", "--camera", &glob, "--once"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(code), "{message}");
    }
}

#[test]
fn a_code_that_stays_counts_once_and_the_time_ends_it_well() {
    let dir = tempfile::tempdir().unwrap();
    draw("P1STAYS", &dir.path().join("a.png"));
    let glob = format!("file:{}/*.png", dir.path().display());
    let output = portero_scan()
        .args(["watch", "--camera", &glob, "--seconds", "3"])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(lines(&output).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_well() {
    let mut child = portero_scan()
        .args(["watch", "--camera", "sim"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let line: Value = serde_json::from_str(&first).unwrap();
    assert!(line["text"].as_str().unwrap().starts_with("P1"));
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    assert!(child.wait().unwrap().success());
}
