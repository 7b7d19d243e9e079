//! What the window sees of the camera: its state, the outlines of codes, and a hint for the guest.

use serde::{Deserialize, Serialize};

/// State of the camera. None of these stops the door: search and hand scanners go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum CameraStatus {
    /// No camera is wanted (`none`).
    Off,
    /// The camera is being opened.
    Opening {
        /// Its name where known, else what was asked for.
        name: String,
    },
    /// Frames arrive.
    Running {
        /// The camera's own name.
        name: String,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Frames a second as agreed with the camera.
        fps: u32,
        /// How the frames come: `MJPEG`, `YUYV`, `NV12`, `GRAY`, `RGB`, `BGR`, `file`, `sim`.
        format: String,
    },
    /// There are no frames; it is tried again by itself.
    Unavailable {
        /// The camera's name where known, else what was asked for.
        name: String,
        /// Why; the window has a sentence and what to do for each.
        reason: CameraFault,
        /// What the system said, for the log and for support.
        detail: String,
    },
}

/// Why there are no frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum CameraFault {
    /// No camera has this index or name.
    NotFound,
    /// Another program holds it.
    Busy,
    /// The system does not let this program use it.
    Denied,
    /// It was there and is gone.
    Unplugged,
    /// It answers, but no frame comes; or the driver does not answer at all.
    NoFrames,
    /// It offers no format that can be read here.
    NoFormat,
    /// No file fits the pattern, or none of them is a picture.
    NoPictures,
    /// Anything else; `detail` says what.
    Failed,
}

/// What can be turned at a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum DialKind {
    /// How long the shutter is open.
    Exposure,
    /// The distance at which it is sharp.
    Focus,
}

/// A dial of the camera that runs, in the camera's own units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Dial {
    /// Which.
    pub what: DialKind,
    /// Its lowest value.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub min: i64,
    /// Its highest.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub max: i64,
    /// Between two values, at least 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub step: i64,
    /// Where it stands.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub value: i64,
    /// Whether the camera turns it by itself; `None`: it cannot.
    pub automatic: Option<bool>,
}

/// A person turns a dial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Turn {
    /// Which.
    pub what: DialKind,
    /// The camera turns it by itself from now on.
    pub automatic: bool,
    /// Where to, if not by itself.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub value: Option<i64>,
}

/// What would help the guest to be read, from the frame alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Hint {
    /// All black, or all of one shade: something is on the lens.
    Covered,
    /// Too little light.
    TooDark,
    /// A reflection on the code: tilt it.
    Glare,
    /// The code is too small in the picture: come closer.
    TooFar,
    /// The code is larger than the picture: move away.
    TooNear,
    /// Hold still, or wait until the camera is sharp.
    Blurred,
}

/// A code's outline in the preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Outline {
    /// Corners in turn, `[x, y]`, 0..1 of the mirrored preview (a code at the border may reach beyond).
    pub corners: [[f32; 2]; 4],
    /// It was read; otherwise it is only known that a code is there.
    pub text_known: bool,
}

/// What to draw over the preview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct FrameView {
    /// Number of the frame that this was seen in; 0 before the first.
    pub frame: u32,
    /// Codes in it.
    pub outlines: Vec<Outline>,
    /// What would help, if nothing was read lately.
    pub hint: Option<Hint>,
    /// Nothing moves and nothing is there: the next pictures are as this one.
    pub calm: bool,
}
