//! What a manager does on a night: a contradiction decided, a list read in, a ticket on paper, a laptop invited and cut off.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::Value;
use thirtyfour::Key;

use crate::{
    stage::Stage,
    window::{PATIENCE, Window},
};

#[tokio::test]
async fn one_ticket_at_two_doors_without_the_hub_is_decided_by_a_manager() -> Result<()> {
    let mut stage = Stage::new()?;
    let guest = stage.hub.reserve("Renata Ibarra", 1).await?;
    let camera: &[&str] = &["--camera", "none"];
    let doors = [
        stage.window("portero", "Puerta 1", camera).await?,
        stage.window("portero", "Puerta 2", camera).await?,
    ];
    let desk = stage.window("gerente", "Gerencia", camera).await?;
    for window in doors.iter().chain([&desk]) {
        window.until_badge("live", PATIENCE).await?;
    }
    for door in &doors {
        knows(door, "renata", &guest.id).await?;
    }
    stage.hub.kill();
    for door in &doors {
        door.until_badge("offline", PATIENCE).await?;
        door.scan_by_hand(&guest.code).await?;
        door.until_verdict("admitted").await?;
    }
    stage.hub.serve()?;
    desk.click("nav-conflicts").await?;
    let opened = || async { Ok(desk.count("conflict").await? == 1) };
    desk.until("the contradiction is on the manager's screen", PATIENCE, opened)
        .await?;
    let called = || async { Ok(doors[0].count("callback").await? + doors[1].count("callback").await? > 0) };
    desk.until("a door is told to call the guest back", PATIENCE, called)
        .await?;
    desk.click("conflict").await?;
    let both = || async {
        let page = desk.run("return document.body.innerText").await?;
        let page = page.as_str().unwrap_or_default();
        Ok(page.contains("Puerta 1") && page.contains("Puerta 2"))
    };
    desk.until("both scans stand side by side", PATIENCE, both)
        .await?;
    desk.portrait("conflict-es-light").await?;
    desk.click("conflict-resolve").await?;
    let decided = || async { Ok(desk.count("conflict").await? == 0) };
    desk.until("nothing is left to decide", PATIENCE, decided).await?;
    let reservation = stage.hub.reservation(&guest.id).await?;
    ensure!(
        reservation["asistenciaActual"] == 2 && stage.hub.entries(&guest.id).await? == 2,
        "what the doors showed is not what was recorded: {reservation}"
    );
    for door in doors {
        door.close().await?;
    }
    desk.close().await?;
    stage.hub.check()
}

#[tokio::test]
async fn a_list_is_read_in_and_its_tickets_are_saved() -> Result<()> {
    let stage = Stage::new()?;
    let today = stage.hub.today().await?;
    let desk = stage.window("gerente", "Gerencia", &["--camera", "none"]).await?;
    desk.until_badge("live", PATIENCE).await?;
    desk.click("nav-reservations").await?;
    desk.click("files").await?;
    desk.click("import").await?;
    desk.element("[data-testid='import-paste']").await?;
    let list = format!(
        "Nombre completo;Pax;Fecha;Hora\nZoé Almeida;4;{today};22:30\nBruno Paz;2;{today};23:00\n;2;{today};22:00\n"
    );
    // Pasted, as a person would: by keys it would be a hand scanner's.
    desk.run(&format!(
        "const field = document.querySelector(\"[data-testid='import-paste']\");
         field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        Value::from(list)
    ))
    .await?;
    let looked_at =
        || async { Ok(desk.count("import-good").await? == 2 && desk.count("import-bad").await? == 1) };
    desk.until("two rows are good and one is not", PATIENCE, looked_at)
        .await?;
    desk.portrait("import-es-light").await?;
    desk.click("import-go").await?;
    desk.element("[data-testid='import-end']").await?;
    desk.escape().await?;
    let listed = || async { Ok(desk.count("reservation-row").await? == 2) };
    desk.until("both are in the list", PATIENCE, listed).await?;
    let id = desk.mark("reservation-row", "data-id").await?;
    let at_hub = || async { Ok(stage.hub.reservation(&id).await.is_ok()) };
    desk.until("the hub has them", PATIENCE, at_hub).await?;

    desk.click("reservation-row").await?;
    desk.element("[data-testid='reservation-qr']").await?;
    for (button, ending, begins) in [
        ("ticket-pdf", "pdf", b"%PDF".as_slice()),
        ("ticket-png", "png", b"\x89PNG"),
    ] {
        desk.click(button).await?;
        saved(&stage, &desk, ending, begins).await?;
    }
    desk.escape().await?;
    for (button, ending, begins) in [
        ("export-csv", "csv", b"".as_slice()),
        ("export-xlsx", "xlsx", b"PK"),
    ] {
        desk.click("files").await?;
        desk.click(button).await?;
        saved(&stage, &desk, ending, begins).await?;
    }
    desk.close().await
}

