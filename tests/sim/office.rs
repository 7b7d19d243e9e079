//! The hub: restarted, backed up, restored; and what the manager asks of it from the office.

use std::path::PathBuf;

use portero_hub::sim::{Answered, Asked, Events, Running, set_now};
use portero_hub::{Options, Store};
use portero_protocol::cursor::{Cursor, Epoch};
use portero_protocol::event::{Logged, PagedEvent};
use portero_protocol::ids::OpId;
use portero_protocol::listing::{ChangesPage, SnapshotLine};
use serde_json::Value;

/// How finely the hub's timers run, in ms: they beat and end streams, in seconds.
const GRAIN: i64 = 500;

/// How often a replica looks for what the others wrote, in ms.
const LOOK: i64 = 200;

/// The hub, as one program or as several over one store, and its office.
pub(crate) struct Office {
    path: PathBuf,
    options: Options,
    pub(crate) manager: String,
    /// The replicas; `None`: one that is off.
    pub(crate) hubs: Vec<Option<Running>>,
    /// Which of them the office asks next.
    turn: usize,
    /// Their clock less the true one, in ms.
    pub(crate) skew: i64,
    /// Backups that were made.
    pub(crate) backups: Vec<PathBuf>,
    /// Up to when the hub's timers have run.
    passed: i64,
    /// When the replicas looked at each other's writes last.
    looked: i64,
    /// Something may have come on its streams since they were read.
    pub(crate) moved: bool,
    /// Every answer of 500 and above that was no trouble of the simulation's making.
    pub(crate) faults: Vec<String>,
}

/// An event at its position; `None`: one that this version does not know.
type At = (u64, Option<Logged>);

impl Office {
    pub(crate) fn new(path: PathBuf, options: Options, manager: String, replicas: usize, now: i64) -> Self {
        Self {
            path,
            options,
            manager,
            hubs: (0..replicas).map(|_| None).collect(),
            turn: 0,
            skew: 0,
            backups: Vec::new(),
            passed: now,
            looked: now,
            moved: false,
            faults: Vec::new(),
        }
    }

    /// Sets the clock of this thread to the hub's.
    pub(crate) fn look_at_clock(&self, now: i64) {
        set_now(Some(now + self.skew));
    }

    /// A replica that is on.
    pub(crate) fn any(&self) -> Option<&Running> {
        self.hubs.iter().flatten().next()
    }

