//! The disk's own commit: what every entry that is on disk has to wait for, whoever writes it.

use std::fs::File;
use std::io::Write as _;
use std::time::Instant;

use super::figure::{figure, ms, percentile};

/// Measured commits of one size.
pub(crate) struct Probe {
    file: File,
    _folder: tempfile::TempDir,
    measured: Vec<f64>,
}

impl Probe {
    pub(crate) fn new() -> Self {
        let folder = super::folder();
        Self {
            file: File::create(folder.path().join("probe")).unwrap(),
            _folder: folder,
            measured: Vec::new(),
        }
    }

    /// Appends 4 KiB and waits until they are on the disk.
    pub(crate) fn commit(&mut self) {
        let started = Instant::now();
        self.file.write_all(&[7; 4_096]).unwrap();
        self.file.sync_data().unwrap();
        self.measured.push(ms(started.elapsed()));
    }

    /// In ms.
    pub(crate) fn p99(&self) -> f64 {
        percentile(&self.measured, 99)
    }

    /// Prints what was measured.
    pub(crate) fn print(&self) {
        figure(
            "this disk's own commit (4 KiB), p50",
            percentile(&self.measured, 50),
            "ms",
            None,
            None,
        );
        figure(
            "this disk's own commit (4 KiB), p99",
            self.p99(),
            "ms",
            None,
            None,
        );
    }
}
