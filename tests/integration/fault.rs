//! What goes wrong at a venue: a cable that is pulled, a disk that is full, a file that is damaged.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::tempdir;

use crate::support::door::Door;
use crate::support::hub::Hub;
use crate::support::network::{Network, may_change_the_system, run};
use crate::support::{program, until};

/// A dead direct link is seen within this.
const SEEN: Duration = Duration::from_secs(10);
/// From the link being usable to `connected`.
const BACK: Duration = Duration::from_secs(5);

#[test]
fn a_cut_cable_is_seen_the_door_goes_on_and_comes_back_by_itself() {
    if !may_change_the_system("a cut cable") {
        return;
    }
    let folder = tempdir().unwrap();
    let network = Network::new(203, (std::process::id() % 250) as u8);
    let hub = Hub::start_at(folder.path(), &network.host());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "José López", 6);
    let token = hub.token("portero", "Puerta 1");
    let command = network.there(&program("portero-door"));
    let mut door = Door::start_by(command, &folder.path().join("1"), &hub.url, &token, "Puerta 1");
    door.state("live");

    network.cut();
    let cut = Instant::now();
    let seen = door.state("offline").duration_since(cut);
    println!("figure: cable cut to offline: {} ms", seen.as_millis());
    assert!(seen <= SEEN, "a dead link was seen after {seen:?}");
    assert_eq!(door.scan(&code)["verdict"], "admitted");
    assert_eq!(door.scan(&code)["asistenciaActual"], 2);

    network.mend();
    let mended = Instant::now();
    let back = door.state("live").duration_since(mended);
    println!("figure: cable mended to live: {} ms", back.as_millis());
    assert!(back < BACK, "it came back after {back:?}");
    door.delivered();
    assert_eq!(
        hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"],
        2
    );
    hub.check();
}

/// A file system of its own, as small as asked.
struct Disk(PathBuf);

impl Disk {
    fn new(folder: PathBuf, size: &str) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        run(
            "mount",
            &[
                "-t",
                "tmpfs",
                "-o",
                &format!("size={size}"),
                "none",
                folder.to_str().unwrap(),
            ],
        );
        Self(folder)
    }
}

impl Disk {
    /// Takes all room that there is; gives the file that took it.
    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        // As much as goes: the last writes fail, which is what this is for.
        let _ = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k"])
            .arg(format!("of={}", filler.display()))
            .output()
            .unwrap();
        filler
    }
}

