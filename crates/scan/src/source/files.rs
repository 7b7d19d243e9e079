//! Pictures as frames, 15 a second.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{FrameSource, Next, PictureError, read_picture};
use crate::frame::{Frame, Latest};
use crate::luma::Luma;
use crate::view::{CameraFault, CameraStatus};

/// Pictures a second.
const RATE: u32 = 15;
const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / RATE as u64);
/// Decoded pictures kept between passes; beyond, files are read anew.
const KEPT: usize = 100;
/// Wait before looking again for pictures where there were none.
const RETRY: Duration = Duration::from_secs(1);

/// A decoded picture, and the file's time and length that it was read at.
#[derive(Debug)]
struct Kept(Option<SystemTime>, u64, Arc<Luma>);

/// The pictures that fit a pattern, in order of their paths, again and again or once.
#[derive(Debug)]
pub(super) struct Files {
    pattern: String,
    once: bool,
    latest: Arc<Latest>,
    pass: std::vec::IntoIter<PathBuf>,
    kept: HashMap<PathBuf, Kept>,
    due: Instant,
    shown: usize,
    passes: usize,
    status: Option<CameraStatus>,
    /// A frame that waits while its source's state is told first.
    pending: Option<Frame>,
}

impl Files {
    pub(super) fn new(pattern: String, once: bool, latest: Arc<Latest>) -> Self {
        Self {
            pattern,
            once,
            latest,
            pass: Vec::new().into_iter(),
            kept: HashMap::new(),
            due: Instant::now(),
            shown: 0,
            passes: 0,
            status: None,
            pending: None,
        }
    }

    fn name(&self) -> String {
        format!("file:{}", self.pattern)
    }

    /// The next picture that can be read, starting the next pass where one ends.
    fn picture(&mut self) -> Option<Arc<Luma>> {
        loop {
            for path in self.pass.by_ref() {
                match picture(&mut self.kept, &path) {
                    Ok(plane) => {
                        self.shown += 1;
                        return Some(plane);
                    }
                    Err(error) => tracing::warn!(path = %path.display(), %error, "left out of the frames"),
                }
            }
            let nothing_in_this_pass = self.passes > 0 && self.shown == 0;
            if nothing_in_this_pass || (self.once && self.passes > 0) {
                self.passes = 0;
                return None;
            }
            self.passes += 1;
            self.shown = 0;
            let mut paths: Vec<_> = glob::glob(&self.pattern)
                .into_iter()
                .flatten()
                .flatten()
                .collect();
            paths.retain(|p| p.is_file());
            paths.sort();
            self.pass = paths.into_iter();
        }
    }

    fn say(&mut self, status: CameraStatus) -> Option<Next> {
        if self.status.as_ref() == Some(&status) {
            return None;
        }
        self.status = Some(status.clone());
        Some(Next::Status(status))
    }
}

impl FrameSource for Files {
    fn next(&mut self, patience: Duration) -> Next {
        if let Some(frame) = self.pending.take() {
            return Next::Frame(frame);
        }
        let wait = self.due.saturating_duration_since(Instant::now());
        if wait > patience {
            thread::sleep(patience);
            return Next::Nothing;
        }
        thread::sleep(wait);
        let seen_any = self.latest.get().is_some();
        let Some(plane) = self.picture() else {
            if self.once {
                if seen_any {
                    return Next::Ended;
                }
                let status = unavailable(self.name(), &self.pattern);
                return self.say(status).unwrap_or(Next::Ended);
            }
            self.due = Instant::now() + RETRY;
            self.latest.clear();
            let status = unavailable(self.name(), &self.pattern);
            return self.say(status).unwrap_or(Next::Nothing);
        };
        // A slow disk shifts the frames; it does not make the next ones come faster.
        self.due = Instant::now().max(self.due + PERIOD);
        let running = CameraStatus::Running {
            name: self.name(),
            width: plane.width() as u32,
            height: plane.height() as u32,
            fps: RATE,
            format: "file".into(),
        };
        let frame = self.latest.put(plane);
        match self.say(running) {
            Some(status) => {
                self.pending = Some(frame);
                status
            }
            None => Next::Frame(frame),
        }
    }
}

