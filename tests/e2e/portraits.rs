//! Pictures of every screen in both languages and both lights, for people to look at.

use anyhow::{Result, ensure};

use crate::{
    stage::Stage,
    window::{PATIENCE, Window},
};

#[tokio::test]
#[ignore = "opens a window: cargo xtask test"]
async fn every_screen_in_both_languages_and_both_lights() -> Result<()> {
    let stage = Stage::new()?;
    let mut guests = Vec::new();
    for (name, party) in [
        ("Lucía Fernández", 6),
        ("José López", 4),
        ("Grupo Andrade", 7),
        ("Marta Ríos", 2),
        ("Ñusta Quispe", 8),
        ("Carlos Vera", 3),
    ] {
        guests.push(stage.hub.reserve(name, party).await?);
    }
    let mut camera = stage.camera("door")?;
    let window = stage
        .window("gerente", "Puerta 1", &["--camera", &camera.camera()])
        .await?;
    window.until_badge("live", PATIENCE).await?;
    let mut guests = guests.iter().cycle();
    for (language, theme) in [("es", "dark"), ("es", "light"), ("en", "light"), ("en", "dark")] {
        dress(&window, language, theme).await?;
        let look = format!("{language}-{theme}");
        window.click("nav-door").await?;
        let calm = || async { Ok(window.verdict().await? == "idle") };
        window.until("the screen is calm", PATIENCE, calm).await?;
        window.portrait(&format!("door-calm-{look}")).await?;
        if let Some(guest) = guests.next() {
            camera.show(&guest.code)?;
            window.until_verdict("admitted").await?;
            window.portrait(&format!("door-{look}")).await?;
            camera.clear()?;
        }
        window.click("nav-reservations").await?;
        window.element("[data-testid='reservation-row']").await?;
        window.portrait(&format!("reservations-{look}")).await?;
        window.click("reservation-row").await?;
        window.element("[data-testid='reservation-qr']").await?;
        window.portrait(&format!("reservation-{look}")).await?;
        window.escape().await?;
        window.click("badge").await?;
        window.element("[data-testid='badge-details']").await?;
        window.portrait(&format!("badge-{look}")).await?;
        window.escape().await?;
    }
    window.close().await
}

/// Clicks until the page says that language and that theme.
async fn dress(window: &Window, language: &str, theme: &str) -> Result<()> {
    for (toggle, attribute, wanted) in [
        ("lang-toggle", "lang", language),
        ("theme-toggle", "data-theme", theme),
    ] {
        let script = format!("return document.documentElement.getAttribute('{attribute}')");
        // a theme may also follow the system, so a toggle can have three stops
        for _ in 0..3 {
            if window.run(&script).await? != wanted {
                window.click(toggle).await?;
            }
        }
        let now = window.run(&script).await?;
        ensure!(now == wanted, "{attribute} is {now}, not {wanted}");
    }
    Ok(())
}
