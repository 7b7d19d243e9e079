//! The set of entries, by every way and in any order.

use super::*;

#[derive(Debug, Clone)]
enum Way {
    /// Recorded here, and not at the hub yet.
    Own,
    /// From the hub's log alone.
    Hub,
    /// Recorded here first, then the hub's log brings it.
    OwnThenHub,
    /// The hub's log brings it before it is shown here.
    HubThenOwn,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Entries and undos of two reservations, by every way, in any order, some twice: attendance is the sum over the set, in the row that
    /// is kept ready, in the question of the verdict, and after a restart.
    #[test]
    fn attendance_is_the_sum_over_the_union(
        made in prop::collection::vec((0usize..2, 1u32..5, prop::option::of(0usize..12), prop::sample::select(vec![Way::Own, Way::Hub, Way::OwnThenHub, Way::HubThenOwn])), 1..14),
        order in any::<prop::sample::Index>(),
        twice in any::<bool>(),
    ) {
        let names = ["a", "b"];
        let mut bench = Bench::new(names.iter().map(|id| line(&row(id, "Ana", 4))).collect());
        let entries: Vec<(Entry, Way)> = made.iter().enumerate().map(|(n, (which, quantity, undo, way))| {
            // An undo names an earlier or later entry of the same reservation, if there is one.
            let target = undo.filter(|target| *target != n && made.get(*target).is_some_and(|other| other.0 == *which && other.2.is_none()));
            (entry(n as u128 + 1, names[*which], *quantity, target.map(|target| target as u128 + 1)), way.clone())
        }).collect();
        let mut todo: Vec<(Entry, bool)> = Vec::new();
        for (entry, way) in &entries {
            match way {
                Way::Own => todo.push((entry.clone(), false)),
                Way::Hub => todo.push((entry.clone(), true)),
                Way::OwnThenHub => todo.extend([(entry.clone(), false), (entry.clone(), true)]),
                Way::HubThenOwn => todo.extend([(entry.clone(), true), (entry.clone(), false)]),
            }
        }
        let turn = order.index(todo.len());
        todo.rotate_left(turn);
        if twice {
            todo.extend(todo.clone());
        }
        for (entry, from_hub) in todo {
            if from_hub {
                bench.happens(recorded(entry, Status::Active));
            } else {
                bench.cache.add_own(&entry).unwrap();
            }
        }
        let voided: BTreeSet<String> = entries.iter().filter_map(|(entry, _)| entry.voids).map(|id| id.to_string()).collect();
        let mut expected: BTreeMap<&str, u32> = names.iter().map(|name| (*name, 0)).collect();
        for (entry, _) in &entries {
            if entry.voids.is_none() && !voided.contains(&entry.id.to_string()) {
                *expected.get_mut(entry.reservation.as_str()).unwrap() += entry.quantity;
            }
        }
        for name in names {
            prop_assert_eq!(bench.attendance(name), expected[name]);
            let sought = bench.reads.sought_by_id(&name.parse().unwrap()).unwrap();
            prop_assert_eq!(attendance(&sought.entries), expected[name]);
        }
        let page = bench.reads.list(&ListQuery::default()).unwrap();
        prop_assert_eq!(page.inside, expected.values().sum::<u32>());
    }
}