    /// The life of the log that is served; `None`: the hub is off.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        self.any().map(|hub| hub.epoch().clone())
    }

    /// Starts a replica: the first to start takes the store, and the others join it.
    pub(crate) fn start(&mut self, replica: usize, now: i64) -> Result<(), String> {
        self.look_at_clock(now);
        let hub = match self.any() {
            Some(other) => other.beside(),
            None => {
                self.passed = now;
                Running::start(&self.path, self.options.clone())
            }
        };
        self.hubs[replica] = Some(hub.map_err(|error| format!("the hub cannot be started: {error}"))?);
        Ok(())
    }

    /// A replica's program ends as if it had been killed.
    pub(crate) fn crash(&mut self, replica: usize) {
        self.hubs[replica] = None;
    }

    /// Lets the hub's timers run up to now.
    pub(crate) fn pass(&mut self, now: i64) -> Result<(), String> {
        set_now(Some(now + self.skew));
        if now >= self.passed + GRAIN {
            self.moved = true;
            for hub in self.hubs.iter().flatten() {
                hub.pass(u64::try_from(now - self.passed).unwrap());
            }
            self.passed = now;
        }
        if now >= self.looked + LOOK && self.hubs.len() > 1 {
            self.moved = true;
            for hub in self.hubs.iter().flatten() {
                hub.look()
                    .map_err(|error| format!("a replica cannot read what another wrote: {error}"))?;
            }
            self.looked = now;
        }
        Ok(())
    }

    pub(crate) fn back_up(&mut self, now: i64) -> Result<(), String> {
        self.look_at_clock(now);
        let to = self.path.with_file_name(format!("backup-{}", self.backups.len()));
        if let Some(hub) = self.any() {
            hub.store()
                .backup(&to)
                .map_err(|error| format!("no backup: {error}"))?;
            self.backups.push(to);
        }
        Ok(())
    }

    /// Puts a backup back; the hub has to be off.
    pub(crate) fn restore(&mut self, backup: usize, now: i64) -> Result<(), String> {
        self.look_at_clock(now);
        Store::restore(&self.path, &self.backups[backup])
            .map(drop)
            .map_err(|error| format!("the backup cannot be restored: {error}"))
    }

    /// A request of any device to a replica; `None`: it is off.
    pub(crate) fn ask_at(&mut self, replica: usize, asked: &Asked, now: i64) -> Option<Answered> {
        self.look_at_clock(now);
        let answer = self.hubs.get(replica)?.as_ref()?.ask(asked).unwrap();
        self.moved |= asked.method != "GET";
        if answer.status >= 500 {
            self.faults.push(format!(
                "{} {} was answered {}: {}",
                asked.method,
                asked.path,
                answer.status,
                String::from_utf8_lossy(&answer.body)
            ));
        }
        Some(answer)
    }

    /// A request from the office, which reaches one replica after the other; `None`: the hub is off.
    pub(crate) fn ask(&mut self, asked: &Asked, now: i64) -> Option<Answered> {
        let replicas = self.hubs.len();
        self.turn += 1;
        let replica = (0..replicas)
            .map(|step| (self.turn + step) % replicas)
            .find(|replica| self.hubs[*replica].is_some())?;
        self.ask_at(replica, asked, now)
    }

    /// A stream of any device from a replica; `None`: it is off.
    pub(crate) fn listen(
        &mut self,
        replica: usize,
        asked: &Asked,
        now: i64,
    ) -> Option<Result<Events, Answered>> {
        self.look_at_clock(now);
        self.moved = true;
        Some(self.hubs.get(replica)?.as_ref()?.listen(asked).unwrap())
    }

    /// A count at the hub that is not the sum of its entries.
    pub(crate) fn miscounted(&self) -> Result<Option<String>, String> {
        let Some(hub) = self.any() else {
            return Ok(None);
        };
        hub.miscounted().map_err(|error| error.to_string())
    }

    fn manage(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        version: Option<u64>,
        now: i64,
    ) -> Option<(u16, Value)> {
        let asked = Asked {
            method: method.to_owned(),
            path: path.to_owned(),
            token: self.manager.clone(),
            key: (method != "GET").then(|| OpId::new(now).to_string()),
            version,
            body: body.map(|body| body.to_string().into_bytes()),
        };
        let answer = self.ask(&asked, now)?;
        Some((
            answer.status,
            serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
        ))
    }

    /// The manager reads something.
    pub(crate) fn get(&mut self, path: &str, now: i64) -> Option<Value> {
        self.manage("GET", path, None, None, now)
            .filter(|(status, _)| *status == 200)
            .map(|(_, value)| value)
    }

    /// The manager writes something.
    pub(crate) fn write(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        version: Option<u64>,
        now: i64,
    ) -> Option<(u16, Value)> {
        let body = (!body.is_null()).then_some(body);
        self.manage(method, path, body, version, now)
    }

    /// Somebody uses an invitation; gives the new device's token.
    pub(crate) fn pair(&mut self, invitation: &Value, now: i64) -> Option<String> {
        let code = serde_json::json!({ "codigo": invitation["code"].as_str()? });
        let (_, paired) = self.manage("POST", "api/dispositivos/enlazar", Some(&code), None, now)?;
        paired["token"].as_str().map(str::to_owned)
    }

    /// Everything that the hub holds, as a manager's snapshot.
    pub(crate) fn snapshot(&mut self, now: i64) -> Option<Vec<SnapshotLine>> {
        let asked = Asked {
            method: "GET".to_owned(),
            path: "api/snapshot".to_owned(),
            token: self.manager.clone(),
            ..Asked::default()
        };
        let answer = self.ask(&asked, now)?;
        let lines = answer
            .body
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        Some(lines.map(|line| serde_json::from_slice(line).unwrap()).collect())
    }

    /// Changes after a cursor; `None`: the hub is off, or its log cannot continue from there.
    pub(crate) fn changes(&mut self, since: &Cursor, now: i64) -> Option<(Cursor, Vec<At>)> {
        let mut since = since.clone();
        let mut events = Vec::new();
        loop {
            let page = self.get(&format!("api/reservas/changes?since={since}"), now)?;
            let page: ChangesPage = serde_json::from_value(page).unwrap();
            for PagedEvent { id, event, data } in &page.events {
                events.push((id.pos, Logged::read(event, &data.to_string()).unwrap()));
            }
            since = page.cursor;
            if !page.more {
                return Some((since, events));
            }
        }
    }
}
