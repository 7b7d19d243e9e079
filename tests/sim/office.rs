//! The hub: restarted, backed up, restored; and what the manager asks of it from the office.

use std::path::PathBuf;

use portero_hub::sim::{Answered, Asked, Events, Running, set_now};
use portero_hub::{Options, Store};
use portero_protocol::cursor::Cursor;
use portero_protocol::event::{Logged, PagedEvent};
use portero_protocol::ids::OpId;
use portero_protocol::listing::{ChangesPage, SnapshotLine};
use serde_json::Value;

/// How finely the hub's timers run, in ms: they beat and end streams, in seconds.
const GRAIN: i64 = 500;

/// The hub and its office.
pub(crate) struct Office {
    path: PathBuf,
    options: Options,
    pub(crate) manager: String,
    /// `None`: it is off.
    pub(crate) hub: Option<Running>,
    /// Its clock less the true one, in ms.
    pub(crate) skew: i64,
    /// Backups that were made.
    pub(crate) backups: Vec<PathBuf>,
    /// Up to when the hub's timers have run.
    passed: i64,
    /// Something may have come on its streams since they were read.
    pub(crate) moved: bool,
    /// Every answer of 500 and above that was no trouble of the simulation's making.
    pub(crate) faults: Vec<String>,
}

/// An event at its position; `None`: one that this version does not know.
type At = (u64, Option<Logged>);

impl Office {
    pub(crate) fn new(path: PathBuf, options: Options, manager: String, now: i64) -> Self {
        Self {
            path,
            options,
            manager,
            hub: None,
            skew: 0,
            backups: Vec::new(),
            passed: now,
            moved: false,
            faults: Vec::new(),
        }
    }

    /// Sets the clock of this thread to the hub's.
    pub(crate) fn look_at_clock(&self, now: i64) {
        set_now(Some(now + self.skew));
    }

    pub(crate) fn start(&mut self, now: i64) -> Result<(), String> {
        self.look_at_clock(now);
        self.passed = now;
        let hub = Running::start(&self.path, self.options.clone())
            .map_err(|error| format!("the hub cannot be started: {error}"))?;
        self.hub = Some(hub);
        Ok(())
    }

    /// The program ends as if it had been killed.
    pub(crate) fn crash(&mut self) {
        self.hub = None;
    }

    /// Lets the hub's timers run up to now.
    pub(crate) fn pass(&mut self, now: i64) {
        if let Some(hub) = &self.hub
            && now >= self.passed + GRAIN
        {
            self.moved = true;
            set_now(Some(now + self.skew));
            hub.pass(u64::try_from(now - self.passed).unwrap());
            self.passed = now;
        }
    }

    pub(crate) fn back_up(&mut self, now: i64) -> Result<(), String> {
        self.look_at_clock(now);
        if let Some(hub) = &self.hub {
            let to = self.path.with_file_name(format!("backup-{}", self.backups.len()));
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

    /// A request of any device; `None`: the hub is off.
    pub(crate) fn ask(&mut self, asked: &Asked, now: i64) -> Option<Answered> {
        self.look_at_clock(now);
        let hub = self.hub.as_ref()?;
        let answer = hub.ask(asked).unwrap();
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

    /// A stream of any device; `None`: the hub is off.
    pub(crate) fn listen(&mut self, asked: &Asked, now: i64) -> Option<Result<Events, Answered>> {
        self.look_at_clock(now);
        self.moved = true;
        Some(self.hub.as_ref()?.listen(asked).unwrap())
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
