//! The nokhwa crate behind one file: listing cameras, choosing a format, opening, reading.
//!
//! nokhwa's own choice (`Closest`) looks for frame rates at the wished size alone and its "highest" asks for
//! 4K at 5 frames a second; so the formats are listed and chosen here, and asked for exactly.

use nokhwa::pixel_format::LumaFormat;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
};
use nokhwa::{Camera, NokhwaError};
use serde::Serialize;

use super::camera::{Capture, Fault, Opened, Opener, Shot};
use super::dials;
use crate::pixels::{PixelFormat, from_camera};
use crate::view::{CameraFault, Dial, Turn};

/// A camera of this machine.
#[derive(Clone, Debug, Serialize)]
pub struct CameraInfo {
    /// What `--camera` takes.
    pub index: u32,
    /// The camera's own name.
    pub name: String,
    /// What it offers, such as `1280x720@30 MJPEG`; empty if it is busy or may not be asked.
    pub formats: Vec<String>,
}

/// Every camera that the system knows.
///
/// # Errors
/// The system's message, where it cannot even list them.
pub fn list_cameras() -> Result<Vec<CameraInfo>, String> {
    allow();
    let mut cameras = nokhwa::query(ApiBackend::Auto).map_err(|e| e.to_string())?;
    cameras.sort_by_key(|c| c.index().as_index().unwrap_or(u32::MAX));
    let info = |camera: &nokhwa::utils::CameraInfo| {
        let index = camera.index().as_index().ok()?;
        let mut formats = formats_of(index).unwrap_or_default();
        formats.sort_by_key(|f| (f.format().to_string(), f.width(), f.height(), f.frame_rate()));
        let line =
            |f: &CameraFormat| format!("{}x{}@{} {}", f.width(), f.height(), f.frame_rate(), f.format());
        let mut formats: Vec<_> = formats.iter().map(line).collect();
        formats.dedup();
        // A V4L2 node that captures nothing (a camera's metadata, an output) is no camera.
        Some(CameraInfo {
            index,
            name: camera.human_name(),
            formats,
        })
    };
    Ok(cameras.iter().filter_map(info).collect())
}

/// Which camera.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// By number.
    Index(u32),
    /// By its name: the same camera in another socket.
    Name(String),
}

/// Opens the chosen camera, on the thread that calls it.
pub(super) fn opener(choice: Choice) -> Opener {
    std::sync::Arc::new(move || open(&choice))
}

fn open(choice: &Choice) -> Result<Opened, Fault> {
    if !allow() {
        return Err(Fault::new(
            CameraFault::Denied,
            "the system does not allow this program the camera",
        ));
    }
    let known = nokhwa::query(ApiBackend::Auto).unwrap_or_default();
    let found = known.iter().find(|c| match choice {
        Choice::Index(n) => c.index().as_index().ok() == Some(*n),
        Choice::Name(name) => c.human_name() == *name,
    });
    let Some(found) = found else {
        return Err(Fault::new(
            CameraFault::NotFound,
            "no such camera; `portero-scan cameras` lists them",
        ));
    };
    let index = found.index().as_index().map_err(|e| fault(&e))?;
    probe(index)?;
    let formats = formats_of(index).map_err(|e| fault(&e))?;
    let Some(format) = choose(&formats) else {
        let offered: Vec<_> = formats.iter().map(ToString::to_string).collect();
        return Err(Fault::new(
            CameraFault::NoFormat,
            format!("offered: {}", offered.join(", ")),
        ));
    };
    let formats = [format.format()];
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &formats);
    let mut camera = Camera::new(CameraIndex::Index(index), request).map_err(|e| fault(&e))?;
    camera.open_stream().map_err(|e| fault(&e))?;
    let agreed = camera.camera_format();
    let Some(pixels) = pixel_format(agreed.format()) else {
        return Err(Fault::new(CameraFault::NoFormat, agreed.to_string()));
    };
    Ok(Opened {
        name: found.human_name(),
        width: agreed.width(),
        height: agreed.height(),
        fps: agreed.frame_rate(),
        format: pixels.name(),
        capture: Box::new(Stream {
            camera,
            pixels,
            width: agreed.width() as usize,
            height: agreed.height() as usize,
        }),
    })
}