#[tokio::test]
async fn a_laptop_is_invited_works_and_is_cut_off() -> Result<()> {
    let stage = Stage::new()?;
    let guest = stage.hub.reserve("Grupo Lasso", 3).await?;
    let desk = stage.window("gerente", "Gerencia", &["--camera", "none"]).await?;
    desk.until_badge("live", PATIENCE).await?;
    desk.click("nav-devices").await?;
    desk.click("invite").await?;
    desk.element("[data-testid='invite-name']")
        .await?
        .send_keys("Terraza")
        .await?;
    desk.click("invite-go").await?;
    desk.element("[data-testid='invite-qr']").await?;
    let code = desk.text("invite-code").await?;

    let door = stage.new_window("Terraza").await?;
    door.click("start-join").await?;
    door.click("join-way").await?;
    for (field, text) in [("start-url", stage.hub.url()), ("start-token", code)] {
        door.element(&format!("[data-testid={field}]"))
            .await?
            .send_keys(text.trim())
            .await?;
    }
    door.click("start-go").await?;
    door.until_badge("live", PATIENCE).await?;
    knows(&door, "lasso", &guest.id).await?;
    door.scan_by_hand(&guest.code).await?;
    door.until_verdict("admitted").await?;

    desk.element("[data-testid='device'][data-name='Terraza']")
        .await?
        .click()
        .await?;
    let seen = || async {
        let row = "return document.querySelector('[data-testid=device][data-name=Terraza]')?.closest('tr, li, [role=row]')?.textContent ?? ''";
        Ok(desk
            .run(row)
            .await?
            .as_str()
            .is_some_and(|text| text.contains("Conectado")))
    };
    desk.until("the manager sees it connected", PATIENCE, seen)
        .await?;
    desk.portrait("devices-es-light").await?;
    // Once, and once more to mean it.
    desk.click("device-revoke").await?;
    desk.click("device-revoke").await?;
    door.until_badge("refused", PATIENCE).await?;
    // What it lets in from now on is kept, and waits for a manager.
    door.escape().await?;
    door.scan_by_hand(&guest.code).await?;
    desk.click("nav-conflicts").await?;
    let held = || async { Ok(desk.count("conflict").await? == 1) };
    desk.until("what it delivers waits for a decision", PATIENCE, held)
        .await?;
    ensure!(
        stage.hub.entries(&guest.id).await? == 1,
        "counted before anybody decided"
    );
    door.close().await?;
    desk.close().await
}

#[tokio::test]
async fn a_walk_in_is_a_name_a_number_and_enter() -> Result<()> {
    let stage = Stage::new()?;
    let door = stage.window("portero", "Puerta 1", &["--camera", "none"]).await?;
    door.until_badge("live", PATIENCE).await?;
    door.press("n").await?;
    door.element("[data-testid='walk-in'] input").await?;
    door.press("Irene").await?;
    door.press(&Key::Enter.value().to_string()).await?;
    door.until_verdict("admitted").await?;
    let ticked = || async { Ok(door.delivered("confirmed").await? == 1) };
    door.until("the hub has the walk-in and its entry", PATIENCE, ticked)
        .await?;
    door.close().await?;
    stage.hub.check()
}

/// Waits until a search at the door finds the guest.
async fn knows(door: &Window, name: &str, id: &str) -> Result<()> {
    door.press("/").await?;
    door.press(name).await?;
    let found = || async { Ok(door.mark("search-result", "data-id").await? == id) };
    door.until("the door knows the guest", PATIENCE, found).await?;
    door.escape().await?;
    door.escape().await
}

/// Waits for a file with this ending and these first bytes among the user's files.
async fn saved(stage: &Stage, window: &Window, ending: &str, begins: &[u8]) -> Result<()> {
    let there = || async {
        let found = fs::read_dir(stage.home())?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .find(|path| path.extension().is_some_and(|one| one == ending));
        Ok(match found {
            Some(path) => {
                let bytes = fs::read(path)?;
                !bytes.is_empty() && bytes.starts_with(begins)
            }
            None => false,
        })
    };
    window
        .until(&format!("a file .{ending} is saved"), PATIENCE, there)
        .await
        .map(drop)
}
