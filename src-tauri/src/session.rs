//! A running door: the hub where it runs here, the door, the camera.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;

use portero_door::{Door, DoorOptions, HubAddress, Settings};
use portero_scan::SourceSpec;
use tauri::AppHandle;

use crate::camera::{self, Camera, DemoCodes, Front};
use crate::desk::Desk;
use crate::error::{ErrorView, Result};
use crate::events;
use crate::hand_scanner::HandScanner;
use crate::hosting::Hosting;
use crate::options::Options;
use crate::setup::{self, Setup};
use crate::sound::Speaker;
use crate::view::StartChoice;

/// What every session stands on.
pub(crate) struct Ground<'a> {
    /// Where events go.
    pub(crate) window: &'a AppHandle,
    /// The command line.
    pub(crate) options: &'a Options,
    /// The settings that hold.
    pub(crate) settings: Settings,
    /// The way to the sound device.
    pub(crate) speaker: Speaker,
}

/// A running door.
pub(crate) struct Session {
    /// The door.
    pub(crate) door: Door,
    /// Who was found goes to the door here.
    pub(crate) desk: Desk,
    /// Its camera.
    pub(crate) camera: Camera,
    /// Its hand scanner, where that is no keyboard.
    pub(crate) scanner: HandScanner,
    /// The hub in this process.
    pub(crate) hosting: Option<Hosting>,
    /// Whether it is a demo.
    pub(crate) demo: bool,
    /// The hub's address, as this device knows it.
    hub_url: String,
}

impl Session {
    /// Starts what `setup` says, on `folder`. `choice` is there on the very first start.
    pub(crate) async fn start(
        ground: Ground<'_>,
        setup: &Setup,
        folder: &Path,
        choice: Option<&StartChoice>,
    ) -> Result<Self> {
        let Ground {
            window,
            options,
            settings,
            speaker,
        } = ground;
        let demo = matches!(setup, Setup::Demo);
        let demo_codes = DemoCodes::default();
        let hosting = match setup {
            Setup::Demo => Some(start_demo(folder, &demo_codes).await?),
            Setup::Host {
                port,
                open_to_network,
                ..
            } => Some(Hosting::start(&folder.join("hub.db"), *port, *open_to_network).await?),
            Setup::Join { .. } => None,
        };
        if let (
            Some(hosting),
            Some(StartChoice::Host {
                venue_name,
                time_zone,
                ..
            }),
        ) = (&hosting, choice)
        {
            hosting.name_venue(venue_name, time_zone).await?;
        }
        let hub = hub_address(setup, folder, options, hosting.as_ref()).await?;
        let hub_url = hub.url.clone();
        let spec = wanted_camera(options, demo, &settings)?;
        let pause_ms = settings.same_code_pause_ms;
        let scanner_settings = settings.clone();
        let door = Door::open(DoorOptions {
            data_dir: folder.to_owned(),
            hub: Some(hub),
            name: setup.own_name(),
            settings,
        })
        .await?;
        let desk = Desk::new(door.clone(), speaker.clone(), Duration::from_millis(pause_ms));
        let front = Front {
            door: door.clone(),
            window: window.clone(),
            speaker,
        };
        let scanner = HandScanner::start(&scanner_settings, desk.clone(), front.clone());
        let camera = Camera::start(spec, pause_ms, desk.clone(), front, demo_codes);
        Ok(Self {
            door,
            desk,
            camera,
            scanner,
            hosting,
            demo,
            hub_url,
        })
    }

    /// The hub's address for other devices.
    pub(crate) fn url_for_others(&self) -> String {
        match &self.hosting {
            Some(hosting) => hosting.view().url,
            None => self.hub_url.clone(),
        }
    }

    /// Tells the window what happens from now on.
    pub(crate) fn follow(&self, window: &AppHandle) {
        tauri::async_runtime::spawn(events::forward(self.door.clone(), window.clone()));
    }

    /// Ends the door, then the hub.
    pub(crate) async fn end(&self) {
        self.door.close().await;
        if let Some(hosting) = &self.hosting {
            hosting.end().await;
        }
    }
}

/// The folder that a set-up keeps its data in. A demo has one a day, so that it always shows tonight; those of other days are removed.
pub(crate) fn folder_of(setup: &Setup, root: &Path) -> Result<PathBuf> {
    let folder = match setup {
        Setup::Demo => {
            let demos = root.join("demo");
            let today = jiff::ZonedDateTime::now().date().to_string();
            remove_older_demos(&demos, &today);
            demos.join(today)
        }
        Setup::Host { .. } | Setup::Join { .. } => root.to_owned(),
    };
    std::fs::create_dir_all(&folder).map_err(|error| ErrorView::file("cannot make", &folder, &error))?;
    Ok(folder)
}

fn remove_older_demos(demos: &Path, today: &str) {
    let Ok(entries) = std::fs::read_dir(demos) else {
        return;
    };
    for entry in entries.flatten() {
        // Only folders that a demo made: named by a date.
        let name = entry.file_name();
        let is_a_demo = name
            .to_str()
            .is_some_and(|name| name != today && name.parse::<jiff::civil::Date>().is_ok());
        if is_a_demo && let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!("an older demo could not be removed: {error}");
        }
    }
}

async fn start_demo(folder: &Path, codes: &DemoCodes) -> Result<Hosting> {
    let file = folder.join("hub.db");
    let new = !file.exists();
    let hosting = Hosting::start(&file, 0, false).await?;
    if new {
        hosting.seed_demo().await?;
    }
    let guests = hosting.demo_codes().await?;
    *codes.lock().unwrap_or_else(PoisonError::into_inner) = guests;
    Ok(hosting)
}

/// Where the hub is and how it knows this device.
async fn hub_address(
    setup: &Setup,
    folder: &Path,
    options: &Options,
    hosting: Option<&Hosting>,
) -> Result<HubAddress> {
    let token = match (&options.token_file, hosting) {
        (Some(file), _) => setup::read_token(file)?,
        (None, None) => setup::token(folder)?,
        (None, Some(hosting)) => {
            if let Ok(token) = setup::token(folder) {
                token
            } else {
                let token = hosting
                    .own_token(&setup.device_name().unwrap_or_default())
                    .await?;
                setup::save_token(folder, &token)?;
                token
            }
        }
    };
    let url = match (setup, hosting) {
        (_, Some(hosting)) => hosting.own_url(),
        (Setup::Join { url, .. }, None) => url.clone(),
        (Setup::Demo | Setup::Host { .. }, None) => String::new(),
    };
    Ok(HubAddress { url, token })
}

fn wanted_camera(options: &Options, demo: bool, settings: &Settings) -> Result<SourceSpec> {
    match (&options.camera, demo, &settings.camera) {
        (Some(id), _, _) => camera::parse(id),
        (None, true, _) => camera::parse("sim"),
        (None, false, Some(id)) => camera::parse(id),
        (None, false, None) => camera::parse("0"),
    }
}
