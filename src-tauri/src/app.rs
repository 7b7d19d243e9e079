//! The app: its folder, its command line, its stage, and how it gets from one stage to the next.

use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::time::Instant;

use portero_door::Settings;
use tauri::{AppHandle, Emitter};
use tokio::sync::Mutex;

use crate::awake::Awake;
use crate::camera;
use crate::error::{ErrorView, Result};
use crate::events;
use crate::joining::Lookout;
use crate::options::Options;
use crate::preferences::Preferences;
use crate::session::{Ground, Session, folder_of};
use crate::setup::{self, Setup};
use crate::sound::Speaker;
use crate::stage::{Stage, Stages};
use crate::view::{StartChoice, Startup};

/// The app's state, shared with every command.
pub(crate) struct App {
    handle: AppHandle,
    options: Options,
    root: PathBuf,
    stages: Stages,
    preferences: Arc<Preferences>,
    speaker: Speaker,
    awake: Awake,
    began: Instant,
    usable: Once,
    lookout: Lookout,
    /// Held while a choice is being carried out, so that two clicks do not start two hubs. With the token that an invitation was exchanged for
    /// by a start that then failed: an invitation is good once.
    choosing: Mutex<Option<Exchanged>>,
}

/// A token that an invitation was exchanged for.
struct Exchanged {
    code: String,
    token: String,
}

impl App {
    /// An app on a data folder; it starts with [`App::start`].
    ///
    /// # Errors
    /// A settings file that cannot be read.
    pub(crate) fn new(handle: AppHandle, options: Options, root: PathBuf) -> Result<Self> {
        let preferences = Arc::new(Preferences::load(&root, options.config.as_deref())?);
        let speaker = Speaker::start(Arc::clone(&preferences));
        Ok(Self {
            handle,
            options,
            root,
            stages: Stages::new(),
            preferences,
            speaker,
            awake: Awake::default(),
            began: Instant::now(),
            usable: Once::new(),
            lookout: Lookout::default(),
            choosing: Mutex::new(None),
        })
    }

    /// Opens what the command line or the data folder asks for.
    pub(crate) async fn start(&self) {
        let stage = match self.wanted() {
            Ok(Some(setup)) => self.run(&setup).await,
            Ok(None) => Stage::FirstStart,
            Err(error) => Stage::Failed(error),
        };
        self.settle(stage).await;
    }

    /// Says that the start failed.
    pub(crate) async fn fail(&self, error: ErrorView) {
        self.settle(Stage::Failed(error)).await;
    }

    /// The running door.
    ///
    /// # Errors
    /// This device was not set up, or could not start.
    pub(crate) async fn session(&self) -> Result<Arc<Session>> {
        self.stages.session().await
    }

    /// The way to the sound device.
    pub(crate) fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    /// Carries out the first choice.
    ///
    /// # Errors
    /// The choice cannot be carried out; this device is then as it was.
    pub(crate) async fn choose(&self, choice: StartChoice) -> Result<Startup> {
        let mut exchanged = self.choosing.lock().await;
        if let Stage::Running(_) = self.stages.settled().await {
            return Ok(self.startup().await);
        }
        let mut setup = Setup::from_choice(&choice)?;
        let folder = folder_of(&setup, &self.root)?;
        match &choice {
            StartChoice::Join { token, .. } => setup::save_token(&folder, token.trim())?,
            StartChoice::Accept { url, code, .. } => {
                let token = match exchanged.take().filter(|kept| kept.code == *code) {
                    Some(kept) => kept.token,
                    None => portero_door::pair(url.trim(), code, setup.device_name().as_deref()).await?,
                };
                setup::save_token(&folder, &token)?;
                *exchanged = Some(Exchanged {
                    code: code.clone(),
                    token,
                });
                setup.hub_knows_name();
            }
            StartChoice::Demo | StartChoice::Host { .. } => {}
        }
        // The door's own camera is the same one.
        self.stop_looking().await;
        let session = Session::start(self.ground(), &setup, &folder, Some(&choice)).await?;
        // Kept only once it works, so that a choice that fails can be made again.
        setup::save(&self.root, &setup)?;
        *exchanged = None;
        self.settle(Stage::Running(Arc::new(session))).await;
        Ok(self.startup().await)
    }

    /// How the app stands, for the window.
    pub(crate) async fn startup(&self) -> Startup {
        let stage = self.stages.settled().await;
        let (session, problem) = match &stage {
            Stage::Running(session) => (Some(Arc::clone(session)), None),
            Stage::Failed(error) => (None, Some(error.clone())),
            Stage::Starting | Stage::FirstStart => (None, None),
        };
        let identity = match &session {
            Some(session) => session.door.identity().ok(),
            None => None,
        };
        let settings = self.preferences.now();
        Startup {
            first_start: matches!(stage, Stage::FirstStart),
            demo: session.as_ref().is_some_and(|session| session.demo),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lang: self
                .options
                .lang
                .map(|lang| lang.as_str().to_owned())
                .or(settings.lang),
            theme: settings.theme,
            sound: settings.sound,
            sse_enabled: settings.sse_enabled,
            fullscreen: self.options.fullscreen,
            identity,
            hosted_hub: session
                .as_ref()
                .and_then(|session| session.hosting.as_ref())
                .map(|hosting| hosting.view()),
            problem,
        }
    }

