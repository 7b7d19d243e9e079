//! `cameras`

use super::{Failure, line};

pub(super) fn run() -> Result<(), Failure> {
    let cameras = portero_scan::list_cameras()
        .map_err(|message| Failure::new("camera_list", format!("the cameras cannot be listed: {message}")))?;
    cameras.iter().try_for_each(line)
}
