//! What a door is called: as a manager calls it, unless somebody at the door said otherwise.

use portero_door::view::LinkState;
use portero_door::{Door, DoorOptions, HubAddress, Settings};
use portero_protocol::device::Role;
use reqwest::Method;
use serde_json::json;

use crate::place::{Place, state, until};

/// A door of this token, and its name where somebody there says one.
async fn door_of(place: &Place, token: &str, name: Option<&str>) -> Door {
    Door::open(DoorOptions {
        data_dir: place.folder(token),
        hub: Some(HubAddress {
            url: place.url(),
            token: place.token(Role::Door, token),
        }),
        name: name.map(str::to_owned),
        settings: Settings::default(),
    })
    .await
    .unwrap()
}

fn name(door: &Door) -> Option<String> {
    door.identity().unwrap().door
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_nobody_named_is_called_as_the_hub_calls_it() {
    let mut place = Place::open().await;
    let (id, code) = place.reservation("Ana", 5).await;
    let door = door_of(&place, "Terraza", None).await;
    state(&door, LinkState::Live).await;
    assert_eq!(name(&door).as_deref(), Some("Terraza"));
    door.scan(code.as_bytes(), 1).await.unwrap();
    assert_eq!(
        door.get(&id).await.unwrap().entries[0].entry.door.as_deref(),
        Some("Terraza")
    );

    // A manager calls it something else: it hears of that when it connects again.
    let device = door.identity().unwrap().device_id;
    let renamed = json!({ "nombre": "Terraza norte" });
    place
        .ask(
            Method::PATCH,
            &format!("api/dispositivos/{device}"),
            Some(renamed),
            None,
        )
        .await;
    place.stop_hub().await;
    place.start_hub();
    until("the new name", async || {
        (name(&door).as_deref() == Some("Terraza norte")).then_some(())
    })
    .await;

    // It knows it without the hub.
    state(&door, LinkState::Live).await;
    door.close().await;
    drop(door);
    place.stop_hub().await;
    let door = door_of(&place, "Terraza", None).await;
    assert_eq!(name(&door).as_deref(), Some("Terraza norte"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_given_at_the_door_stays() {
    let place = Place::open().await;
    for given in [Some("Atrás"), None] {
        let door = door_of(&place, "as the manager says", given).await;
        state(&door, LinkState::Live).await;
        assert_eq!(name(&door).as_deref(), Some("Atrás"));
        door.close().await;
    }
}
