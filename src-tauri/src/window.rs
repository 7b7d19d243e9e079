//! The one window.

use tauri::{AppHandle, Manager, UserAttentionType, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::app::App;
use crate::error::Result;
use crate::options::Options;

/// The size that every screen was made for.
const SIZE: (f64, f64) = (1_366.0, 768.0);
const SMALLEST: (f64, f64) = (960.0, 600.0);

/// Opens the window. It paints at once; the door opens meanwhile.
pub(crate) fn open(handle: &AppHandle, options: &Options) -> Result<()> {
    let window = WebviewWindowBuilder::new(handle, "main", WebviewUrl::default())
        .title("Portero")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .fullscreen(options.fullscreen)
        // Dark from the first frame on: a white flash blinds people in a dark room.
        .background_color(tauri::webview::Color(11, 14, 19, 255))
        // Otherwise files that are dropped come as an event of Rust's, and the page, which reads them, sees none.
        .disable_drag_drop_handler()
        .build()?;
    let handle = handle.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Focused(true) = event {
            let handle = handle.clone();
            tauri::async_runtime::spawn(async move {
                if let Ok(session) = handle.state::<App>().session().await {
                    session.door.focus();
                }
            });
        }
    });
    Ok(())
}

/// Brings the window to the front, from wherever it is.
pub(crate) fn show(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window("main") else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus())
        // Where the system lets no program take the focus, the task bar says who wants it.
        .and_then(|()| window.request_user_attention(Some(UserAttentionType::Informational)));
    if let Err(error) = shown {
        tracing::warn!("the window could not be brought to the front: {error}");
    }
}
