//! The handle: everything that a window or a program can ask of a door. Cheap to clone; every method may be called from anywhere.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use jiff::civil::Date;
use portero_protocol::conflict::Conflict;
use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;
use portero_protocol::reservation::{Draft, Patch, wire_time};
use portero_protocol::ticket::{self, Reading};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::cache::Reads;
use crate::desk::Desk;
use crate::error::{DoorError, Result};
use crate::facts::{self, Write, WriteBody};
use crate::hub::{Hub, WriteRequest};
use crate::known::wall_ms;
use crate::open::Parts;
use crate::settings::Settings;
use crate::shell::courier::decision;
use crate::shell::link::Message;
use crate::verdict;
use crate::view::{
    Answer, DayLoad, Decision, DoorEvent, DoorStatus, Identity, ListQuery, Recent, ReservationPage, Saved,
    Sheet, Tonight,
};

/// Where the hub is, and the token that it gave this device.
#[derive(Clone)]
pub struct HubAddress {
    /// As `http://192.168.1.10:7070`.
    pub url: String,
    /// The token. Never written to a log.
    pub token: String,
}

impl std::fmt::Debug for HubAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubAddress")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What a door is opened with.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// The folder that holds this door's facts. One process at a time.
    pub data_dir: PathBuf,
    /// The hub; `None`: the door works from what it has.
    pub hub: Option<HubAddress>,
    /// The door's name, as "Puerta 1"; `None`: the one that it had.
    pub name: Option<String>,
    /// Settings of the connection.
    pub settings: Settings,
}

/// A door.
#[derive(Debug, Clone)]
pub struct Door {
    parts: Arc<Parts>,
}

impl Door {
    /// Opens a door. It does not wait for the hub. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// `data_dir_in_use`, `newer_database`, `storage`, `disk_full`, `invalid_config` (the hub's address).
    pub async fn open(options: DoorOptions) -> Result<Self> {
        let parts = tokio::task::spawn_blocking({
            let runtime = tokio::runtime::Handle::current();
            move || {
                // Opening reads files; the tasks that it starts belong to the runtime.
                let _inside = runtime.enter();
                Parts::open(options)
            }
        })
        .await
        .map_err(|_| DoorError::closed())??;
        parts.say_ready();
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// What the door says by itself: for the first who asks from the opening on, for others from now on. A reader that falls behind misses the oldest and should ask for everything again.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<DoorEvent> {
        self.parts.announcer.listen()
    }

    /// Who and where this device is.
    ///
    /// # Errors
    /// `storage`.
    pub async fn identity(&self) -> Result<Identity> {
        let view = self.parts.view.get();
        let house = self.parts.known.house();
        let house = house.as_deref();
        Ok(Identity {
            device_id: self.parts.device(),
            door: self.parts.door.clone(),
            role: view.role,
            venue: house.map(|house| house.venue.name.clone()),
            time_zone: house.map(|house| house.venue.time_zone.clone()),
            today: house.map(|house| house.calendar.day(self.parts.known.hub_now())),
            cutoff: house.map(|house| wire_time::format(house.venue.cutoff)),
        })
    }

    /// What the badge shows.
    ///
    /// # Errors
    /// `storage`.
    pub async fn status(&self) -> Result<DoorStatus> {
        let wall = wall_ms();
        let outbox = self
            .parts
            .reads
            .ask(move |reads| facts::counts(reads.facts(), wall))
            .await?;
        let parts = &self.parts;
        let view = parts.view.get();
        let (offset, error) = parts
            .known
            .clock(|clock| (clock.offset_ms(), clock.error_ms(wall)));
        let (requests_this_hour, bytes_today) = parts.figures.traffic();
        let age = match view.proven {
            Some(proven) => Some(i64::try_from(parts.ticks.now().saturating_sub(proven)).unwrap_or(i64::MAX)),
            // Not in this run: from what was kept.
            None => parts
                .known
                .proven()
                .map(|proven| (parts.known.hub_now().ms() - proven.ms()).max(0)),
        };
        Ok(DoorStatus {
            state: view.state,
            since: Instant::from_ms(view.since_ms + offset),
            problem: if view.disk_full { Some(Code::DiskFull) } else { view.problem },
            epoch: view
                .cursor
                .as_ref()
                .map(|cursor| cursor.epoch.as_str().to_owned()),
            cursor: view.cursor.as_ref().map_or(0, |cursor| cursor.pos),
            head: view.head,
            outbox,
            clock_offset_ms: offset,
            clock_error_ms: error,
            data_age_ms: age,
            requests_this_hour,
            bytes_today,
            latency_ms: parts.figures.latency_ms(),
            reconnect_ms: parts.figures.reconnect_ms(),
        })
    }

