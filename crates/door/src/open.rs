//! Opening a door: the lock on its folder, its two files, its threads and its tasks.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use portero_protocol::device::Role;
use portero_protocol::ids::DeviceId;
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::announce::Announcer;
use crate::cache::{Cache, Reads};
use crate::connection::Connection;
use crate::desk::{Desk, Unshown};
use crate::door::DoorOptions;
use crate::error::{DoorError, Result};
use crate::facts::{self, Facts};
use crate::figures::Figures;
use crate::follow::{Follower, Message};
use crate::hub::Hub;
use crate::known::{Known, wall_ms};
use crate::lane::Lane;
use crate::settings::Settings;
use crate::shell::courier::Courier;
use crate::shell::herald::Herald;
use crate::shell::keyring::Keyring;
use crate::shell::link::Link;
use crate::shell::{LinkView, SharedView, Ticks, UnderWay};
use crate::view::{DoorEvent, LinkState};

/// The file whose lock says that a process has the folder.
const LOCK: &str = "door.lock";
/// How long a confirmed write stays on top of the hub's row while that does not show it.
const WRITES_KEPT_MS: i64 = 60 * 60 * 1_000;

/// What a door is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) desk: Lane<Desk>,
    pub(crate) cache: Lane<Cache>,
    pub(crate) reads: Lane<Reads>,
    pub(crate) announcer: Announcer,
    pub(crate) known: Arc<Known>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) view: SharedView,
    pub(crate) unshown: Unshown,
    pub(crate) under_way: UnderWay,
    pub(crate) hub: Option<Arc<Hub>>,
    /// To the link; `None`: there is no hub.
    pub(crate) link: Option<mpsc::UnboundedSender<Message>>,
    pub(crate) settings: std::sync::Mutex<Settings>,
    pub(crate) device: DeviceId,
    /// The folder with all of it.
    pub(crate) dir: PathBuf,
    pub(crate) ticks: Ticks,
    pub(crate) closed: CancellationToken,
    /// The threads, and the lock that they need.
    pub(crate) ends: std::sync::Mutex<Option<(Vec<JoinHandle<()>>, File)>>,
}

impl Parts {
    /// Opens everything. Does not wait for the hub.
    pub(crate) fn open(options: DoorOptions) -> Result<Self> {
        let dir = &options.data_dir;
        let lock = lock(dir)?;
        let known = Arc::new(Known::default());
        let figures = Arc::new(Figures::default());
        // Before anything is made: an address that cannot be used has to be said at once.
        let hub = match &options.hub {
            Some(address) => Some(Arc::new(Hub::new(address, known.clone(), figures.clone())?)),
            None => None,
        };
        let Files {
            facts,
            cache,
            reads,
            desk_reads,
            view,
            device,
        } = files(dir, options.name.as_deref(), &known, hub.is_some())?;
        if let Some(house) = known.house() {
            let day = house.calendar.day(known.hub_now()).to_string();
            figures.today(&day, facts.figures(&day)?);
        }
        let announcer = Announcer::start();
        let unshown = Unshown::default();
        let (out, added) = mpsc::unbounded_channel();
        let (cache, cache_thread) = Lane::start("door-cache", cache)?;
        let (reads, reads_thread) = Lane::start("door-reads", reads)?;
        let desk = Desk {
            facts,
            reads: desk_reads,
            known: known.clone(),
            cache: cache.clone(),
            announcer: announcer.clone(),
            out,
            unshown: unshown.clone(),
        };
        let (desk, desk_thread) = Lane::start("door-desk", desk)?;
        let mut parts = Self {
            desk,
            cache,
            reads,
            announcer,
            known,
            figures,
            view,
            unshown,
            under_way: UnderWay::default(),
            hub,
            link: None,
            settings: std::sync::Mutex::new(options.settings),
            device,
            dir: dir.clone(),
            ticks: Ticks::start(),
            closed: CancellationToken::new(),
            ends: std::sync::Mutex::new(Some((vec![desk_thread, cache_thread, reads_thread], lock))),
        };
        if let Some(hub) = parts.hub.clone() {
            parts.connect(hub, added);
        }
        Ok(parts)
    }

    /// Starts the tasks that keep up with the hub.
    fn connect(&mut self, hub: Arc<Hub>, added: mpsc::UnboundedReceiver<facts::Item>) {
        let (inbox, messages) = mpsc::unbounded_channel();
        let (courier, notes) = mpsc::unbounded_channel();
        let settings = self
            .settings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        let link = Link {
            hub: hub.clone(),
            cache: self.cache.clone(),
            desk: self.desk.clone(),
            reads: self.reads.clone(),
            announcer: self.announcer.clone(),
            known: self.known.clone(),
            figures: self.figures.clone(),
            view: self.view.clone(),
            courier,
            keyring: Keyring {
                hub: hub.clone(),
                desk: self.desk.clone(),
                known: self.known.clone(),
                view: self.view.clone(),
                done: Arc::default(),
            },
            inbox: inbox.clone(),
            ticks: self.ticks,
            closed: self.closed.clone(),
            follower: Follower::new(
                Connection::new(settings, fastrand::Rng::new()),
                self.known.clone(),
                self.figures.clone(),
                self.view.clone(),
                self.announcer.clone(),
            ),
            stream: None,
            books_due: 0,
        };
        let carrier = Courier {
            hub,
            under_way: self.under_way.clone(),
            desk: self.desk.clone(),
            reads: self.reads.clone(),
            link: inbox.clone(),
            known: self.known.clone(),
            view: self.view.clone(),
            ticks: self.ticks,
            closed: self.closed.clone(),
        };
        let herald = Herald {
            hub: carrier.hub.clone(),
            reads: self.reads.clone(),
            known: self.known.clone(),
            view: self.view.clone(),
            ticks: self.ticks,
            closed: self.closed.clone(),
        };
        self.link = Some(inbox);
        tokio::spawn(link.run(messages));
        tokio::spawn(carrier.run(added, notes));
        tokio::spawn(herald.run());
    }

