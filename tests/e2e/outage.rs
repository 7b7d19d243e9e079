//! The hub goes, the door goes on; the hub returns, and has everything once.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::{stage::Stage, window::PATIENCE};

/// A dead direct link is seen within this.
const SEEN: Duration = Duration::from_secs(10);
/// From the hub being usable again to live.
const BACK: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_door_goes_on_without_its_hub_and_nothing_is_lost_or_doubled() -> Result<()> {
    let mut stage = Stage::new()?;
    let before = stage.hub.reserve("José López", 2).await?;
    let during = stage.hub.reserve("Ñusta Quispe", 4).await?;
    let mut camera = stage.camera("door")?;
    let door = stage
        .window("portero", "Puerta 1", &["--camera", &camera.camera()])
        .await?;
    door.until_badge("live", PATIENCE).await?;
    camera.show(&before.code)?;
    door.until_verdict("admitted").await?;
    let confirmed = |id: String| {
        let hub = &stage.hub;
        async move { Ok(hub.entries(&id).await? == 1) }
    };
    door.until("the first guest is at the hub", PATIENCE, || {
        confirmed(before.id.clone())
    })
    .await?;
    camera.clear()?;

    stage.hub.kill();
    let seen = door.until_badge("offline", SEEN).await?;
    println!("figure: hub killed to badge offline: {} ms", seen.as_millis());

    camera.show(&during.code)?;
    let name = || async { Ok(door.text("verdict-name").await?.contains("Ñusta Quispe")) };
    door.until("the second guest is named without the hub", PATIENCE, name)
        .await?;
    door.until_verdict("admitted").await?;
    ensure!(
        door.numbers("verdict-count").await?.starts_with(&[1, 4]),
        "the count is not 1 of 4"
    );
    ensure!(
        door.badge().await? == "offline",
        "the badge claims a hub that is not there"
    );

    door.portrait("door-offline-es-dark").await?;

    stage.hub.serve()?;
    let back = door.until_badge("live", BACK).await?;
    println!("figure: hub back to badge live: {} ms", back.as_millis());
    let there = || async { Ok(stage.hub.entries(&during.id).await? == 1) };
    door.until("the hub has the entry of the outage", PATIENCE, there)
        .await?;
    let sent =
        || async { Ok(door.delivered("confirmed").await? == 2 && door.delivered("pending").await? == 0) };
    door.until("both entries have their second tick", PATIENCE, sent)
        .await?;
    for guest in [&before, &during] {
        let reservation = stage.hub.reservation(&guest.id).await?;
        ensure!(
            reservation["asistenciaActual"] == 1,
            "counted otherwise than once: {reservation}"
        );
        ensure!(stage.hub.entries(&guest.id).await? == 1, "more than one entry");
    }
    door.close().await?;
    stage.hub.check()
}
