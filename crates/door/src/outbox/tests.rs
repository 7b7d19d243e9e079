use portero_protocol::attendance::Outcome;
use proptest::prelude::*;

use super::*;

fn entry(n: u128, reservation: &str) -> Item {
    Item {
        id: ItemId::Entry(EntryId::from(uuid::Uuid::from_u128(n))),
        reservation: reservation.parse().unwrap(),
    }
}

fn write(n: u128, reservation: &str) -> Item {
    Item {
        id: ItemId::Write(OpId::from(uuid::Uuid::from_u128(n))),
        reservation: reservation.parse().unwrap(),
    }
}

fn confirmed(id: ItemId) -> Mark {
    Mark {
        life: None,
        id,
        settled: Settled::Confirmed {
            outcome: Some(Outcome::Recorded),
            version: None,
        },
    }
}

fn outbox() -> Outbox {
    Outbox::new(fastrand::Rng::with_seed(1))
}

fn delivered(actions: &[Action]) -> Vec<u128> {
    actions
        .iter()
        .filter_map(|action| match action {
            Action::Deliver(ids) => Some(ids.iter().map(|id| id.uuid().as_u128()).collect::<Vec<_>>()),
            _ => None,
        })
        .flatten()
        .collect()
}

#[test]
fn idle_it_asks_for_nothing_and_wakes_nobody() {
    let mut outbox = outbox();
    assert_eq!(outbox.on(Input::Tick, 0), []);
    assert_eq!(outbox.on(Input::Reachable, 1), []);
    assert_eq!(outbox.wake_at(), None);
}

#[test]
fn batches_hold_what_came_meanwhile() {
    let mut outbox = outbox();
    let first = outbox.on(Input::Added(entry(1, "a")), 0);
    assert_eq!(delivered(&first), [1]);
    for n in 2..=1_201 {
        assert_eq!(
            outbox.on(Input::Added(entry(n, "a")), 0),
            [],
            "one delivery at a time"
        );
    }
    let second = outbox.on(Input::Delivered(vec![confirmed(entry(1, "a").id)]), 1);
    assert_eq!(delivered(&second).len(), 500);
}

#[test]
fn unreachable_waits_and_reachable_does_not() {
    let mut outbox = outbox();
    outbox.on(Input::Added(entry(1, "a")), 0);
    assert_eq!(outbox.on(Input::NotDelivered(Failure::Unreachable), 100), []);
    let wake = outbox.wake_at().unwrap();
    assert!(wake > 100 && wake <= 100 + 10_000);
    assert_eq!(delivered(&outbox.on(Input::Reachable, 101)), [1]);
}

#[test]
fn retry_after_is_kept_even_when_the_hub_can_be_reached() {
    let mut outbox = outbox();
    outbox.on(Input::Added(entry(1, "a")), 0);
    let later = Failure::Later {
        retry_after_ms: Some(60_000),
    };
    outbox.on(Input::NotDelivered(later), 0);
    assert_eq!(outbox.on(Input::Reachable, 1_000), []);
    assert_eq!(outbox.on(Input::Tick, 59_999), []);
    assert_eq!(delivered(&outbox.on(Input::Tick, 61_001)), [1]);
}

#[test]
fn a_401_never_ends_delivery() {
    let mut outbox = outbox();
    outbox.on(Input::Added(entry(1, "a")), 0);
    let mut now = 0;
    for _ in 0..50 {
        let refused = Failure::Unauthorized { retry_after_ms: None };
        outbox.on(Input::NotDelivered(refused), now);
        now = outbox.wake_at().unwrap();
        assert_eq!(delivered(&outbox.on(Input::Tick, now)), [1]);
    }
}

#[test]
fn one_bad_entry_is_found_and_the_others_go_through() {
    let mut outbox = outbox();
    let items: Vec<_> = (1..=100).map(|n| entry(n, &format!("r{n}"))).collect();
    let mut actions = outbox.on(Input::Waiting(items), 0);
    let mut through = HashSet::new();
    let mut apart = Vec::new();
    for step in 0..200 {
        for action in &actions {
            if let Action::Settle(marks) = action {
                for mark in marks {
                    match &mark.settled {
                        Settled::Quarantined { .. } => apart.push(mark.id),
                        _ => assert!(through.insert(mark.id)),
                    }
                }
            }
        }
        let batch = delivered(&actions);
        if batch.is_empty() {
            break;
        }
        let input = if batch.contains(&37) {
            Input::NotDelivered(Failure::Refused {
                code: Code::InvalidBody,
                reason: "bad".to_owned(),
            })
        } else {
            Input::Delivered(batch.iter().map(|n| confirmed(entry(*n, "r").id)).collect())
        };
        actions = outbox.on(input, step);
    }
    assert_eq!(apart, [entry(37, "r").id]);
    assert_eq!(through.len(), 99);
}

