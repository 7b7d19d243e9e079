//! Codes that do not open the door: each has its verdict, and none leaves an entry.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{stage::Stage, window::PATIENCE};

#[tokio::test]
async fn unknown_damaged_and_cancelled_codes_are_refused_and_leave_nothing() -> Result<()> {
    let stage = Stage::new()?;
    let good = stage.hub.reserve("Carlos Vera", 3).await?;
    let cancelled = stage.hub.reserve("Marta Ríos", 2).await?;
    stage
        .hub
        .change(&cancelled.id, json!({ "estado": "Cancelado" }))
        .await?;
    // a ticket of another venue: well made, and signed by a key that nobody here knows
    let elsewhere = Stage::new()?;
    let foreign = elsewhere.hub.reserve("Grupo Andrade", 7).await?;

    let mut camera = stage.camera("door")?;
    let door = stage
        .window("portero", "Puerta 1", &["--camera", &camera.camera()])
        .await?;
    door.until_badge("live", PATIENCE).await?;
    let codes = [
        ("unknown", foreign.code.clone()),
        ("invalid", "https://example.org/menu".to_owned()),
        ("unknown", damaged(&good.code)),
        ("invalid", good.code[..good.code.len() - 9].to_owned()),
        ("cancelled", cancelled.code.clone()),
    ];
    for (verdict, code) in codes {
        camera.show(&code)?;
        // each differs from the one before, so that none is taken for it
        door.until_verdict(verdict).await?;
        door.portrait(&format!("door-{verdict}-es-dark")).await?;
    }
    let entries = [
        door.delivered("pending").await?,
        door.delivered("confirmed").await?,
    ];
    ensure!(entries == [0, 0], "a refusal was recorded: {entries:?}");

    // and the door still opens: the entry that comes after them is the only one at the hub
    camera.show(&good.code)?;
    door.until_verdict("admitted").await?;
    let there = || async { Ok(stage.hub.entries(&good.id).await? == 1) };
    door.until("the hub has the one entry", PATIENCE, there).await?;
    ensure!(
        stage.hub.entries(&cancelled.id).await? == 0,
        "a cancelled reservation got an entry"
    );
    door.close().await?;
    stage.hub.check()
}

/// The same ticket with one character changed, as a forger or a crease would: its form is right, its signature is not.
fn damaged(code: &str) -> String {
    let mut bytes = code.as_bytes().to_vec();
    let last = bytes.len() - 1;
    bytes[last - 3] = if bytes[last - 3] == b'0' { b'1' } else { b'0' };
    String::from_utf8_lossy(&bytes).into_owned()
}
