//! What narrows a list.

use portero_door::view::{ListQuery, Only, Order};
use portero_protocol::reservation::Origin;
use serde_json::{Value, json};

use crate::desk::{listed, manager, sent};
use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_by_all_of_it_at_once() {
    let place = Place::open().await;
    let desk = manager(&place).await;
    let row = |name: &str, party: u32, date: &str, more: Value| {
        let mut row =
            json!({"cliente": {"nombre": name}, "numeroPersonas": party, "fecha": date, "hora": "21:00"});
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        listed(row)
    };
    let daniela =
        json!({"promotor": {"id": "pr-1", "nombre": "Daniela"}, "mesa": "4", "beneficiosReserva": "Botella"});
    desk.import(vec![
        row("Ana", 2, "2030-05-03", daniela.clone()),
        row("Berta", 9, "2030-05-04", daniela),
        row(
            "Carla",
            9,
            "2030-05-05",
            json!({"promotor": {"id": "pr-10", "nombre": "Pablo"}, "detalles": ["VIP"]}),
        ),
        row("Dora", 3, "2030-06-01", json!({"origen": "sinReserva"})),
    ])
    .await
    .unwrap();
    let names = async |query: ListQuery| -> Vec<String> {
        let page = desk.list(query).await.unwrap();
        page.rows
            .into_iter()
            .map(|row| row.reservation.client.name)
            .collect()
    };
    let day = |d| Some(jiff::civil::date(2030, 5, d));
    let all = ListQuery::default;
    assert_eq!(
        names(ListQuery {
            day: day(4),
            until: day(5),
            ..all()
        })
        .await,
        ["Berta", "Carla"]
    );
    // `pr-1` is not the beginning of `pr-10`.
    assert_eq!(
        names(ListQuery {
            promoter: Some("pr-1".into()),
            ..all()
        })
        .await,
        ["Ana", "Berta"]
    );
    assert_eq!(
        names(ListQuery {
            promoter: Some("pr-1".into()),
            party_from: Some(8),
            text: Some("ber".into()),
            ..all()
        })
        .await,
        ["Berta"]
    );
    assert_eq!(
        names(ListQuery {
            origin: Some(Origin::WalkIn),
            ..all()
        })
        .await,
        ["Dora"]
    );
    assert_eq!(
        names(ListQuery {
            only: vec![Only::NoTable],
            ..all()
        })
        .await,
        ["Carla", "Dora"]
    );
    assert_eq!(
        names(ListQuery {
            only: vec![Only::NoTable, Only::WithNotes],
            ..all()
        })
        .await,
        ["Carla"]
    );
    assert_eq!(
        names(ListQuery {
            text: Some("botella".into()),
            ..all()
        })
        .await,
        ["Ana", "Berta"]
    );
    let counts = desk.promoters(all()).await.unwrap();
    let counts: Vec<(&str, u32)> = counts
        .iter()
        .map(|one| (one.promoter.name.as_str(), one.reservations))
        .collect();
    assert_eq!(counts, [("Daniela", 2), ("Pablo", 1)]);
    assert_eq!(
        desk.ids(
            ListQuery {
                day: day(4),
                until: day(5),
                ..all()
            },
            10
        )
        .await
        .unwrap()
        .len(),
        2
    );
    assert_eq!(
        desk.ids(all(), 2).await.unwrap().len(),
        3,
        "one more says that there are more"
    );
    sent(&desk).await;
    // An entry beyond and one short of the party, and an edit that waits.
    let found = desk
        .list(ListQuery {
            text: Some("ana".into()),
            ..all()
        })
        .await
        .unwrap()
        .rows;
    let ana = found[0].reservation.id.clone();
    desk.admit(&ana, 3, true).await.unwrap();
    let found = desk
        .list(ListQuery {
            text: Some("berta".into()),
            ..all()
        })
        .await
        .unwrap()
        .rows;
    desk.admit(&found[0].reservation.id, 1, true).await.unwrap();
    assert_eq!(
        names(ListQuery {
            only: vec![Only::Excess],
            ..all()
        })
        .await,
        ["Ana"]
    );
    assert_eq!(
        names(ListQuery {
            only: vec![Only::Partial],
            ..all()
        })
        .await,
        ["Berta"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_by_each_of_its_columns_both_ways() {
    let place = Place::open().await;
    let desk = manager(&place).await;
    let row = |name: &str, party: u32, hour: &str, more: Value| {
        let mut row = json!({"cliente": {"nombre": name}, "numeroPersonas": party, "fecha": "2030-05-03", "hora": hour});
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        listed(row)
    };
    desk.import(vec![
        row("Óscar", 4, "21:00", json!({"mesa": "12"})),
        row(
            "Ñusta",
            2,
            "22:00",
            json!({"promotor": {"id": "pr-1", "nombre": "Pablo"}}),
        ),
        row("ana", 9, "23:00", json!({"mesa": "4", "estado": "Cancelado"})),
        row(
            "Nora",
            2,
            "23:30",
            json!({"mesa": "VIP 1", "promotor": {"id": "pr-2", "nombre": "Daniela"}}),
        ),
    ])
    .await
    .unwrap();
    let names = async |query: ListQuery| -> Vec<String> {
        let page = desk.list(query).await.unwrap();
        page.rows
            .into_iter()
            .map(|row| row.reservation.client.name)
            .collect()
    };
    for day in [None, Some(jiff::civil::date(2030, 5, 3))] {
        let by = |order, descending| ListQuery {
            day,
            order,
            descending,
            ..ListQuery::default()
        };
        for (order, up, down) in [
            (
                Order::Hour,
                ["Óscar", "Ñusta", "ana", "Nora"],
                ["Nora", "ana", "Ñusta", "Óscar"],
            ),
            (
                Order::Client,
                ["ana", "Nora", "Ñusta", "Óscar"],
                ["Óscar", "Ñusta", "Nora", "ana"],
            ),
            (
                Order::Party,
                ["Ñusta", "Nora", "Óscar", "ana"],
                ["ana", "Óscar", "Ñusta", "Nora"],
            ),
            // Whoever has no table and no promoter comes last either way.
            (
                Order::Table,
                ["ana", "Óscar", "Nora", "Ñusta"],
                ["Nora", "Óscar", "ana", "Ñusta"],
            ),
            (
                Order::Status,
                ["Óscar", "Ñusta", "Nora", "ana"],
                ["ana", "Óscar", "Ñusta", "Nora"],
            ),
            (
                Order::Promoter,
                ["Nora", "Ñusta", "Óscar", "ana"],
                ["Ñusta", "Nora", "Óscar", "ana"],
            ),
        ] {
            assert_eq!(names(by(order, false)).await, up, "{order:?}");
            assert_eq!(names(by(order, true)).await, down, "{order:?}, the other way");
            let ids = desk.ids(by(order, true), 10).await.unwrap();
            let rows = desk.list(by(order, true)).await.unwrap().rows;
            assert!(
                ids.iter().eq(rows.iter().map(|row| &row.reservation.id)),
                "{order:?}"
            );
            let written = desk.rows(ids.clone()).await.unwrap();
            assert!(
                ids.iter().eq(written.iter().map(|row| &row.reservation.id)),
                "{order:?}: a file has what the list shows"
            );
        }
    }
    // Found by words, narrowed by a column, and only a page of it.
    let query = ListQuery {
        text: Some("n".into()),
        party_from: Some(2),
        order: Order::Client,
        limit: Some(1),
        offset: Some(1),
        ..ListQuery::default()
    };
    assert_eq!(names(query).await, ["Ñusta"]);
    // An edit moves a row.
    let found = desk
        .list(ListQuery {
            text: Some("oscar".into()),
            ..ListQuery::default()
        })
        .await
        .unwrap()
        .rows;
    let version = found[0].reservation.version;
    let changes = serde_json::from_value(json!({"cliente": {"nombre": "Abel"}})).unwrap();
    desk.update(&found[0].reservation.id, changes, version)
        .await
        .unwrap();
    let query = ListQuery {
        order: Order::Client,
        ..ListQuery::default()
    };
    assert_eq!(names(query).await, ["Abel", "ana", "Nora", "Ñusta"]);
}
