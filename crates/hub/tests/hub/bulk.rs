//! Import, export, backup, restore, check, epochs.

use portero_hub::bulk::{Format, RefusedImport, What};
use portero_hub::{Options, Store};
use portero_protocol::problem::Code;
use serde_json::Value;

use crate::house::{House, on_a_thread, tonight};

fn csv_of(store: &Store, what: What) -> String {
    let mut out = Vec::new();
    store.export(what, Format::Csv, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_was_exported_can_be_imported_and_twice_is_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("a.db")).unwrap();
    let file = format!(
        "\u{feff}cliente.nombre,numeroPersonas,fecha,hora,detalles,promotor.id,promotor.nombre,token\n\
         José Muñoz,4,{0},22:00,VIP|Alergia,p1,Lola,secreto\n\"=1+1, Ana\",2,{0},23:00,,,,\nAna,2,{0},23:00,,,,\nAna,2,{0},23:00,,,,\n",
        tonight()
    );
    let imported = store.import(file.as_bytes(), |_| {}).unwrap();
    assert_eq!((imported.created, imported.unchanged), (4, 0));
    let again = store.import(file.as_bytes(), |_| {}).unwrap();
    assert_eq!((again.created, again.unchanged), (0, 4));
    let out = csv_of(&store, What::Reservations);
    assert!(out.contains("\"'=1+1, Ana\""), "no formula: {out}");
    assert!(out.contains("VIP|Alergia") && !out.contains("secreto"));
    let other = Store::open(folder.path().join("b.db")).unwrap();
    let moved = other.import(out.as_bytes(), |_| {}).unwrap();
    assert_eq!(moved.created, 4);
    assert!(moved.ignored_columns.contains(&"asistenciaActual".to_owned()));
    let mut json = Vec::new();
    other.export(What::Reservations, Format::Json, &mut json).unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&json).unwrap();
    assert!(rows.iter().any(|row| row["cliente"]["nombre"] == "=1+1, Ana"));
    assert!(other.check().unwrap().ok);
}

#[test]
fn every_bad_row_is_named_and_nothing_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("a.db")).unwrap();
    let file = "cliente.nombre,numeroPersonas,fecha,hora\nAna,2,2026-11-24,22:00\n,2,2026-11-24,22:00\nLuis,dos,2026-11-24,22:00\n\
                Eva,2,2026-13-24,22:00\nIda,2,2026-11-24\n";
    let Err(RefusedImport::Rows(rows)) = store.import(file.as_bytes(), |_| {}) else {
        panic!("it was taken");
    };
    let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5, 6]);
    assert!(rows.iter().all(|row| !row.why.is_empty()));
    assert_eq!(csv_of(&store, What::Reservations).lines().count(), 1);
    for (file, word) in [
        ("cliente.nombre,numeroPersonas,fecha\nAna,2,2026-11-24\n", "hora"),
        ("cliente.nombre,personas,fecha,hora\n", "personas"),
    ] {
        let Err(RefusedImport::Failed(error)) = store.import(file.as_bytes(), |_| {}) else {
            panic!("it was taken");
        };
        assert!(error.to_string().contains(word), "{error}");
    }
    let taken =
        "id,cliente.nombre,numeroPersonas,fecha,hora\nr1,Ana,2,2026-11-24,22:00\nr2,Eva,2,2026-11-24,22:00\n";
    store.import(taken.as_bytes(), |_| {}).unwrap();
    let clash = "id,cliente.nombre,numeroPersonas,fecha,hora\nr3,Ida,2,2026-11-24,22:00\nr1,Otra,2,2026-11-24,22:00\n";
    let Err(RefusedImport::Rows(rows)) = store.import(clash.as_bytes(), |_| {}) else {
        panic!("it was taken");
    };
    assert_eq!((rows.len(), rows[0].line), (1, 3));
    assert_eq!(
        csv_of(&store, What::Reservations).lines().count(),
        3,
        "r3 does not stay"
    );
}

#[tokio::test]
async fn a_backup_while_serving_is_whole_and_starts_a_new_epoch() {
    let mut house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let (before, after) = (door.entry(&id, 1), door.entry(&id, 2));
    door.deliver(std::slice::from_ref(&before)).await;
    let copy = house.folder().join("copy.db");
    let (store, to) = (house.store.clone(), copy.clone());
    on_a_thread(move || {
        store.backup(&to).unwrap();
        assert!(store.backup(&to).is_err(), "no backup is overwritten");
    })
    .await;
    let epoch = house.epoch().await;
    door.deliver(std::slice::from_ref(&after)).await;
    let (path, from) = (house.path(), copy.clone());
    let busy = on_a_thread(move || Store::restore(&path, &from).unwrap_err()).await;
    assert_eq!(busy.code(), Code::DataDirInUse);
    house.end().await.unwrap();
    let path = house.path();
    let restored = on_a_thread(move || Store::restore(&path, &copy).unwrap()).await;
    assert!(restored.previous.unwrap().is_file(), "what was there is kept");
    let path = house.path();
    house.store = on_a_thread(move || Store::open(path).unwrap()).await;
    house.serve(Options::default()).await;
    assert_ne!(house.epoch().await, epoch);
    let mut door = crate::house::Device {
        url: house.url.clone(),
        ..door
    };
    assert_eq!(door.one(&id).await["asistenciaActual"], 1);
    // The door offers all again, and tonight is back.
    let results = door.deliver(&[before, after]).await;
    assert_eq!(results[0]["resultado"], "repetida");
    assert_eq!(results[1]["asistenciaActual"], 3);
    house.prove().await;
    door.entries.clear();
}

