//! The window opens: on the demo, and on a machine that has never run it.

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::{
    stage::data,
    window::{PATIENCE, Window},
};

#[tokio::test]
async fn the_demo_is_live_and_shows_tonight() -> Result<()> {
    let dir = TempDir::with_prefix("portero-e2e-")?;
    let mut args = data(dir.path(), "demo");
    args.extend(["--demo", "--lang", "es"].map(str::to_owned));
    let window = Window::open(dir.path(), "demo", &args).await?;
    let took = window.until_badge("live", PATIENCE).await?;
    println!("figure: demo, window open to live: {} ms", took.as_millis());
    ensure!(
        window.count("toast").await? == 0,
        "something is complained about: {}",
        window.text("toast").await?
    );
    // the demo's camera shows guests' tickets by itself
    let admitted = || async { Ok(window.verdict().await? != "idle") };
    window
        .until("a guest of the demo gets a verdict", PATIENCE, admitted)
        .await?;

    window.click("nav-reservations").await?;
    let rows = || async { Ok(window.count("reservation-row").await? > 5) };
    window
        .until("tonight's reservations are listed", PATIENCE, rows)
        .await?;
    let first = window.text("reservation-count").await?;
    ensure!(!first.trim().is_empty(), "a row does not say how many have come");
    window.close().await
}

#[tokio::test]
async fn a_first_start_asks_and_the_demo_is_one_click_away() -> Result<()> {
    let dir = TempDir::with_prefix("portero-e2e-")?;
    let mut args = data(dir.path(), "first");
    args.extend(["--lang", "es"].map(str::to_owned));
    let window = Window::open(dir.path(), "first", &args).await?;
    for choice in ["first-start", "start-demo", "start-host", "start-join"] {
        window.element(&format!("[data-testid='{choice}']")).await?;
    }
    window.click("start-demo").await?;
    window.until_badge("live", PATIENCE).await?;
    let gone = || async { Ok(window.count("first-start").await? == 0) };
    window.until("the first start is over", PATIENCE, gone).await?;
    window.close().await
}
