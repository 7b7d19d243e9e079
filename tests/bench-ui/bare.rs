//! The control: a window of the same kit with an empty page, from its program's start to its first frame.

use anyhow::{Context as _, Result};
use tauri::{WebviewUrl, WebviewWindowBuilder, http::Response};

/// The argument that asks this program for it.
pub(crate) const ASKED: &str = "--bare-window";
/// What it prints when it has painted.
pub(crate) const PAINTED: &str = "painted";

/// Opens the window and ends with its first frame. The page comes from a scheme of its own, as the app's does: for
/// `about:blank` WebKitGTK starts no process that could paint.
pub(crate) fn run() -> Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_, _| {
            let page = Response::builder().header("content-type", "text/html");
            page.body(b"<!doctype html><title>bare</title><p>.".to_vec())
                .unwrap_or_default()
        })
        .setup(|app| {
            WebviewWindowBuilder::new(
                app,
                "main",
                WebviewUrl::CustomProtocol("bare://localhost/".parse()?),
            )
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
