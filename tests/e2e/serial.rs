//! A hand scanner on a serial port, chosen in a file of settings: what it reads is answered, and what is wrong with it is said.

use std::{fs, io::Write as _};

use anyhow::{Result, ensure};

use crate::{plug::plug, stage::Stage, window::PATIENCE};

#[tokio::test]
async fn a_scanner_on_a_serial_port_is_unplugged_and_comes_back() -> Result<()> {
    let stage = Stage::new()?;
    let guest = stage.hub.reserve("Marta Ríos", 2).await?;
    let port = stage.home().join("scanner");
    let config = stage.home().join("door.toml");
    fs::write(&config, format!("[scan]\nserial_port = '{}'\n", port.display()))?;
    let mut scanner = plug(&port)?;
    let more = ["--camera", "none", "--config", &config.display().to_string()];
    let door = stage.window("portero", "Puerta 1", &more).await?;
    door.until_badge("live", PATIENCE).await?;

    door.click("nav-settings").await?;
    let is = async |state: &str| {
        let said = || async { Ok(door.mark("serial-scanner", "data-state").await? == state) };
        door.until(&format!("the scanner is {state}"), PATIENCE, said)
            .await
    };
    is("running").await?;
    door.click("nav-door").await?;
    scanner.write_all(format!("{}\r\n", guest.code).as_bytes())?;
    door.until_verdict("admitted").await?;
    ensure!(door.numbers("verdict-count").await?.starts_with(&[1, 2]));

    door.click("nav-settings").await?;
    fs::remove_file(&port)?;
    drop(scanner);
    is("unavailable").await?;
    let said = door.text("serial-scanner").await?;
    ensure!(said.contains("se abre solo"), "it says {said:?}");
    let mut scanner = plug(&port)?;
    is("running").await?;
    scanner.write_all(b"nothing of ours\r\n")?;
    door.click("nav-door").await?;
    door.until_verdict("invalid").await?;
    door.close().await?;
    stage.hub.check()
}
