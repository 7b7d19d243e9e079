//! The control: a window of the same kit with an empty page, from its program's start to its first frame.

use anyhow::{Context as _, Result};
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// The argument that asks this program for it.
pub(crate) const ASKED: &str = "--bare-window";
/// What it prints when it has painted.
pub(crate) const PAINTED: &str = "painted";

/// Opens the window and ends with its first frame.
pub(crate) fn run() -> Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::External("about:blank".parse()?))
                .inner_size(1_366.0, 768.0)
                .initialization_script(
                    "requestAnimationFrame(() => setTimeout(() => { document.title = 'painted' }))",
                )
                .on_document_title_changed(|window, title| {
                    if title == PAINTED {
                        println!("{PAINTED}");
                        tauri::Manager::app_handle(&window).exit(0);
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("a bare window does not open")
}
