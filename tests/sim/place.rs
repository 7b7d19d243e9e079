//! Folders in memory, and the hub that every night starts with: a venue, its devices, tonight's reservations.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use portero_door::Settings;
use portero_door::sim::Laptop;
use portero_hub::sim::{Asked, Running};
use portero_hub::{Options, Store};
use portero_protocol::device::Role;
use portero_protocol::venue::VenuePatch;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Noon of the day, when the hub was set up. The night's venue day is this date.
pub(crate) const NOON: i64 = 1_795_521_600_000;
/// The venue's day of the night.
pub(crate) const TONIGHT: &str = "2026-11-24";
/// Doors that a night can have.
pub(crate) const DOORS: usize = 5;

/// A folder that is gone when its owner is; in memory where the system has such a place, so that a commit costs no disk.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = tempfile::Builder::new().prefix("portero-sim-").to_owned();
    if memory.is_dir() {
        builder.tempdir_in(memory).or_else(|_| tempfile::tempdir())
    } else {
        tempfile::tempdir()
    }
    .unwrap()
}

/// A guest's party: its reservation's id and the ticket's code as first issued.
#[derive(Debug, Clone)]
pub(crate) struct Party {
    pub(crate) id: String,
    pub(crate) codes: Vec<String>,
}

/// A hub that was set up and never served, to be copied.
pub(crate) struct Template {
    folder: TempDir,
    pub(crate) manager: String,
    pub(crate) doors: Vec<String>,
    pub(crate) parties: Vec<Party>,
}

thread_local! {
    static TEMPLATE: Rc<Template> = Rc::new(Template::new());
}

/// This thread's template.
pub(crate) fn template() -> Rc<Template> {
    TEMPLATE.with(Rc::clone)
}

impl Template {
    fn new() -> Self {
        let folder = folder();
        let path = folder.path().join("hub.db");
        portero_protocol::sim::seed(Some(1));
        portero_hub::sim::seed(Some(1));
        portero_hub::sim::set_now(Some(NOON));
        let store = Store::open(&path).unwrap();
        store
            .set_venue(&VenuePatch {
                time_zone: Some("UTC".to_owned()),
                ..VenuePatch::default()
            })
            .unwrap();
        let manager = store.create_token(Role::Manager, "Gerencia").unwrap().token;
        let doors = (1..=DOORS)
            .map(|number| {
                let name = format!("Puerta {number}");
                store.create_token(Role::Door, &name).unwrap().token
            })
            .collect();
        drop(store);
        let serving = folder.path().join("served.db");
        let mut template = Self {
            folder,
            manager,
            doors,
            parties: Vec::new(),
        };
        template.put(&serving);
        template.parties = reservations(&serving, &template.manager);
        template.empty_laptop();
        // What was served once would start a new life as a copy, which is what a night may begin with as well.
        std::fs::copy(&serving, template.folder.path().join("hub.db")).unwrap();
        template
    }

    /// A laptop that knows nothing yet: its tables are made once. Its device id is each laptop's own.
    fn empty_laptop(&self) {
        let dir = self.folder.path().join("laptop");
        std::fs::create_dir_all(&dir).unwrap();
        drop(Laptop::open(&dir, "Puerta", Settings::default(), 1, 0).unwrap());
        let facts = rusqlite::Connection::open(dir.join("facts.db")).unwrap();
        facts.execute_batch("DELETE FROM meta").unwrap();
    }

    /// Puts an empty laptop's files there.
    pub(crate) fn put_laptop(&self, dir: &Path) {
        std::fs::create_dir_all(dir).unwrap();
        for file in ["facts.db", "cache.db"] {
            std::fs::copy(self.folder.path().join("laptop").join(file), dir.join(file)).unwrap();
        }
    }

    /// Puts a copy of the hub's database there.
    pub(crate) fn put(&self, path: &PathBuf) {
        std::fs::copy(self.folder.path().join("hub.db"), path).unwrap();
    }
}

fn reservations(path: &Path, manager: &str) -> Vec<Party> {
    let hub = Running::start(path, Options::default()).unwrap();
    let party = |number: u32, people: u32, more: Value| {
        let mut draft = json!({
            "id": format!("res-{number}"),
            "cliente": { "nombre": format!("Familia {number}"), "telefono": "+593 99 123 4567" },
            "numeroPersonas": people,
            "fecha": TONIGHT,
            "hora": "22:00",
        });
        for (field, value) in more.as_object().unwrap() {
            draft[field] = value.clone();
        }
        let made = hub
            .ask(&Asked {
                method: "POST".to_owned(),
                path: "api/reservas".to_owned(),
                token: manager.to_owned(),
                key: Some(portero_protocol::ids::OpId::new(NOON).to_string()),
                body: Some(draft.to_string().into_bytes()),
                ..Asked::default()
            })
            .unwrap();
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        let row: Value = serde_json::from_slice(&made.body).unwrap();
        Party {
            id: row["id"].as_str().unwrap().to_owned(),
            codes: vec![row["codigoQR"].as_str().unwrap().to_owned()],
        }
    };
    vec![
        party(1, 1, json!({})),
        party(2, 2, json!({})),
        party(3, 4, json!({ "mesa": "7" })),
        party(4, 8, json!({ "hora": "23:30" })),
        party(5, 3, json!({ "estado": "Cancelado" })),
        party(6, 3, json!({ "fecha": "2026-11-25" })),
    ]
}