    /// What this device is called: by the hub, as soon as it said so.
    pub(crate) fn device(&self) -> DeviceId {
        self.view.get().device.unwrap_or(self.device)
    }

    /// Ends the door, and comes back when the folder is free.
    pub(crate) async fn close(&self) {
        if let Some(ending) = self.end() {
            let ended = tokio::task::spawn_blocking(ending).await;
            tracing::debug!(ended = ended.is_ok(), "the door is closed");
        }
    }

    /// Ends the tasks at once, and tells the threads to end after everything that was asked before. Gives what waits for them and then gives the
    /// folder back; `None`: it was ended before.
    fn end(&self) -> Option<impl FnOnce() + Send + 'static> {
        self.closed.cancel();
        let (threads, lock) = self
            .ends
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()?;
        if let Some(day) = self.figures.day() {
            self.desk.tell(move |desk| desk.keep_figures(&day));
        }
        self.desk.end();
        let (cache, reads) = (self.cache.clone(), self.reads.clone());
        Some(move || {
            for (index, thread) in threads.into_iter().enumerate() {
                // The desk is the first: what it recorded last is still to be shown.
                if index == 1 {
                    cache.end();
                    reads.end();
                }
                // A thread never panics: its jobs are fenced.
                let _ = thread.join();
            }
            drop(lock);
        })
    }

    /// Says that the door is there.
    pub(crate) fn say_ready(&self) {
        self.announcer.say(DoorEvent::Ready {
            device_id: self.device(),
        });
    }
}

impl Drop for Parts {
    /// A door whose last handle is dropped ends as a closed one does, but nobody waits for it.
    fn drop(&mut self) {
        if let Some(ending) = self.end() {
            std::thread::spawn(ending);
        }
    }
}

/// What a data folder holds, opened.
pub(crate) struct Files {
    pub(crate) facts: Facts,
    pub(crate) cache: Cache,
    pub(crate) reads: Reads,
    pub(crate) desk_reads: Reads,
    pub(crate) view: SharedView,
    pub(crate) device: DeviceId,
}

/// Opens a data folder's two files, each for its one writer and its readers.
pub(crate) fn files(dir: &Path, name: Option<&str>, known: &Arc<Known>, connects: bool) -> Result<Files> {
    let now = wall_ms();
    let mut facts = Facts::open(dir, now)?;
    facts.prune(now)?;
    if let Some(name) = name {
        facts.set_meta("door", name)?;
        facts.set_meta("door_chosen", "here")?;
    }
    known.set_door(facts.meta("door")?, facts.meta("door_chosen")?.is_some());
    let device = facts.device();
    known.set_met(facts.meta("epoch")?);
    known.set_issued(facts.last_number());
    let unseen = facts::unseen(facts.db(), Instant::from_ms(now - WRITES_KEPT_MS))?;
    let mut cache = Cache::open(dir, known.clone(), unseen)?;
    // A crash may have come between an entry's recording and its showing.
    cache.show_own(&facts::own_entries(facts.db())?)?;
    let view = SharedView::new(LinkView {
        state: if connects {
            LinkState::Connecting
        } else {
            LinkState::Offline
        },
        since_ms: now,
        problem: None,
        disk_full: false,
        cursor: cache.cursor().cloned(),
        head: cache.cursor().map_or(0, |cursor| cursor.pos),
        proven: None,
        since_wanted: None,
        device: facts.meta("hub_device")?.and_then(|text| text.parse().ok()),
        role: facts.meta("role")?.and_then(|text| Role::from_wire(&text)),
    });
    Ok(Files {
        reads: Reads::open(dir, device)?,
        desk_reads: Reads::open(dir, device)?,
        facts,
        cache,
        view,
        device,
    })
}

/// Takes the folder for this process. The system gives it back when the process ends, however it ends.
fn lock(dir: &Path) -> Result<File> {
    let failed = |error: std::io::Error| {
        DoorError::new(
            Code::Storage,
            format!("{} cannot be used as a data folder: {error}", dir.display()),
        )
    };
    std::fs::create_dir_all(dir).map_err(failed)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join(LOCK))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DoorError::new(
            Code::DataDirInUse,
            format!(
                "another Portero is using {}: end it, or choose another folder",
                dir.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
