//! Cameras and QR decoding for a door.
//!
//! - [`Scanner`] (`scanner`): the running thing; a frame source, a decoder and the debounce on a thread
//! - `source`: where frames come from: a camera ([`list_cameras`]), files, a drawn door, or nowhere
//! - [`decode`]: from a brightness plane ([`luma`]) to the bytes of the codes in it
//! - [`serial`]: hand scanners on a serial port
//! - [`debounce`]: what counts as a scan, as a plain state machine
//! - `pixels` and `mjpeg`: the plane of what cameras and files deliver
//! - `pipeline`: one frame's way through decoding and debounce; `blocks` and `hint` look at it coarsely
//! - `preview` and [`view`]: what the window sees
//! - [`qr`]: drawing a ticket's code
//! - [`synth`]: drawn frames for the `sim` camera, tests and benchmarks
//!
//! No tokio and no tauri: threads, a callback, and a handle.

mod blocks;
mod cputime;
pub mod debounce;
pub mod decode;
mod frame;
mod hint;
pub mod luma;
mod mjpeg;
mod pipeline;
mod pixels;
mod preview;
pub mod qr;
mod scanner;
pub mod serial;
mod source;
pub mod synth;
pub mod view;

pub use pipeline::watch_frames;
pub use preview::Preview;
pub use scanner::{CodesOf, IsTicket, ScanEvent, ScanSettings, Scanner, SeenCode};
pub use source::{BadSource, CameraInfo, PictureError, SourceSpec, list_cameras, read_picture};

/// A handful of codes as a venue's tickets look, for a `sim` camera without a venue. They are signed by
/// nobody.
pub fn demo_codes() -> Vec<String> {
    const BASE45: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    (0..8)
        .map(|guest| {
            let mut rng = fastrand::Rng::with_seed(0x9057 + guest);
            let body = (0..141).map(|_| char::from(BASE45[rng.usize(..BASE45.len())]));
            "P1".chars().chain(body).collect()
        })
        .collect()
}
