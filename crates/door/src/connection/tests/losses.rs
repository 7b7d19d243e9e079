//! Refused, mute, silent, unreadable, polling, asleep.

use super::*;

#[test]
fn retry_after_is_the_floor_for_stream_and_changes() {
    let mut bench = bench();
    bench.on(Input::Start { cursor: Some(5) });
    bench.on(Input::Lost(Loss::Fault(Fault::Later {
        retry_after_ms: Some(20_000),
    })));
    let lost = bench.now;
    for (at, action) in bench.pass(60_000) {
        if matches!(action, Action::Connect | Action::FetchChanges) {
            assert!(at >= lost + 20_000, "{action:?} after {}", at - lost);
        }
    }
}

#[test]
fn refused_it_stops_reading_and_asks_again_only_rarely() {
    let mut bench = bench();
    bench.live();
    bench.on(Input::Lost(Loss::Fault(Fault::Refused(Code::Unauthorized))));
    assert_eq!(bench.core.shown, (LinkState::Refused, Some(Code::Unauthorized)));
    assert_eq!(bench.on(Input::Focused), []);
    assert_eq!(bench.on(Input::Woke), []);
    let reads = bench
        .pass(29_999)
        .into_iter()
        .filter(|(_, action)| {
            matches!(
                action,
                Action::Connect | Action::FetchChanges | Action::FetchSnapshot
            )
        })
        .count();
    assert_eq!(reads, 0);
    let mut asked = 0;
    for _ in 0..10 {
        let (_, actions) = bench.wake();
        if actions.contains(&Action::Connect) {
            asked += 1;
            bench.on(Input::Lost(Loss::Fault(Fault::Refused(Code::Unauthorized))));
        }
    }
    assert!(asked > 0);
    assert!(bench.now > 30 * 60_000, "ten times in {} s", bench.now / 1_000);
    // An entry was accepted: the token counts again.
    assert!(bench.on(Input::Delivered).contains(&Action::Connect));
}

#[test]
fn a_mute_stream_is_polled_instead_and_probed_from_time_to_time() {
    let mut bench = bench();
    bench.on(Input::Start { cursor: Some(5) });
    bench.on(Input::Opened);
    let opened = bench.now;
    let (at, actions) = bench.wake();
    assert_eq!(at, opened + 5_000);
    assert!(actions.contains(&Action::Disconnect) && actions.contains(&Action::FetchChanges));
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    assert_eq!(bench.state(), LinkState::Polling);
    let mut probes = Vec::new();
    let mut polls = 0;
    let mut last = bench.now;
    while probes.len() < 6 {
        let (at, actions) = bench.wake();
        for action in actions {
            match action {
                Action::Connect => {
                    probes.push((at - last) / 1_000);
                    bench.on(Input::Opened);
                    bench.now += 5_000;
                    let given_up = bench.on(Input::Tick);
                    assert!(
                        given_up.contains(&Action::FetchChanges),
                        "what the mute stream held back"
                    );
                    polls += 1;
                    bench.on(Input::Changed {
                        cursor: 5,
                        more: false,
                    });
                    last = bench.now;
                }
                Action::FetchChanges => {
                    polls += 1;
                    bench.on(Input::Changed {
                        cursor: 5,
                        more: false,
                    });
                }
                _ => {}
            }
        }
    }
    assert_eq!(probes, [30, 60, 120, 240, 300, 300]);
    assert!(polls > 6, "it goes on polling between the probes");
    // A probe that hears something ends the polling.
    bench.pass(300_000);
    bench.on(Input::Connected {
        head: 5,
        heartbeat_ms: 30_000,
    });
    assert_eq!(bench.state(), LinkState::Live);
}

#[test]
fn silence_of_two_and_a_half_heartbeats_is_a_dead_stream() {
    let mut bench = bench();
    bench.live();
    let (at, actions) = bench.wake();
    assert_eq!(at, 1_000 + 75_000);
    assert!(actions.contains(&Action::Disconnect));
    assert_eq!(bench.state(), LinkState::Connecting);
}

#[test]
fn what_breaks_the_stream_twice_is_passed_by_changes() {
    let mut bench = bench();
    bench.live();
    bench.on(Input::Lost(Loss::Unreadable));
    let (_, actions) = bench.wake();
    assert!(actions.contains(&Action::Connect) && !actions.contains(&Action::FetchChanges));
    bench.on(Input::Opened);
    bench.on(Input::Connected {
        head: 6,
        heartbeat_ms: 30_000,
    });
    let actions = bench.on(Input::Lost(Loss::Unreadable));
    assert!(actions.contains(&Action::FetchChanges));
    let early = bench.pass(10_000);
    assert!(
        !early.iter().any(|(_, action)| *action == Action::Connect),
        "not before the place is passed: {early:?}"
    );
    assert!(
        bench
            .on(Input::Changed {
                cursor: 6,
                more: false
            })
            .contains(&Action::Connect)
    );
}