struct Stream {
    camera: Camera,
    pixels: PixelFormat,
    width: usize,
    height: usize,
}

impl Capture for Stream {
    fn frame(&mut self, wanted: bool) -> Result<Shot, Fault> {
        let raw = self.camera.frame_raw().map_err(|e| gone(&fault(&e)))?;
        if !wanted {
            return Ok(Shot::Unseen);
        }
        match from_camera(self.pixels, self.width, self.height, &raw) {
            Ok(plane) => Ok(Shot::Frame(plane)),
            Err(error) => {
                tracing::debug!(%error, "frame left out");
                Ok(Shot::Damaged)
            }
        }
    }

    fn dials(&mut self) -> Vec<Dial> {
        dials::dials(&self.camera)
    }

    fn turn(&mut self, turn: &Turn) {
        dials::turn(&mut self.camera, turn);
    }
}

/// Every format, with a camera opened for a moment in whatever format it likes.
fn formats_of(index: u32) -> Result<Vec<CameraFormat>, NokhwaError> {
    let any = RequestedFormat::new::<LumaFormat>(RequestedFormatType::None);
    let mut camera = Camera::new(CameraIndex::Index(index), any)?;
    camera.compatible_camera_formats()
}

/// 1280×720 at 15 to 30 frames a second, or what comes nearest: too small costs most, then too slow, then
/// too large. Plain brightness before JPEG at the same size and rate, since it costs no decoding.
fn choose(formats: &[CameraFormat]) -> Option<CameraFormat> {
    let cost = |f: &CameraFormat| {
        let (w, h) = (f64::from(f.width().max(1)), f64::from(f.height().max(1)));
        let area = w * h / (1280.0 * 720.0);
        let size = if area < 1.0 {
            (1.0 / area - 1.0) * 40.0
        } else {
            (area - 1.0) * 10.0
        };
        let rate = match f.frame_rate() {
            slow @ 0..15 => f64::from(15 - slow) * 8.0,
            15..=30 => f64::from(30 - f.frame_rate()) * 0.5,
            fast => f64::from(fast - 30) * 0.1,
        };
        let layout = match f.format() {
            FrameFormat::NV12 | FrameFormat::GRAY | FrameFormat::YUYV => 0.0,
            FrameFormat::MJPEG => 2.0,
            FrameFormat::RAWRGB | FrameFormat::RAWBGR => 3.0,
        };
        size + rate + layout
    };
    formats.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).copied()
}

fn pixel_format(format: FrameFormat) -> Option<PixelFormat> {
    Some(match format {
        FrameFormat::MJPEG => PixelFormat::Mjpeg,
        FrameFormat::YUYV => PixelFormat::Yuyv,
        FrameFormat::NV12 => PixelFormat::Nv12,
        FrameFormat::GRAY => PixelFormat::Gray,
        FrameFormat::RAWRGB => PixelFormat::Rgb,
        FrameFormat::RAWBGR => PixelFormat::Bgr,
    })
}

/// Asks the system for permission where it wants to be asked (macOS), and tells whether it was given.
fn allow() -> bool {
    if nokhwa::nokhwa_check() {
        return true;
    }
    let (answer, answered) = std::sync::mpsc::channel();
    nokhwa::nokhwa_initialize(move |given| {
        let _ = answer.send(given);
    });
    // The person may take a while to answer the system's question; the camera's thread tries again anyway.
    answered
        .recv_timeout(std::time::Duration::from_secs(4))
        .unwrap_or(false)
}