fn picture(kept: &mut HashMap<PathBuf, Kept>, path: &Path) -> Result<Arc<Luma>, PictureError> {
    let meta = std::fs::metadata(path)?;
    let (time, length) = (meta.modified().ok(), meta.len());
    if let Some(Kept(t, l, plane)) = kept.get(path)
        && (*t, *l) == (time, length)
    {
        return Ok(Arc::clone(plane));
    }
    let plane = read_picture(&std::fs::read(path)?)?;
    if kept.len() < KEPT || kept.contains_key(path) {
        kept.insert(path.to_owned(), Kept(time, length, Arc::clone(&plane)));
    }
    Ok(plane)
}

fn unavailable(name: String, pattern: &str) -> CameraStatus {
    CameraStatus::Unavailable {
        name,
        reason: CameraFault::NoPictures,
        detail: format!("no picture fits {pattern}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, name: &str, shade: u8) {
        let picture = image::GrayImage::from_pixel(4, 4, image::Luma([shade]));
        picture.save(dir.join(name)).unwrap();
    }

    fn source(dir: &Path, once: bool) -> Files {
        Files::new(dir.join("*").display().to_string(), once, Arc::default())
    }

    /// Shades of the frames until the source ends, at most `n`, and the last state.
    fn drain(source: &mut Files, n: usize) -> (Vec<u8>, Option<CameraStatus>) {
        let (mut shades, mut last) = (Vec::new(), None);
        while shades.len() < n {
            match source.next(Duration::from_millis(100)) {
                Next::Frame(frame) => shades.push(frame.luma.data()[0]),
                Next::Status(status) => last = Some(status),
                Next::Nothing => {}
                Next::Ended => break,
            }
        }
        (shades, last)
    }

    #[test]
    fn loops_in_order_and_leaves_out_what_is_no_picture() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "b.png", 20);
        write(dir.path(), "a.png", 10);
        std::fs::write(dir.path().join("c.png"), "no picture").unwrap();
        let start = Instant::now();
        let (shades, status) = drain(&mut source(dir.path(), false), 5);
        assert_eq!(shades, [10, 20, 10, 20, 10]);
        assert!(start.elapsed() >= PERIOD * 4, "15 a second");
        assert!(matches!(status, Some(CameraStatus::Running { fps: 15, .. })));
    }

    #[test]
    fn once_is_one_pass() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.png", 10);
        write(dir.path(), "b.png", 20);
        assert_eq!(drain(&mut source(dir.path(), true), 9).0, [10, 20]);
    }

    #[test]
    fn no_picture_is_a_state_and_one_that_comes_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let mut files = source(dir.path(), false);
        let Next::Status(status) = files.next(Duration::ZERO) else {
            panic!("no state")
        };
        assert!(matches!(
            status,
            CameraStatus::Unavailable {
                reason: CameraFault::NoPictures,
                ..
            }
        ));
        write(dir.path(), "late.png", 30);
        assert_eq!(drain(&mut files, 1).0, [30]);
        let (shades, status) = drain(&mut source(&dir.path().join("none"), true), 1);
        assert!(shades.is_empty() && matches!(status, Some(CameraStatus::Unavailable { .. })));
    }

    #[test]
    fn a_picture_written_over_is_read_anew() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.png", 10);
        let mut files = source(dir.path(), false);
        assert_eq!(drain(&mut files, 1).0, [10]);
        image::GrayImage::from_pixel(40, 40, image::Luma([99]))
            .save(dir.path().join("a.png"))
            .unwrap();
        assert_eq!(drain(&mut files, 1).0, [99]);
    }
}