#[tokio::test]
async fn a_file_put_back_over_itself_starts_a_new_epoch_and_a_restart_does_not() {
    let mut house = House::open().await;
    let manager = house.manager().await;
    manager.reserve("Ana", 4).await;
    let epoch = house.epoch().await;
    house.end().await.unwrap();
    let path = house.path();
    let (from, aside) = (path.clone(), house.folder().join("aside.db"));
    // Everything into the one file, then a plain copy of it.
    drop(house.store.clone());
    let to = aside.clone();
    on_a_thread(move || {
        let conn = rusqlite::Connection::open(&from).unwrap();
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        std::fs::copy(&from, &to).unwrap();
    })
    .await;
    house.serve(Options::default()).await;
    assert_eq!(house.epoch().await, epoch, "a restart goes on");
    let manager = crate::house::Device {
        url: house.url.clone(),
        ..manager
    };
    manager.reserve("Luis", 4).await;
    house.end().await.unwrap();
    // Put back into the same file, by hand, as `cp` does.
    let placeholder = house.folder().join("placeholder.db");
    let old = std::mem::replace(
        &mut house.store,
        on_a_thread(move || Store::open(placeholder).unwrap()).await,
    );
    let (to, from) = (path.clone(), aside.clone());
    on_a_thread(move || {
        drop(old);
        for suffix in ["-wal", "-shm"] {
            let mut name = to.clone().into_os_string();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
        let bytes = std::fs::read(&from).unwrap();
        std::fs::write(&to, bytes).unwrap();
    })
    .await;
    house.store = on_a_thread(move || Store::open(path).unwrap()).await;
    house.serve(Options::default()).await;
    assert_ne!(house.epoch().await, epoch);
    house.end().await.unwrap();
    // And a copy beside it.
    house.store = on_a_thread(move || Store::open(aside).unwrap()).await;
    house.serve(Options::default()).await;
    assert_ne!(house.epoch().await, epoch);
}

#[test]
fn a_database_of_another_kind_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    drop(Store::open(&newer).unwrap());
    let conn = rusqlite::Connection::open(&newer).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let before = std::fs::read(&newer).unwrap();
    let error = Store::open(&newer).unwrap_err();
    assert_eq!(error.code(), Code::NewerDatabase);
    assert!(error.to_string().contains("99"), "{error}");
    assert_eq!(std::fs::read(&newer).unwrap(), before);

    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "This is no database, and it is longer than a header.".repeat(40),
    )
    .unwrap();
    let before = std::fs::read(&text).unwrap();
    assert_eq!(Store::open(&text).unwrap_err().code(), Code::Storage);
    assert_eq!(std::fs::read(&text).unwrap(), before);

    let other = folder.path().join("other.db");
    let conn = rusqlite::Connection::open(&other).unwrap();
    conn.execute_batch("CREATE TABLE notes (text)").unwrap();
    drop(conn);
    let before = std::fs::read(&other).unwrap();
    assert_eq!(Store::open(&other).unwrap_err().code(), Code::Storage);
    assert_eq!(std::fs::read(&other).unwrap(), before);
}

#[tokio::test]
async fn a_check_finds_what_is_wrong() {
    let mut house = House::open().await;
    let (manager, mut door) = (house.manager().await, house.door().await);
    let id = manager.reserve("Ana", 4).await;
    let (a, b) = (door.entry(&id, 1), door.entry(&id, 2));
    door.deliver(&[a, b]).await;
    house.prove().await;
    house.end().await.unwrap();
    for damage in [
        "UPDATE reservation SET attendance = attendance + 1",
        "UPDATE entry SET quantity = 9, voided = 1 WHERE sequence = 2",
        "DELETE FROM log WHERE pos = 2",
        "DELETE FROM entry WHERE sequence = 1",
        "UPDATE entry SET previous = zeroblob(32) WHERE sequence = 2",
    ] {
        let (path, store) = (house.path(), house.store.clone());
        let report = on_a_thread(move || {
            let copy = path.with_extension("damaged");
            let _ = std::fs::remove_file(&copy);
            store.backup(&copy).unwrap();
            rusqlite::Connection::open(&copy)
                .unwrap()
                .execute(damage, [])
                .unwrap();
            Store::open(&copy).unwrap().check().unwrap()
        })
        .await;
        assert!(!report.ok && !report.problems.is_empty(), "{damage}");
    }
}

#[tokio::test]
async fn two_hubs_do_not_serve_one_database() {
    let house = House::open().await;
    let path = house.path();
    let second = on_a_thread(move || Store::open(path).unwrap()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = portero_hub::run(listener, second, Options::default(), std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::DataDirInUse);
}

#[test]
fn the_demo_is_a_night_to_look_at_and_the_same_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    let names = |file: &str| {
        let store = Store::open(folder.path().join(file)).unwrap();
        store.seed_demo(7).unwrap();
        store.seed_demo(7).unwrap();
        assert!(store.check().unwrap().ok);
        let list = csv_of(&store, What::Reservations);
        let mut rows: Vec<String> = list
            .lines()
            .map(|line| line.split(',').skip(3).take(2).collect::<Vec<_>>().join(","))
            .collect();
        rows.sort();
        rows
    };
    let first = names("a.db");
    assert_eq!(first.len(), 1 + 30 + 200 + 30);
    assert_eq!(first, names("b.db"));
}