/// Tells denied from busy by asking the system itself: nokhwa gives text only.
#[cfg(target_os = "linux")]
fn probe(index: u32) -> Result<(), Fault> {
    use std::io::ErrorKind;
    let path = format!("/dev/video{index}");
    match std::fs::OpenOptions::new().read(true).write(true).open(&path) {
        Ok(_) => Ok(()),
        Err(error) => {
            let reason = match error.kind() {
                ErrorKind::NotFound => CameraFault::NotFound,
                ErrorKind::PermissionDenied => CameraFault::Denied,
                ErrorKind::ResourceBusy => CameraFault::Busy,
                _ => CameraFault::Failed,
            };
            Err(Fault::new(reason, format!("{path}: {error}")))
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn probe(_index: u32) -> Result<(), Fault> {
    Ok(())
}

/// The system's number in nokhwa's text is all there is to go by.
fn fault(error: &NokhwaError) -> Fault {
    let text = error.to_string();
    let says = |parts: &[&str]| parts.iter().any(|p| text.contains(p));
    let reason = if says(&["os error 16", "busy", "in use", "0xC00D3704"]) {
        CameraFault::Busy
    } else if says(&["os error 13", "os error 1)", "denied", "0x80070005"]) {
        CameraFault::Denied
    } else if says(&["os error 19", "os error 2)"]) {
        CameraFault::Unplugged
    } else if says(&["Fufill"]) {
        CameraFault::NoFormat
    } else {
        CameraFault::Failed
    };
    Fault::new(reason, text)
}

/// A camera that worked and fails while it is read was pulled out, unless the system says otherwise.
fn gone(fault: &Fault) -> Fault {
    match fault.reason {
        CameraFault::Failed | CameraFault::NotFound => {
            Fault::new(CameraFault::Unplugged, fault.detail.clone())
        }
        reason => Fault::new(reason, fault.detail.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nokhwa::utils::Resolution;

    fn format(w: u32, h: u32, fps: u32, kind: FrameFormat) -> CameraFormat {
        CameraFormat::new(Resolution::new(w, h), kind, fps)
    }

    #[test]
    fn a_usual_webcam_runs_hd_as_jpeg() {
        // Raw HD at 10 a second is all that USB 2 carries.
        let formats = [
            format(640, 480, 30, FrameFormat::YUYV),
            format(1280, 720, 10, FrameFormat::YUYV),
            format(1280, 720, 30, FrameFormat::MJPEG),
            format(1920, 1080, 30, FrameFormat::MJPEG),
            format(3840, 2160, 5, FrameFormat::MJPEG),
        ];
        assert_eq!(choose(&formats), Some(formats[2]));
    }

    #[test]
    fn raw_comes_before_jpeg_and_nearest_is_taken() {
        let raw = [
            format(1280, 720, 30, FrameFormat::MJPEG),
            format(1280, 720, 30, FrameFormat::YUYV),
        ];
        assert_eq!(choose(&raw), Some(raw[1]));
        let odd = [
            format(320, 240, 30, FrameFormat::YUYV),
            format(1920, 1080, 15, FrameFormat::MJPEG),
        ];
        assert_eq!(choose(&odd), Some(odd[1]));
        assert_eq!(choose(&[]), None);
    }

    #[test]
    fn faults_are_told_apart() {
        let open = |text: &str| fault(&NokhwaError::OpenStreamError(text.into())).reason;
        assert_eq!(open("Device or resource busy (os error 16)"), CameraFault::Busy);
        assert_eq!(open("Permission denied (os error 13)"), CameraFault::Denied);
        assert_eq!(open("No such device (os error 19)"), CameraFault::Unplugged);
        assert_eq!(open("something else"), CameraFault::Failed);
        let read = fault(&NokhwaError::ReadFrameError(
            "Input/output error (os error 5)".into(),
        ));
        assert_eq!(gone(&read).reason, CameraFault::Unplugged);
    }
}
