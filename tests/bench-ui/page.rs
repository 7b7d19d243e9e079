//! What looks on from inside the page, in the page's own clock.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::window::Window;

/// Notes for each key press how long it took until the frame that shows the list it asked for. A press that changes nothing notes nothing.
pub(crate) async fn watch_typing(window: &Window, list: &str) -> Result<()> {
    window
        .run(&format!(
            "window.__waits = [];
             let pressed = null;
             addEventListener('keydown', (event) => {{ pressed = event.timeStamp; }}, true);
             new MutationObserver(() => {{
               if (pressed === null) return;
               const from = pressed;
               pressed = null;
               requestAnimationFrame(() => {{
                 const after = new MessageChannel();
                 after.port1.onmessage = () => window.__waits.push(performance.now() - from);
                 after.port2.postMessage(0);
               }});
             }}).observe(document.querySelector(\"{list}\"), {{ subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['aria-rowcount', 'data-id'] }});"
        ))
        .await
        .map(drop)
}

/// The waits that were noted, in ms.
pub(crate) async fn waits(window: &Window) -> Result<Vec<f64>> {
    numbers(window, "return window.__waits").await
}

/// Notes the time between frames from now on.
pub(crate) async fn watch_frames(window: &Window) -> Result<()> {
    window
        .run(
            "window.__frames = [];
             let last = performance.now();
             const mine = window.__watch = (window.__watch ?? 0) + 1;
             const frame = (now) => {
               if (window.__watch !== mine) return;
               window.__frames.push(now - last);
               last = now;
               requestAnimationFrame(frame);
             };
             requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });",
        )
        .await
        .map(drop)
}

/// The times between frames that were noted, in ms.
pub(crate) async fn frames(window: &Window) -> Result<Vec<f64>> {
    numbers(window, "return window.__frames").await
}

/// Waits until one more was noted, or for as long as no list takes: whether there is one.
pub(crate) async fn one_more(window: &Window, than: u64) -> Result<bool> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(700) {
        let noted = window.run("return window.__waits.length").await?;
        if noted.as_u64().is_some_and(|noted| noted > than) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn numbers(window: &Window, script: &str) -> Result<Vec<f64>> {
    let value = window.run(script).await?;
    let list = value.as_array().context("the page noted nothing")?;
    Ok(list.iter().filter_map(serde_json::Value::as_f64).collect())
}