    /// Whether these bytes are a ticket of this venue: a signed one that verifies with the keys known here, or an older form that the venue
    /// accepts. For the scanner, which lets a ticket fire on its first frame.
    #[must_use]
    pub fn is_ticket(&self, code: &[u8]) -> bool {
        let house = self.parts.known.house();
        match verdict::claim(code, house.as_deref()) {
            Ok(_) => true,
            // Before the first snapshot no signature can be checked; its form has to do.
            Err(_) => house.is_none() && matches!(ticket::read(code), Reading::Signed(_)),
        }
    }

    /// Decides about a code and records the entry where it admits.
    ///
    /// # Errors
    /// `disk_full`, `storage`: nothing was recorded, and nobody may be shown as admitted.
    pub async fn scan(&self, code: &[u8], quantity: u32) -> Result<Answer> {
        let code = code.to_vec();
        self.at_desk(move |desk| desk.scan(&code, quantity)).await
    }

    /// Admits by hand. `against` records whatever the verdict is, and opens a conflict at the hub.
    ///
    /// # Errors
    /// As [`Self::scan`]; `invalid_field` for a quantity out of range.
    pub async fn admit(&self, reservation: &ReservationId, quantity: u32, against: bool) -> Result<Answer> {
        let reservation = reservation.clone();
        self.at_desk(move |desk| desk.admit(reservation, quantity, against))
            .await
    }

    /// Takes an entry back.
    ///
    /// # Errors
    /// `not_found`, `undo_of_undo`; otherwise as [`Self::scan`].
    pub async fn undo(&self, entry: EntryId) -> Result<Answer> {
        self.at_desk(move |desk| desk.undo(entry)).await
    }

    /// Creates a reservation; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// The field that breaks a rule; `walk_in_only` for a door; `disk_full`, `storage`.
    pub async fn create(&self, draft: Draft) -> Result<Saved> {
        let role = self.parts.view.get().role;
        let write = self.parts.desk.ask(move |desk| desk.create(draft, role)).await?;
        self.saved(write).await
    }

    /// Edits a reservation that had that version; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, the field that breaks a rule; `disk_full`, `storage`.
    pub async fn update(&self, reservation: &ReservationId, updates: Patch, version: u64) -> Result<Saved> {
        let (reservation, role) = (reservation.clone(), self.parts.view.get().role);
        let write = self
            .parts
            .desk
            .ask(move |desk| desk.update(reservation, updates, version, role))
            .await?;
        self.saved(write).await
    }

    /// Deletes a reservation that was made by mistake; kept, and sent when the hub can be reached.
    ///
    /// # Errors
    /// `not_found`, `forbidden`; `disk_full`, `storage`.
    pub async fn delete(&self, reservation: &ReservationId, version: u64) -> Result<Saved> {
        let (reservation, role) = (reservation.clone(), self.parts.view.get().role);
        let write = self
            .parts
            .desk
            .ask(move |desk| desk.delete(reservation, version, role))
            .await?;
        self.saved(write).await
    }