/// Scans until the disk takes no more; gives that error, and how many were admitted before: what room there was inside the databases' own
/// files is used up first.
fn scan_until_refused(door: &mut Door, code: &str) -> (serde_json::Value, u64) {
    let mut admitted = 0;
    let refused = until("the disk to be full", Duration::from_secs(20), || {
        let request = door.send(json!({"cmd": "scan", "code": code}));
        match door.answer(request).unwrap() {
            Ok(answer) => {
                assert!(answer["escaneoId"].is_string(), "{answer}");
                admitted += 1;
                None
            }
            Err(error) => Some(error),
        }
    });
    (refused, admitted)
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn on_a_full_disk_nobody_is_shown_as_admitted_and_nothing_is_lost() {
    if !may_change_the_system("a full disk") {
        return;
    }
    let folder = tempdir().unwrap();
    let hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Grupo grande", 9_000);
    let disk = Disk::new(folder.path().join("small"), "8m");
    let mut door = Door::live(&disk.0, &hub.url, &hub.token("portero", "Puerta 1"), "Puerta 1");
    assert_eq!(door.scan(&code)["verdict"], "admitted");

    let filler = disk.fill();
    let (refused, more) = scan_until_refused(&mut door, &code);
    let mut admitted = 1 + more;
    assert_eq!(refused["code"], "disk_full", "{refused}");
    assert_eq!(
        door.ask(json!({"cmd": "status"}))["problem"],
        "disk_full",
        "the badge says so"
    );

    std::fs::remove_file(&filler).unwrap();
    let answer = door.scan(&code);
    assert_eq!(answer["verdict"], "admitted", "{answer}");
    admitted += 1;
    door.delivered();
    assert_eq!(
        hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"],
        admitted
    );
    assert!(
        door.ask(json!({"cmd": "status"})).get("problem").is_none(),
        "the disk has room again"
    );
    door.end();
    hub.check();
}

#[test]
fn what_the_hub_answered_while_the_disk_was_full_is_kept_when_there_is_room() {
    if !may_change_the_system("a full disk while entries are delivered") {
        return;
    }
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Grupo grande", 9_000);
    let disk = Disk::new(folder.path().join("small"), "8m");
    let mut door = Door::live(&disk.0, &hub.url, &hub.token("portero", "Puerta 1"), "Puerta 1");
    hub.kill();
    door.state("offline");
    assert_eq!(door.scan(&code)["verdict"], "admitted");
    let filler = disk.fill();
    let (_, more) = scan_until_refused(&mut door, &code);

    hub.serve();
    until("the hub to have every entry", Duration::from_secs(20), || {
        let attendance = hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"].clone();
        (attendance == 1 + more).then_some(())
    });
    std::fs::remove_file(&filler).unwrap();
    door.delivered();
    assert_eq!(hub.entries().len() as u64, 1 + more);
    hub.check();
}

#[test]
fn a_hub_on_a_full_disk_takes_nothing_half_and_goes_on_when_there_is_room() {
    if !may_change_the_system("a hub on a full disk") {
        return;
    }
    let folder = tempdir().unwrap();
    let disk = Disk::new(folder.path().join("small"), "8m");
    let hub = Hub::start(&disk.0);
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Grupo grande", 9_000);
    let token = hub.token("portero", "Puerta 1");
    let mut door = Door::live(&folder.path().join("1"), &hub.url, &token, "Puerta 1");
    assert_eq!(door.scan(&code)["verdict"], "admitted");
    door.delivered();

    let filler = disk.fill();
    // What room there was inside the database's own files is used up first.
    let mut made = 0;
    let full = until("the hub to be full", Duration::from_secs(20), || {
        let draft = json!({"cliente": {"nombre": "x".repeat(200)}, "numeroPersonas": 1, "fecha": "2030-01-01", "hora": "21:00"});
        let (status, answer) = hub.try_send(reqwest::Method::POST, "/api/reservas", &manager, Some(&draft));
        made += u64::from(status.is_success());
        (!status.is_success()).then_some(answer)
    });
    assert_eq!(full["code"], "disk_full", "{full}");
    for _ in 0..3 {
        assert_eq!(
            door.scan(&code)["verdict"],
            "admitted",
            "the door has a disk of its own"
        );
    }
    let answer = hub.get("/api/reservas?fecha=2030-01-01&limit=1", &manager);
    assert_eq!(
        answer["total"], made,
        "reading goes on, and nothing is there half"
    );

    std::fs::remove_file(&filler).unwrap();
    door.delivered();
    assert_eq!(door.ask(json!({"cmd": "status"}))["outbox"]["quarantined"], 0);
    assert_eq!(
        hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"],
        4
    );
    hub.check();
}

#[test]
fn a_damaged_cache_is_set_aside_rebuilt_and_the_outbox_is_untouched() {
    let folder = tempdir().unwrap();
    let mut hub = Hub::start(folder.path());
    let manager = hub.token("gerente", "Gerencia");
    let (id, code) = hub.reserve(&manager, "Marta Ríos", 4);
    let token = hub.token("portero", "Puerta 1");
    let place = folder.path().join("1");
    let mut door = Door::live(&place, &hub.url, &token, "Puerta 1");
    hub.kill();
    door.state("offline");
    assert_eq!(door.scan(&code)["verdict"], "admitted");
    door.end();

    let caches: Vec<PathBuf> = std::fs::read_dir(place.join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("cache") && path.is_file())
        .collect();
    assert!(!caches.is_empty(), "there is a cache");
    for cache in &caches {
        std::fs::write(cache, b"not a database, whatever was here before").unwrap();
    }
    hub.serve();
    let mut door = Door::live(&place, &hub.url, &token, "Puerta 1");
    door.delivered();
    until("the roster to be back", Duration::from_secs(10), || {
        let page = door.ask(json!({"cmd": "search", "text": "marta", "limit": 5}));
        (page["total"] == 1 && page["reservas"][0]["asistenciaActual"] == 1).then_some(())
    });
    assert_eq!(
        hub.get(&format!("/api/reservas/{id}"), &manager)["asistenciaActual"],
        1
    );
    let kept = std::fs::read_dir(place.join("data")).unwrap().any(|entry| {
        std::fs::read(entry.unwrap().path()).is_ok_and(|bytes| bytes.starts_with(b"not a database"))
    });
    assert!(kept, "the damaged file is set aside, not thrown away");
}
