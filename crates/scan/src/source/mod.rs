//! Where frames come from: a camera, files, a drawn door, or nowhere.

mod camera;
mod dials;
mod files;
mod nokhwa;
mod panel;
mod sim;
mod spec;

pub use nokhwa::{CameraInfo, list_cameras};
pub(crate) use panel::Panel;
pub use spec::{BadSource, SourceSpec};

use std::sync::Arc;
use std::time::Duration;

use crate::frame::{Frame, Latest};
use crate::scanner::CodesOf;
use crate::view::CameraStatus;

pub use crate::pixels::{PictureError, read_picture};

/// What a source gives when it is asked.
#[derive(Debug)]
pub(crate) enum Next {
    /// A frame, already laid down as the latest.
    Frame(Frame),
    /// Its state changed.
    Status(CameraStatus),
    /// Nothing within the time.
    Nothing,
    /// There will be nothing more.
    Ended,
}

/// A stream of frames. Dropping it lets the camera go.
pub(crate) trait FrameSource {
    /// The next frame, waiting at most `patience`.
    fn next(&mut self, patience: Duration) -> Next;
}

/// No camera.
struct Nowhere(bool);

impl FrameSource for Nowhere {
    fn next(&mut self, patience: Duration) -> Next {
        if !std::mem::replace(&mut self.0, true) {
            return Next::Status(CameraStatus::Off);
        }
        std::thread::sleep(patience);
        Next::Nothing
    }
}

/// Opens a source; faults are states that it tells of when asked.
pub(crate) fn open(
    spec: &SourceSpec,
    sim_codes: &CodesOf,
    latest: &Arc<Latest>,
    panel: &Arc<Panel>,
) -> Box<dyn FrameSource> {
    let (latest, panel) = (Arc::clone(latest), Arc::clone(panel));
    match spec {
        SourceSpec::None => Box::new(Nowhere(false)),
        SourceSpec::Index(n) => Box::new(camera::Camera::new(
            nokhwa::opener(nokhwa::Choice::Index(*n)),
            n.to_string(),
            latest,
            panel,
        )),
        SourceSpec::Name(name) => Box::new(camera::Camera::new(
            nokhwa::opener(nokhwa::Choice::Name(name.clone())),
            name.clone(),
            latest,
            panel,
        )),
        SourceSpec::Sim { fps } => Box::new(camera::Camera::new(
            sim::opener(Arc::clone(sim_codes), *fps),
            "sim".to_owned(),
            latest,
            panel,
        )),
        SourceSpec::Files { pattern, once } => Box::new(files::Files::new(pattern.clone(), *once, latest)),
    }
}