    /// Keeps a setting, and tells the running door.
    ///
    /// # Errors
    /// A key or value that does not exist, or a file that cannot be written.
    pub(crate) async fn set_preference(&self, key: &str, value: &serde_json::Value) -> Result<()> {
        self.preferences.keep(key, value)?;
        if let Stage::Running(session) = self.stages.settled().await {
            session.door.set(key, value)?;
            if key.starts_with("scan.serial_") {
                let settings = self.preferences.now();
                tauri::async_runtime::spawn_blocking(move || session.scanner.listen(&settings)).await?;
            }
        }
        Ok(())
    }

    /// Goes to another camera and remembers it.
    ///
    /// # Errors
    /// A choice that does not exist, or a file that cannot be written.
    pub(crate) async fn select_camera(&self, id: &str) -> Result<()> {
        self.session().await?.camera.select(id)?;
        self.preferences.keep("scan.camera", &id.into())
    }

    /// Keeps the screen on, or no longer.
    ///
    /// # Errors
    /// `internal`: this system has nobody to ask.
    pub(crate) async fn keep_awake(&self, on: bool) -> Result<()> {
        let awake = self.awake.clone();
        tauri::async_runtime::spawn_blocking(move || awake.keep(on)).await?
    }

    /// The window shows its first list.
    pub(crate) fn usable(&self) {
        self.usable.call_once(|| {
            tracing::info!(ms = self.began.elapsed().as_millis(), "the window shows its list");
        });
    }

    /// The settings that hold.
    pub(crate) fn settings(&self) -> Settings {
        self.preferences.now()
    }

    /// The camera that looks for an invitation.
    pub(crate) fn lookout(&self) -> &Lookout {
        &self.lookout
    }

    /// Looks for an invitation, with that camera or the one that the command line or the settings name.
    ///
    /// # Errors
    /// `invalid_field`: a camera that is none.
    pub(crate) async fn look_for_invitation(&self, camera: Option<&str>) -> Result<()> {
        let settings = self.preferences.now();
        let wanted = camera
            .or(self.options.camera.as_deref())
            .or(settings.camera.as_deref())
            .unwrap_or("0");
        let spec = camera::parse(wanted)?;
        let (lookout, window) = (self.lookout.clone(), self.handle.clone());
        tauri::async_runtime::spawn_blocking(move || lookout.look(spec, window)).await?;
        Ok(())
    }

    /// Gives that camera back.
    pub(crate) async fn stop_looking(&self) {
        let lookout = self.lookout.clone();
        // A driver that hangs is waited for on a thread that may wait.
        if let Err(error) = tauri::async_runtime::spawn_blocking(move || lookout.stop()).await {
            tracing::warn!("the camera was not closed well: {error}");
        }
    }

    /// Ends what runs, hub last, so that the door can still deliver.
    pub(crate) async fn end(&self) {
        if let Stage::Running(session) = self.stages.now() {
            session.end().await;
        }
    }

    /// What the command line asks for, or else what this device was set up as.
    fn wanted(&self) -> Result<Option<Setup>> {
        std::fs::create_dir_all(&self.root)
            .map_err(|error| ErrorView::file("cannot make", &self.root, &error))?;
        if self.options.demo {
            return Ok(Some(Setup::Demo));
        }
        if let Some(url) = &self.options.hub {
            return Ok(Some(Setup::Join {
                url: url.clone(),
                device_name: None,
            }));
        }
        setup::load(&self.root)
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            window: &self.handle,
            options: &self.options,
            settings: self.preferences.now(),
            speaker: self.speaker.clone(),
        }
    }

    async fn run(&self, setup: &Setup) -> Stage {
        let start = async {
            let folder = folder_of(setup, &self.root)?;
            Session::start(self.ground(), setup, &folder, None).await
        };
        match start.await {
            Ok(session) => Stage::Running(Arc::new(session)),
            Err(error) => Stage::Failed(error),
        }
    }

    async fn settle(&self, stage: Stage) {
        match &stage {
            Stage::Running(session) => session.follow(&self.handle),
            Stage::Failed(error) => {
                tracing::error!(code = error.code.as_str(), "could not start: {}", error.message)
            }
            Stage::Starting | Stage::FirstStart => {}
        }
        self.stages.set(stage);
        let startup = self.startup().await;
        if let Err(error) = self.handle.emit(events::STARTUP, startup) {
            tracing::warn!("the window could not be told: {error}");
        }
    }
}
