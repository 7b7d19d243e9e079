//! Pictures of every screen in both languages and both lights, for people to look at.

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    stage::{Stage, data},
    window::{PATIENCE, Window},
};

/// Language and light.
const LOOKS: [(&str, &str); 4] = [("es", "dark"), ("es", "light"), ("en", "light"), ("en", "dark")];

#[tokio::test]
async fn the_door_in_both_languages_and_both_lights() -> Result<()> {
    let stage = Stage::new()?;
    let mut guests = Vec::new();
    for (name, party) in [
        ("Lucía Fernández", 6),
        ("José López", 4),
        ("Marta Ríos", 2),
        ("Ñusta Quispe", 8),
    ] {
        guests.push((name, stage.hub.reserve(name, party).await?));
    }
    let mut camera = stage.camera("door")?;
    let door = stage
        .window("gerente", "Puerta 1", &["--camera", &camera.camera()])
        .await?;
    door.until_badge("live", PATIENCE).await?;
    for ((language, light), (name, guest)) in LOOKS.into_iter().zip(&guests) {
        dress(&door, language, light).await?;
        let calm = || async { Ok(door.verdict().await? == "idle") };
        door.until("the screen is calm", PATIENCE, calm).await?;
        door.portrait(&format!("door-calm-{language}-{light}")).await?;
        camera.show(&guest.code)?;
        let named = || async { Ok(door.text("verdict-name").await?.contains(name)) };
        door.until("the guest is named", PATIENCE, named).await?;
        let confirmed = || async { Ok(door.delivered("pending").await? == 0) };
        door.until("the hub has the entry", PATIENCE, confirmed).await?;
        door.portrait(&format!("door-{language}-{light}")).await?;
        camera.clear()?;
    }
    door.close().await
}

#[tokio::test]
async fn the_desk_in_both_languages_and_both_lights() -> Result<()> {
    let dir = TempDir::with_prefix("portero-e2e-")?;
    let mut args = data(dir.path(), "demo");
    args.extend(["--demo", "--camera", "none", "--lang", "es"].map(str::to_owned));
    let window = Window::open(dir.path(), "demo-desk", &args).await?;
    window.until_badge("live", PATIENCE).await?;
    for (language, light) in LOOKS {
        let look = format!("{language}-{light}");
        window.click("nav-reservations").await?;
        dress(&window, language, light).await?;
        window.element("[data-testid='reservation-row']").await?;
        window.portrait(&format!("reservations-{look}")).await?;
        window.click("reservation-row").await?;
        window.element("[data-testid='reservation-qr']").await?;
        window.portrait(&format!("reservation-{look}")).await?;
        window.escape().await?;
        for screen in ["tonight", "conflicts", "devices", "settings"] {
            window.click(&format!("nav-{screen}")).await?;
            dress(&window, language, light).await?;
            window.portrait(&format!("{screen}-{look}")).await?;
        }
        window.click("badge").await?;
        window.element("[data-testid='badge-details']").await?;
        window.portrait(&format!("badge-{look}")).await?;
        window.escape().await?;
    }
    window.close().await
}

#[tokio::test]
async fn the_first_start_in_both_languages() -> Result<()> {
    let dir = TempDir::with_prefix("portero-e2e-")?;
    for language in ["es", "en"] {
        let mut args = data(dir.path(), language);
        args.extend(["--lang", language].map(str::to_owned));
        let window = Window::open(dir.path(), "first-portrait", &args).await?;
        window.element("[data-testid='first-start']").await?;
        window.portrait(&format!("first-start-{language}")).await?;
        window.close().await?;
    }
    Ok(())
}

/// Clicks until the page says that language and that light. A screen may have its own light until somebody chooses one.
async fn dress(window: &Window, language: &str, light: &str) -> Result<()> {
    for (toggle, attribute, wanted) in [
        ("lang-toggle", "lang", language),
        ("theme-toggle", "data-theme", light),
    ] {
        let script = format!("return document.documentElement.getAttribute('{attribute}')");
        if window.run(&script).await? != wanted {
            window.click(toggle).await?;
        }
        // The words of a language are a file of their own, which is read at the first wish for it.
        let is = || async { Ok(window.run(&script).await? == wanted) };
        window
            .until(&format!("{attribute} is {wanted}"), PATIENCE, is)
            .await?;
    }
    Ok(())
}
