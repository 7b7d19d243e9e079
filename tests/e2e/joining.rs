//! A first start: the hub in one window, and another window that joins it; both are what they were after a restart.

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    process::portero_hub,
    stage::data,
    window::{PATIENCE, Window},
};

#[tokio::test]
async fn one_window_is_the_hub_and_another_joins_it() -> Result<()> {
    let dir = TempDir::with_prefix("portero-e2e-")?;
    let args = |name: &str| {
        let mut args = data(dir.path(), name);
        args.extend(["--lang", "es", "--camera", "none"].map(str::to_owned));
        args
    };
    let desk = Window::open(dir.path(), "host", &args("host")).await?;
    desk.element("[data-testid=start-host]").await?;
    desk.click("start-host").await?;
    desk.element("[data-testid=start-venue]")
        .await?
        .send_keys("Club Miramar")
        .await?;
    desk.click("start-go").await?;
    desk.until_badge("live", PATIENCE).await?;

    let store = format!("sqlite:{}", dir.path().join("data-host/hub.db").display());
    let made = std::process::Command::new(portero_hub()?)
        .args([
            "token", "--store", &store, "--role", "portero", "--name", "Puerta 2",
        ])
        .output()?;
    let made: Value = serde_json::from_slice(&made.stdout).context("the hub gives no token")?;
    let url = desk
        .run("return window.__TAURI_INTERNALS__.invoke('startup').then(startup => startup.hostedHub.url)")
        .await?;

    let door = Window::open(dir.path(), "join", &args("join")).await?;
    door.element("[data-testid=start-join]").await?;
    door.click("start-join").await?;
    door.element("[data-testid=join-way]").await?;
    door.click("join-way").await?;
    let fields = [
        ("start-url", url.as_str().context("no address")?),
        ("start-token", made["token"].as_str().context("no token")?),
    ];
    for (field, text) in fields {
        door.element(&format!("[data-testid={field}]"))
            .await?
            .send_keys(text)
            .await?;
    }
    door.click("start-go").await?;
    door.until_badge("live", PATIENCE).await?;
    door.close().await?;
    desk.close().await?;

    // The hub keeps its port, so that what joined it finds it again.
    let desk = Window::open(dir.path(), "host", &args("host")).await?;
    desk.until_badge("live", PATIENCE).await?;
    let door = Window::open(dir.path(), "join", &args("join")).await?;
    door.until_badge("live", PATIENCE).await?;
    door.close().await?;
    desk.close().await
}