#[test]
fn silent_with_half_an_event_read_counts_as_unreadable() {
    let mut bench = bench();
    bench.live();
    bench.on(Input::Half);
    bench.wake();
    bench.wake();
    bench.on(Input::Opened);
    bench.on(Input::Connected {
        head: 6,
        heartbeat_ms: 30_000,
    });
    bench.on(Input::Half);
    assert!(
        bench
            .pass(80_000)
            .iter()
            .any(|(_, action)| *action == Action::FetchChanges)
    );
}

#[test]
fn without_a_stream_it_polls_each_interval_and_sooner_while_entries_are_made() {
    let mut bench = Bench::new(|settings| settings.sse_enabled = false);
    assert_eq!(bench.on(Input::Start { cursor: Some(5) }), [Action::FetchChanges]);
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    assert_eq!(bench.state(), LinkState::Polling);
    let polled = bench.now;
    let (at, actions) = bench.wake();
    assert_eq!((at - polled, actions), (120_000, vec![Action::FetchChanges]));
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    bench.on(Input::Busy);
    let polled = bench.now;
    assert_eq!(bench.wake().0 - polled, 15_000);
    assert!(bench.core.wants_changes_with_delivery() || bench.core.fetching.is_some());
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    assert!(bench.core.wants_changes_with_delivery());
}

#[test]
fn polling_without_a_hub_is_offline_and_asks_again_within_the_cap() {
    let mut bench = Bench::new(|settings| settings.sse_enabled = false);
    bench.on(Input::Start { cursor: Some(5) });
    for _ in 0..30 {
        bench.on(Input::NotFetched(Fault::Unreachable));
        assert_eq!(bench.state(), LinkState::Offline);
        let lost = bench.now;
        let (at, actions) = bench.wake();
        assert_eq!(actions, [Action::FetchChanges]);
        assert!(at - lost <= 2_500);
    }
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    assert_eq!(bench.state(), LinkState::Polling);
}

#[test]
fn focus_refetches_what_is_stale_and_nothing_else() {
    let mut bench = Bench::new(|settings| settings.sse_enabled = false);
    bench.on(Input::Start { cursor: Some(5) });
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    bench.now += 60_000;
    assert_eq!(bench.on(Input::Focused), []);
    bench.now += 1;
    assert_eq!(bench.on(Input::Focused), [Action::FetchChanges]);
}

#[test]
fn the_stream_is_switched_off_and_on_without_a_restart() {
    let mut bench = bench();
    bench.live();
    let off = Settings {
        sse_enabled: false,
        ..Settings::default()
    };
    let actions = bench.on(Input::Settings(Box::new(off)));
    assert!(actions.contains(&Action::Disconnect) && actions.contains(&Action::FetchChanges));
    assert_eq!(bench.state(), LinkState::Polling);
    bench.on(Input::Changed {
        cursor: 5,
        more: false,
    });
    assert!(
        bench
            .pass(600_000)
            .iter()
            .all(|(_, action)| *action != Action::Connect)
    );
    let actions = bench.on(Input::Settings(Box::default()));
    assert!(actions.contains(&Action::Connect));
}

#[test]
fn after_sleep_the_stream_is_opened_anew_at_once() {
    let mut bench = bench();
    bench.live();
    let actions = bench.on(Input::Woke);
    assert!(actions.contains(&Action::Disconnect) && actions.contains(&Action::Connect));
}

#[test]
fn a_login_page_in_place_of_the_hub_is_offline_and_asked_ever_more_rarely() {
    let mut bench = bench();
    bench.on(Input::Start { cursor: Some(5) });
    let start = bench.now;
    let mut asked = 0;
    bench.on(Input::Lost(Loss::Fault(Fault::NotTheHub)));
    while bench.now < start + 600_000 {
        let (_, actions) = bench.wake();
        for action in actions {
            match action {
                Action::Connect => {
                    asked += 1;
                    bench.on(Input::Lost(Loss::Fault(Fault::NotTheHub)));
                }
                Action::FetchChanges => {
                    asked += 1;
                    bench.on(Input::NotFetched(Fault::NotTheHub));
                    assert_eq!(bench.state(), LinkState::Offline);
                }
                _ => {}
            }
        }
    }
    assert!((10..150).contains(&asked), "{asked} in ten minutes");
}
