//! Without a camera: search at the door, and a reservation from the form to the other screen.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::{stage::Stage, window::PATIENCE};

#[tokio::test]
async fn a_guest_without_a_code_is_found_by_name_and_admitted() -> Result<()> {
    let stage = Stage::new()?;
    let guest = stage.hub.reserve("Íñigo Gárate", 2).await?;
    stage.hub.reserve("Ana Solís", 2).await?;
    let door = stage.window("portero", "Puerta 1", &["--camera", "none"]).await?;
    door.until_badge("live", PATIENCE).await?;
    // no camera is no error: the door says so and goes on
    ensure!(
        !door.text("camera-state").await?.trim().is_empty(),
        "nothing says that there is no camera"
    );
    door.press("/").await?;
    door.press("garate").await?;
    let found = || async {
        Ok(door.count("search-result").await? == 1
            && door.mark("search-result", "data-id").await? == guest.id)
    };
    door.until(
        "the one guest of that name is found, accents or not",
        PATIENCE,
        found,
    )
    .await?;
    door.press(&Key::Enter.value().to_string()).await?;
    door.until_verdict("admitted").await?;
    let there = || async { Ok(stage.hub.reservation(&guest.id).await?["asistenciaActual"] == 1) };
    door.until("the hub has the entry", PATIENCE, there).await?;
    door.close().await
}

#[tokio::test]
async fn a_hand_scanner_needs_no_field_and_no_focus() -> Result<()> {
    let stage = Stage::new()?;
    let guest = stage.hub.reserve("Grupo Andrade", 7).await?;
    let door = stage.window("portero", "Puerta 1", &["--camera", "none"]).await?;
    door.until_badge("live", PATIENCE).await?;
    door.scan_by_hand(&guest.code).await?;
    door.until_verdict("admitted").await?;
    ensure!(
        door.text("verdict-name").await?.contains("Grupo Andrade"),
        "the name is not on the screen"
    );
    let there = || async { Ok(stage.hub.entries(&guest.id).await? == 1) };
    door.until("the hub has the entry", PATIENCE, there).await?;
    door.close().await
}

#[tokio::test]
async fn a_reservation_made_at_the_desk_reaches_the_hub_and_the_door() -> Result<()> {
    let stage = Stage::new()?;
    let desk = stage.window("gerente", "Gerencia", &["--camera", "none"]).await?;
    let door = stage.window("portero", "Puerta 1", &["--camera", "none"]).await?;
    desk.until_badge("live", PATIENCE).await?;
    door.until_badge("live", PATIENCE).await?;
    desk.click("nav-reservations").await?;
    desk.click("reservation-new").await?;
    let form = "[data-testid='reservation-form']";
    desk.element(form).await?;
    desk.element(&format!("{form} [name='nombre']"))
        .await?
        .send_keys("Valentina Cruz")
        .await?;
    desk.click("reservation-save").await?;
    let listed = || async { Ok(desk.count("reservation-row").await? == 1) };
    desk.until("the new reservation is in the list", PATIENCE, listed)
        .await?;
    ensure!(
        desk.text("reservation-row").await?.contains("Valentina Cruz"),
        "the row has another name"
    );
    let id = desk.mark("reservation-row", "data-id").await?;
    let at_hub = || async { Ok(stage.hub.reservation(&id).await.is_ok()) };
    desk.until("the hub has it", PATIENCE, at_hub).await?;
    desk.click("reservation-row").await?;
    desk.element("[data-testid='reservation-qr']").await?;

    door.click("nav-door").await?;
    door.press("/").await?;
    door.press("valentina").await?;
    let known = || async { Ok(door.mark("search-result", "data-id").await? == id) };
    door.until("the door knows the new guest", PATIENCE, known)
        .await?;
    desk.close().await?;
    door.close().await
}
