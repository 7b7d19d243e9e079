//! A laptop: its two files, its desk, and the lane to its cache, stepped by hand.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use portero_protocol::conflict::Conflict;
use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::entry::Entry;
use portero_protocol::ids::{ConflictId, DeviceId, EntryId, OpId, ReservationId};
use portero_protocol::reservation::{Draft, Patch};
use tokio::sync::{broadcast, mpsc};

use super::outward::Outward;
use crate::announce::Announcer;
use crate::cache::{Cache, Reads};
use crate::connection::Connection;
use crate::desk::{Desk, Unshown};
use crate::error::Result;
use crate::facts::{self, Item};
use crate::figures::Figures;
use crate::follow::Follower;
use crate::known::{Known, wall_ms};
use crate::lane::{Hand, Lane};
use crate::open::{Files, files};
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::shell::SharedView;
use crate::view::{Answer, DeliveryState, DoorEvent, LinkState, ListQuery, OutboxStatus, Row, Sheet};

/// A door without threads, sockets and clocks. Dropping it is a crash: what is on disk stays, and nothing else does.
pub struct Laptop {
    pub(super) desk: Desk,
    pub(super) cache: Hand<Cache>,
    pub(super) cache_lane: Lane<Cache>,
    pub(super) reads: Hand<Reads>,
    pub(super) reads_lane: Lane<Reads>,
    pub(super) known: Arc<Known>,
    pub(super) view: SharedView,
    pub(super) outward: Outward,
    unshown: Unshown,
    heard: broadcast::Receiver<DoorEvent>,
    added: mpsc::UnboundedReceiver<Item>,
}

impl std::fmt::Debug for Laptop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Laptop").finish_non_exhaustive()
    }
}

impl Laptop {
    /// Opens a data folder as a door does. `now` is a clock that only goes forward, in ms, here and in every method; it starts anew with each laptop.
    ///
    /// # Errors
    /// As [`crate::Door::open`].
    pub fn open(dir: &Path, name: &str, settings: Settings, seed: u64, now: u64) -> Result<Self> {
        let known = Arc::new(Known::default());
        let figures = Arc::new(Figures::default());
        let Files {
            facts,
            cache,
            reads,
            desk_reads,
            view,
            ..
        } = files(dir, Some(name), &known, true)?;
        let announcer = Announcer::silent();
        let heard = announcer.listen();
        let unshown = Unshown::default();
        let (out, added) = mpsc::unbounded_channel();
        let (cache_lane, cache) = Lane::by_hand(cache);
        let (reads_lane, reads) = Lane::by_hand(reads);
        if super::planted(super::Planted::ForgetAtStart) {
            facts
                .db()
                .execute("UPDATE item SET state = 'confirmed' WHERE state = 'pending'", [])?;
        }
        let desk = Desk {
            facts,
            reads: desk_reads,
            known: known.clone(),
            cache: cache_lane.clone(),
            announcer: announcer.clone(),
            out,
            unshown: unshown.clone(),
        };
        let follower = Follower::new(
            Connection::new(settings, fastrand::Rng::with_seed(seed)),
            known.clone(),
            figures,
            view.clone(),
            announcer.clone(),
        );
        let outbox = Outbox::new(fastrand::Rng::with_seed(seed ^ 0x5eed));
        let mut laptop = Self {
            desk,
            cache,
            cache_lane,
            reads,
            reads_lane,
            known,
            view,
            outward: Outward::new(follower, outbox),
            unshown,
            heard,
            added,
        };
        laptop.begin(now)?;
        Ok(laptop)
    }

    /// A code was scanned.
    ///
    /// # Errors
    /// As [`crate::Door::scan`].
    pub fn scan(&mut self, code: &str, quantity: u32, now: u64) -> Result<Answer> {
        let answer = self.desk.scan(code.as_bytes(), quantity)?;
        self.busy(&answer, now);
        Ok(answer)
    }

    /// Somebody was admitted by hand; `against` whatever the verdict is.
    ///
    /// # Errors
    /// As [`crate::Door::admit`].
    pub fn admit(&mut self, id: &ReservationId, quantity: u32, against: bool, now: u64) -> Result<Answer> {
        let answer = self.desk.admit(id.clone(), quantity, against)?;
        self.busy(&answer, now);
        Ok(answer)
    }

    /// An entry was taken back.
    ///
    /// # Errors
    /// As [`crate::Door::undo`].
    pub fn undo(&mut self, entry: EntryId, now: u64) -> Result<Answer> {
        let answer = self.desk.undo(entry)?;
        self.busy(&answer, now);
        Ok(answer)
    }

    /// A reservation was created; gives its id and the write's.
    ///
    /// # Errors
    /// As [`crate::Door::create`].
    pub fn create(&mut self, draft: Draft) -> Result<(ReservationId, OpId)> {
        let write = self.desk.create(draft, self.role())?;
        Ok((write.reservation, write.id))
    }

    /// A reservation was edited.
    ///
    /// # Errors
    /// As [`crate::Door::update`].
    pub fn update(&mut self, id: &ReservationId, patch: Patch, version: u64) -> Result<OpId> {
        Ok(self.desk.update(id.clone(), patch, version, self.role())?.id)
    }

