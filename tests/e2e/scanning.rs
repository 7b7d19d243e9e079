//! A ticket in front of the camera, and the other window that hears of it.

use anyhow::{Result, ensure};

use crate::{
    stage::Stage,
    window::{PATIENCE, Window, numbers},
};

/// The seed's promise for another screen.
const ELSEWHERE_MS: i64 = 1_000;

#[tokio::test]
async fn a_ticket_is_admitted_and_another_window_shows_the_count() -> Result<()> {
    let stage = Stage::new()?;
    let guest = stage.hub.reserve("Lucía Fernández", 6).await?;
    let mut camera = stage.camera("door")?;
    let door = stage
        .window("portero", "Puerta 1", &["--camera", &camera.camera()])
        .await?;
    let desk = stage.window("gerente", "Gerencia", &["--camera", "none"]).await?;
    door.until_badge("live", PATIENCE).await?;
    desk.until_badge("live", PATIENCE).await?;
    desk.click("nav-reservations").await?;
    shows(&desk, &guest.id, [0, 6]).await?;

    let row = format!(
        "[data-testid=reservation-row][data-id=\"{}\"] [data-testid=reservation-count]",
        guest.id
    );
    desk.note_when(&format!(
        "/^\\D*1\\D/.test(document.querySelector(`{row}`)?.textContent ?? '')"
    ))
    .await?;
    door.note_when("document.querySelector('[data-testid=verdict]')?.dataset.verdict === 'admitted'")
        .await?;
    camera.show(&guest.code)?;
    door.until_verdict("admitted").await?;
    ensure!(
        door.text("verdict-name").await?.contains("Lucía Fernández"),
        "the name is not on the screen"
    );
    ensure!(
        door.numbers("verdict-count").await?.starts_with(&[1, 6]),
        "the count is not 1 of 6"
    );
    let here = door.noted("the verdict was seen").await?;
    let there = desk.noted("the other window shows 1 of 6").await?;
    println!(
        "figure: verdict here to count in another window: {} ms",
        there - here
    );
    ensure!(
        there - here < ELSEWHERE_MS,
        "the other window took {} ms",
        there - here
    );
    shows(&desk, &guest.id, [1, 6]).await?;

    // the phone stays: one guest, one entry
    let confirmed = || async { Ok(stage.hub.entries(&guest.id).await? == 1) };
    door.until("the hub has the entry", PATIENCE, confirmed).await?;
    let calm = || async { Ok(door.verdict().await? == "idle") };
    door.until("the screen is calm again", PATIENCE, calm).await?;
    ensure!(
        stage.hub.entries(&guest.id).await? == 1,
        "a code that stays in front of the camera counted twice"
    );

    undo(&stage, &door, &desk, &guest.id).await?;
    door.close().await?;
    desk.close().await?;
    stage.hub.check()
}

/// `Z` takes the last entry back, on both screens.
async fn undo(stage: &Stage, door: &Window, desk: &Window, id: &str) -> Result<()> {
    door.press("z").await?;
    let back = || async { Ok(stage.hub.reservation(id).await?["asistenciaActual"] == 0) };
    door.until("the hub has the undo", PATIENCE, back).await?;
    shows(desk, id, [0, 6]).await
}

/// The row of a reservation says these numbers.
async fn shows(window: &Window, id: &str, expected: [u32; 2]) -> Result<()> {
    let count = format!("[data-testid=reservation-row][data-id=\"{id}\"] [data-testid=reservation-count]");
    let script = format!("return document.querySelector(`{count}`)?.textContent ?? ''");
    let holds = || async {
        let text = window.run(&script).await?;
        Ok(numbers(text.as_str().unwrap_or_default()).starts_with(&expected))
    };
    window
        .until(
            &format!("the row says {} of {}", expected[0], expected[1]),
            PATIENCE,
            holds,
        )
        .await
        .map(drop)
}