#[test]
fn a_reservations_items_keep_their_order_and_others_do_not_wait() {
    let mut outbox = outbox();
    let create = write(1, "new");
    let items = vec![
        create.clone(),
        entry(2, "new"),
        entry(3, "old"),
        write(4, "old"),
        write(5, "other"),
    ];
    let actions = outbox.on(Input::Waiting(items), 0);
    // The create leaves, and the entry of another reservation; its own entry waits.
    assert_eq!(delivered(&actions), [3]);
    assert!(actions.contains(&Action::Send(OpId::from(uuid::Uuid::from_u128(1)))));
    // The create is refused: its entry is a fact all the same.
    let refused = Failure::Refused {
        code: Code::WalkInOnly,
        reason: "no".to_owned(),
    };
    let actions = outbox.on(Input::NotWritten(refused), 1);
    assert!(
        actions.contains(&Action::Send(OpId::from(uuid::Uuid::from_u128(5)))),
        "{actions:?}"
    );
    let actions = outbox.on(Input::Delivered(vec![confirmed(entry(3, "old").id)]), 2);
    assert_eq!(delivered(&actions), [2]);
}

proptest! {
    /// Whatever the hub does, each item is settled exactly once, a reservation's items in their order.
    #[test]
    fn everything_is_settled_once_and_in_order(
        kinds in prop::collection::vec((any::<bool>(), 0u8..4), 1..60),
        luck in prop::collection::vec(0u8..6, 0..200),
    ) {
        let mut outbox = outbox();
        let items: Vec<_> = kinds.iter().enumerate().map(|(n, (is_entry, reservation))| {
            let reservation = format!("r{reservation}");
            let n = n as u128 + 1;
            if *is_entry { entry(n, &reservation) } else { write(n, &reservation) }
        }).collect();
        let mut luck = luck.into_iter();
        let mut now = 0;
        let mut settled: Vec<ItemId> = Vec::new();
        let mut todo: VecDeque<Action> = outbox.on(Input::Waiting(items.clone()), now).into();
        for _ in 0..5_000 {
            let Some(action) = todo.pop_front() else {
                if settled.len() == items.len() {
                    break;
                }
                now = outbox.wake_at().unwrap_or(now + 1).max(now + 1);
                todo.extend(outbox.on(Input::Tick, now));
                continue;
            };
            let fate = luck.next().unwrap_or(0);
            let failure = match fate {
                1 => Some(Failure::Unreachable),
                2 => Some(Failure::Later { retry_after_ms: Some(1_000) }),
                3 => Some(Failure::Unauthorized { retry_after_ms: None }),
                4 => Some(Failure::Refused { code: Code::InvalidBody, reason: String::new() }),
                _ => None,
            };
            let input = match (action, failure) {
                (Action::Settle(marks), _) => {
                    settled.extend(marks.iter().map(|mark| mark.id));
                    continue;
                }
                (Action::Deliver(_), Some(failure)) => Input::NotDelivered(failure),
                (Action::Deliver(ids), None) => Input::Delivered(ids.into_iter().map(|id| confirmed(ItemId::Entry(id))).collect()),
                (Action::Send(_), Some(failure)) => Input::NotWritten(failure),
                (Action::Send(id), None) => Input::Written(confirmed(ItemId::Write(id))),
            };
            todo.extend(outbox.on(input, now));
        }
        prop_assert_eq!(settled.len(), items.len());
        for reservation in 0..4 {
            let name: ReservationId = format!("r{reservation}").parse().unwrap();
            let of = |ids: Vec<ItemId>| ids.into_iter().filter(|id| items.iter().any(|item| item.id == *id && item.reservation == name)).collect::<Vec<_>>();
            prop_assert_eq!(of(settled.clone()), of(items.iter().map(|item| item.id).collect()));
        }
    }
}

#[test]
fn what_happened_while_the_disk_was_read_waits_as_well() {
    let mut outbox = outbox();
    outbox.on(Input::Added(entry(2, "a")), 0);
    outbox.on(Input::NotDelivered(Failure::Unreachable), 0);
    // Read before the second entry was recorded, and told after it.
    outbox.on(Input::Waiting(vec![entry(1, "a")]), 1);
    let actions = outbox.on(Input::Reachable, 2);
    assert_eq!(delivered(&actions), [1, 2]);
}
