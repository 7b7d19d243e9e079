//! Exposure and focus through nokhwa, where that works.
//!
//! On Linux alone: by nokhwa 0.10, macOS ends the whole program where a camera refuses a value, and Windows never
//! leaves the automatic. Ids are those of the kernel's camera controls (V4L2, `linux/v4l2-controls.h`).

use crate::view::{Dial, Turn};

#[cfg(target_os = "linux")]
pub(super) fn dials(camera: &nokhwa::Camera) -> Vec<Dial> {
    linux::DIALS.iter().filter_map(|d| d.read(camera)).collect()
}

#[cfg(target_os = "linux")]
pub(super) fn turn(camera: &mut nokhwa::Camera, turn: &Turn) {
    let Some(dial) = linux::DIALS.iter().find(|d| d.what == turn.what) else {
        return;
    };
    if let Err(error) = dial.turn(camera, turn) {
        tracing::warn!(?turn, %error, "the camera refused");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn dials(_camera: &nokhwa::Camera) -> Vec<Dial> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn turn(_camera: &mut nokhwa::Camera, _turn: &Turn) {}

#[cfg(target_os = "linux")]
mod linux {
    use nokhwa::utils::{ControlValueDescription, ControlValueSetter, KnownCameraControl};
    use nokhwa::{Camera, NokhwaError};

    use crate::view::{Dial, DialKind, Turn};

    /// A dial and its switch between automatic and by hand.
    pub(super) struct Ids {
        pub(super) what: DialKind,
        value: u32,
        switch: u32,
        /// What the switch is set to for automatic and by hand.
        automatic: ControlValueSetter,
        by_hand: ControlValueSetter,
    }

    pub(super) static DIALS: [Ids; 2] = [
        Ids {
            what: DialKind::Exposure,
            value: 0x009a_0902,
            switch: 0x009a_0901,
            // "Aperture priority" is what USB cameras call automatic; 0 exists in the standard alone.
            automatic: ControlValueSetter::Integer(3),
            by_hand: ControlValueSetter::Integer(1),
        },
        Ids {
            what: DialKind::Focus,
            value: 0x009a_090a,
            switch: 0x009a_090c,
            automatic: ControlValueSetter::Boolean(true),
            by_hand: ControlValueSetter::Boolean(false),
        },
    ];

    fn known(id: u32) -> KnownCameraControl {
        KnownCameraControl::Other(u128::from(id))
    }

    impl Ids {
        pub(super) fn read(&self, camera: &Camera) -> Option<Dial> {
            let control = camera.camera_control(known(self.value)).ok()?;
            let ControlValueDescription::IntegerRange {
                min,
                max,
                value,
                step,
                ..
            } = *control.description()
            else {
                return None;
            };
            let switch = camera.camera_control(known(self.switch)).ok();
            Some(Dial {
                what: self.what,
                min,
                max,
                step: step.max(1),
                value,
                automatic: switch.map(|s| s.value() != self.by_hand),
            })
        }

        pub(super) fn turn(&self, camera: &mut Camera, turn: &Turn) -> Result<(), NokhwaError> {
            let switch = if turn.automatic {
                &self.automatic
            } else {
                &self.by_hand
            };
            let switched = camera.set_camera_control(known(self.switch), switch.clone());
            match turn.value.filter(|_| !turn.automatic) {
                // A dial without a switch is turned all the same.
                Some(value) => {
                    camera.set_camera_control(known(self.value), ControlValueSetter::Integer(value))
                }
                None => switched,
            }
        }
    }
}