    /// Finds reservations by what a person types: tonight's first, then later ones, then past ones.
    ///
    /// # Errors
    /// `storage`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<ReservationPage> {
        let text = text.to_owned();
        let tonight = self.tonights_day();
        self.read(move |reads| reads.search(&text, tonight, limit)).await
    }

    /// A page of a list.
    ///
    /// # Errors
    /// `storage`.
    pub async fn list(&self, query: ListQuery) -> Result<ReservationPage> {
        self.read(move |reads| reads.list(&query)).await
    }

    /// One reservation with its entries.
    ///
    /// # Errors
    /// `not_found`; `storage`.
    pub async fn get(&self, reservation: &ReservationId) -> Result<Sheet> {
        let reservation = reservation.clone();
        self.read(move |reads| reads.sheet(&reservation)).await
    }

    /// This door's last entries, newest first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn recent(&self, limit: u32) -> Result<Vec<Recent>> {
        self.read(move |reads| reads.recent(limit)).await
    }

    /// Tonight in numbers.
    ///
    /// # Errors
    /// `not_found` before the first snapshot; `storage`.
    pub async fn tonight(&self) -> Result<Tonight> {
        let house = self.parts.known.house().ok_or_else(|| {
            DoorError::new(
                Code::NotFound,
                "this device has never reached its hub: the venue is not known yet",
            )
        })?;
        let day = house.calendar.day(self.parts.known.hub_now());
        self.read(move |reads| reads.night(&house, day)).await
    }

    /// Reservations and people by venue day of a month; `month` is any day of it. Days without any are left out.
    ///
    /// # Errors
    /// `storage`.
    pub async fn month_load(&self, month: Date) -> Result<Vec<DayLoad>> {
        self.read(move |reads| reads.month_load(month)).await
    }

    /// The conflicts that are known here, open ones first.
    ///
    /// # Errors
    /// `storage`.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        self.read(|reads| reads.conflicts()).await
    }

    /// Decides a conflict. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn resolve(&self, decided: Decision) -> Result<Conflict> {
        let body = decision(&decided.outcome, decided.note.as_deref());
        let conflict = self
            .hub()?
            .resolve(&decided.id.to_string(), body, OpId::new(wall_ms()))
            .await?;
        let kept = conflict.clone();
        self.parts
            .cache
            .ask(move |cache| cache.take_conflict(&kept))
            .await?;
        Ok(conflict)
    }

    /// Issues a reservation's ticket anew; the older one is no longer good. Needs the hub.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn reissue(&self, reservation: &ReservationId) -> Result<Sheet> {
        let path = format!("api/reservas/{reservation}/reemitir");
        self.hub()?
            .write(WriteRequest {
                method: Method::POST,
                path,
                body: None,
                version: None,
                op: OpId::new(wall_ms()),
            })
            .await?;
        self.fetch(reservation).await?;
        self.get(reservation).await
    }

    /// A reservation's ticket code, for its QR. Needs the hub, and a manager's token.
    ///
    /// # Errors
    /// `hub_unreachable`, or what the hub says.
    pub async fn ticket(&self, reservation: &ReservationId) -> Result<String> {
        self.fetch(reservation).await?.ok_or_else(|| {
            DoorError::new(
                Code::Forbidden,
                "the hub does not give tickets to this device: it is a manager's",
            )
        })
    }

    /// The window was focused: stale data is fetched again.
    pub fn focus(&self) {
        self.tell_link(Message::Focused);
    }

    /// Changes a setting for this run.
    ///
    /// # Errors
    /// `invalid_config`: no such key, or a value that does not fit.
    pub fn set(&self, key: &str, value: &Value) -> Result<()> {
        let settings = {
            let mut settings = self.parts.settings.lock().unwrap_or_else(PoisonError::into_inner);
            settings.set(key, value)?;
            settings.clone()
        };
        self.tell_link(Message::Settings(Box::new(settings)));
        Ok(())
    }

    /// Ends the door's tasks and closes its files. Facts stay on disk. Other clones answer with errors afterwards.
    pub async fn close(&self) {
        self.parts.closed.cancel();
        self.parts.close().await;
    }

    /// At the desk, and then the link knows that entries are being made.
    async fn at_desk(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let answer = self.parts.desk.ask(work).await;
        match &answer {
            Ok(answer) if answer.entry.is_some() => {
                self.parts.view.change(|view| view.disk_full = false);
                self.tell_link(Message::Busy);
            }
            Err(error) if error.code == Code::DiskFull => {
                self.parts.view.change(|view| view.disk_full = true);
            }
            _ => {}
        }
        answer
    }

    /// From the cache, with everything in it that was recorded here before.
    async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Reads) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        if !self.parts.unshown.none() {
            self.parts.cache.ask(|_| Ok(())).await?;
        }
        self.parts.reads.ask(move |reads| work(reads)).await
    }

    async fn saved(&self, write: Write) -> Result<Saved> {
        let (op, id) = (write.id, write.reservation);
        let row = match write.body {
            WriteBody::Delete { .. } => None,
            WriteBody::Create { .. } | WriteBody::Update { .. } => Some(self.get(&id).await?.row),
        };
        Ok(Saved { op, row })
    }

    /// Has one reservation fetched from the hub and kept; gives its ticket's code where the hub tells it.
    async fn fetch(&self, reservation: &ReservationId) -> Result<Option<String>> {
        let detail = self.hub()?.reservation(reservation).await?;
        let code = detail.reservation.code.clone();
        let announcer = self.parts.announcer.clone();
        self.parts
            .cache
            .ask(move |cache| {
                announcer.changed(cache.take_detail(&detail)?);
                Ok(())
            })
            .await?;
        Ok(code)
    }

    fn hub(&self) -> Result<&Hub> {
        self.parts
            .hub
            .as_deref()
            .ok_or_else(|| DoorError::unreachable("this device has none"))
    }

    fn tonights_day(&self) -> Option<Date> {
        let house = self.parts.known.house()?;
        Some(house.calendar.day(self.parts.known.hub_now()))
    }

    fn tell_link(&self, message: Message) {
        if let Some(link) = &self.parts.link {
            // The link ends only when the door is closed.
            let _ = link.send(message);
        }
    }
}
