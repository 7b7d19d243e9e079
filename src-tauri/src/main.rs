//! `portero`, the desktop app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    avoid_empty_window();
    portero_app::main()
}

/// WebKitGTK's DMABUF renderer shows an empty window on some graphics drivers; its older renderer always works.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "changing the environment is unsafe while other threads run; here none has been started"
)]
fn avoid_empty_window() {
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(SWITCH).is_none() {
        // SAFETY: the first statement of `main`, before any thread.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}