    /// A reservation was deleted.
    ///
    /// # Errors
    /// As [`crate::Door::delete`].
    pub fn delete(&mut self, id: &ReservationId, version: u64) -> Result<OpId> {
        Ok(self.desk.delete(id.clone(), version, self.role())?.id)
    }

    /// Does the next thing that waits for the cache's thread; false: nothing did.
    pub fn step_cache(&mut self) -> bool {
        self.cache.step()
    }

    /// Does the next thing that waits for the reading thread; false: nothing did.
    pub fn step_reads(&mut self) -> bool {
        self.reads.step()
    }

    /// What the door said since it was asked last.
    pub fn events(&mut self) -> Vec<DoorEvent> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }

    pub(super) fn next_added(&mut self) -> Option<Item> {
        self.added.try_recv().ok()
    }

    fn busy(&mut self, answer: &Answer, now: u64) {
        if answer.entry.is_some() {
            self.tell_busy(now);
        }
    }

    /// Up to where the log is known.
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cache.value.cursor()
    }

    /// The life of the hub's log that it has met.
    #[must_use]
    pub fn met(&self) -> Option<String> {
        self.known.met()
    }

    /// What the badge shows.
    #[must_use]
    pub fn state(&self) -> LinkState {
        self.view.get().state
    }

    /// What this device may do, as far as it knows.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.view.get().role
    }

    /// The device id of the data folder.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.desk.facts.device()
    }

    /// The hub's time as known here, and how far it may be wrong.
    #[must_use]
    pub fn hub_time(&self) -> (i64, Option<i64>) {
        let wall = wall_ms();
        self.known
            .clock(|clock| (clock.hub(wall).ms(), clock.error_ms(wall)))
    }

    /// Whether what was recorded is shown.
    #[must_use]
    pub fn all_shown(&self) -> bool {
        self.unshown.none()
    }

    /// Every row, as a list shows it.
    ///
    /// # Errors
    /// `storage`.
    pub fn rows(&self) -> Result<Vec<Row>> {
        let all = ListQuery {
            limit: Some(1_000),
            ..ListQuery::default()
        };
        Ok(self.reads.value.list(&all)?.rows)
    }

    /// One reservation with its entries.
    ///
    /// # Errors
    /// `not_found`; `storage`.
    pub fn sheet(&self, id: &ReservationId) -> Result<Sheet> {
        self.reads.value.sheet(id)
    }

    /// The conflicts that are known here.
    ///
    /// # Errors
    /// `storage`.
    pub fn conflicts(&self) -> Result<Vec<Conflict>> {
        self.reads.value.conflicts()
    }

    /// Whether a conflict is known here.
    #[must_use]
    pub fn knows_conflict(&self, id: ConflictId) -> bool {
        self.reads.value.holds_conflict(id).unwrap_or(false)
    }

    /// How much was written to the facts and to the cache since they were opened: where it is the same, nothing was.
    #[must_use]
    pub fn written(&self) -> (u64, u64) {
        (self.desk.facts.db().total_changes(), self.cache.value.written())
    }

    /// A reservation whose count is not the sum of its entries, if there is one.
    ///
    /// # Errors
    /// `storage`.
    pub fn miscounted(&self) -> Result<Option<String>> {
        self.reads.value.miscounted()
    }

    /// Whether an entry is known here as the hub's.
    #[must_use]
    pub fn holds_entry(&self, id: EntryId) -> bool {
        self.reads.value.holds_entry(id).unwrap_or(false)
    }

    /// Whether a reservation is known here in that version of the hub, or as deleted.
    #[must_use]
    pub fn holds_version(&self, id: &ReservationId, version: u64) -> bool {
        self.reads.value.holds_version(id, version).unwrap_or(false)
    }

    /// What waits.
    ///
    /// # Errors
    /// `storage`.
    pub fn outbox(&self) -> Result<OutboxStatus> {
        facts::counts(self.desk.facts.db(), wall_ms())
    }

    /// This device's entries with how far each is on its way, the newest first.
    ///
    /// # Errors
    /// `storage`.
    pub fn own_entries(&self) -> Result<Vec<(Entry, DeliveryState)>> {
        facts::recent(self.desk.facts.db(), u32::MAX)
    }

    /// One of this device's entries.
    ///
    /// # Errors
    /// `storage`.
    pub fn own_entry(&self, id: EntryId) -> Result<Option<Entry>> {
        self.desk.facts.entry(id)
    }

    /// How far each of this device's entries is on its way.
    ///
    /// # Errors
    /// `storage`.
    pub fn entry_states(&self) -> Result<HashMap<EntryId, DeliveryState>> {
        facts::entry_states(self.desk.facts.db())
    }

    /// Why items are in quarantine.
    ///
    /// # Errors
    /// `storage`.
    pub fn quarantine(&self) -> Result<VecDeque<(String, String)>> {
        let mut statement = self.desk.facts.db().prepare_cached(
            "SELECT id, COALESCE(code, '') FROM item WHERE state = 'quarantined' ORDER BY number",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
