//! The writer thread: shared commits, failing jobs, a full disk.

use portero_protocol::problem::Code;
use portero_protocol::reservation::{Client, Draft};

use super::Store;
use crate::edit::create;
use crate::error::{Error, Result};
use crate::store::tx::Tx;

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("hub.db")).unwrap();
    (folder, store)
}

fn insert(tx: &mut Tx<'_>, number: usize, detail: &str) -> Result<()> {
    let draft: Draft = serde_json::from_value(serde_json::json!({
        "cliente": Client { name: format!("R{number}"), ..Client::default() },
        "numeroPersonas": 2, "fecha": "2026-11-24", "hora": "22:00", "detalles": [detail],
    }))?;
    let day = tx.known.calendar.day_of(draft.date, draft.time);
    let id = format!("res-{number}")
        .parse()
        .map_err(|_| Error::from(Code::Internal))?;
    let now = tx.now;
    create::insert(tx, draft.into_reservation(id, now), day, None, Vec::new())?;
    Ok(())
}

#[tokio::test]
async fn a_job_that_fails_or_panics_takes_nobody_along() {
    let (_folder, store) = open();
    let jobs = (0..60).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(move |tx| {
                    insert(tx, number, "x")?;
                    match number % 3 {
                        1 => Err(Error::new(Code::InvalidField, "no")),
                        2 => panic!("a bug"),
                        _ => Ok(number),
                    }
                })
                .await
        })
    });
    for (number, job) in jobs.collect::<Vec<_>>().into_iter().enumerate() {
        let result = job.await.unwrap();
        match number % 3 {
            0 => assert_eq!(result.unwrap(), number),
            1 => assert_eq!(result.unwrap_err().code(), Code::InvalidField),
            _ => assert_eq!(result.unwrap_err().code(), Code::Internal),
        }
    }
    let listed = store
        .read(|view| {
            view.list(&super::listing::Wanted {
                limit: 100,
                ..Default::default()
            })
        })
        .await;
    assert_eq!(listed.unwrap().1, 20);
    assert_eq!(
        store.shared().live.head(),
        20,
        "what was taken back has no position"
    );
    assert!(store.check().unwrap().ok);
}

#[test]
fn a_full_disk_is_said_and_nothing_is_half_written() {
    let (_folder, store) = open();
    // As a disk with room for a few pages more.
    store
        .write_now(|tx| {
            let pages: i64 = tx.conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.conn.pragma_update(None, "max_page_count", pages + 40)?;
            Ok(())
        })
        .unwrap();
    let detail = "x".repeat(400);
    let mut written = 0;
    let error = loop {
        let (number, detail) = (written, detail.clone());
        match store.write_now(move |tx| insert(tx, number, &detail)) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Code::DiskFull, "{error:?}");
    assert!(written > 10);
    assert!(store.check().unwrap().ok);
    // Room again: it goes on where it was.
    store
        .write_now(|tx| {
            tx.conn.pragma_update(None, "max_page_count", 1_000_000)?;
            Ok(())
        })
        .unwrap();
    store.write_now(move |tx| insert(tx, written, "x")).unwrap();
    assert_eq!(store.shared().live.head(), u64::try_from(written).unwrap() + 1);
    assert!(store.check().unwrap().ok);
}
