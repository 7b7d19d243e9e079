//! Each row of the design's table, against the state machine alone.

use proptest::prelude::*;

use super::*;

mod losses;

struct Bench {
    core: Connection,
    now: u64,
}

impl Bench {
    fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        Self {
            core: Connection::new(settings, fastrand::Rng::with_seed(3)),
            now: 1_000,
        }
    }

    fn on(&mut self, input: Input) -> Vec<Action> {
        self.core.on(input, self.now)
    }

    /// Goes forward to the next thing that the machine wants to do by itself; gives what it does, and when.
    fn wake(&mut self) -> (u64, Vec<Action>) {
        loop {
            let at = self.core.wake_at().expect("it waits for something");
            self.now = self.now.max(at);
            let actions = self.on(Input::Tick);
            if !actions.is_empty() {
                return (self.now, actions);
            }
        }
    }

    /// Lets time pass; gives all that it did by itself.
    fn pass(&mut self, ms: u64) -> Vec<(u64, Action)> {
        let end = self.now + ms;
        let mut done = Vec::new();
        while let Some(at) = self.core.wake_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let actions = self.on(Input::Tick);
            done.extend(actions.into_iter().map(|action| (self.now, action)));
        }
        self.now = end;
        done
    }

    fn live(&mut self) {
        self.on(Input::Start { cursor: Some(5) });
        self.on(Input::Opened);
        let actions = self.on(Input::Connected {
            head: 5,
            heartbeat_ms: 30_000,
        });
        assert!(actions.contains(&Action::Show(LinkState::Live, None)));
    }

    fn state(&self) -> LinkState {
        self.core.shown.0
    }
}

fn bench() -> Bench {
    Bench::new(|_| ())
}

#[test]
fn without_a_cursor_it_takes_a_snapshot_first_and_then_opens_the_stream() {
    let mut bench = bench();
    let actions = bench.on(Input::Start { cursor: None });
    assert_eq!(
        actions,
        [Action::FetchSnapshot, Action::Show(LinkState::CatchingUp, None)]
    );
    assert_eq!(bench.on(Input::Taken { cursor: 9 }), [Action::Connect]);
}

#[test]
fn with_the_stream_up_it_asks_for_nothing() {
    let mut bench = bench();
    bench.live();
    for _ in 0..240 {
        bench.now += 30_000;
        assert_eq!(bench.on(Input::Heartbeat { head: 5 }), []);
        assert_eq!(bench.on(Input::Tick), []);
        bench.now += 1;
        assert_eq!(bench.on(Input::Focused), [], "live data is never stale");
    }
}

#[test]
fn behind_at_the_start_it_catches_up_on_the_stream() {
    let mut bench = bench();
    bench.on(Input::Start { cursor: Some(5) });
    let actions = bench.on(Input::Connected {
        head: 7,
        heartbeat_ms: 30_000,
    });
    assert!(actions.contains(&Action::Show(LinkState::CatchingUp, None)));
    assert_eq!(bench.on(Input::Applied { cursor: 6 }), []);
    assert_eq!(
        bench.on(Input::Applied { cursor: 7 }),
        [Action::Show(LinkState::Live, None)]
    );
}

#[test]
fn a_head_that_stays_ahead_for_two_seconds_is_asked_about() {
    let mut bench = bench();
    bench.live();
    assert_eq!(bench.on(Input::Heartbeat { head: 6 }), []);
    let (at, actions) = bench.wake();
    assert_eq!(at, 3_000);
    assert!(actions.contains(&Action::FetchChanges));
    bench.on(Input::Changed {
        cursor: 6,
        more: false,
    });
    assert_eq!(bench.state(), LinkState::Live);
}

#[test]
fn a_gap_is_filled_by_changes_page_by_page() {
    let mut bench = bench();
    bench.live();
    assert!(bench.on(Input::Gap).contains(&Action::FetchChanges));
    assert_eq!(bench.state(), LinkState::CatchingUp);
    assert!(
        bench
            .on(Input::Changed {
                cursor: 1_005,
                more: true
            })
            .contains(&Action::FetchChanges)
    );
    bench.on(Input::Changed {
        cursor: 1_500,
        more: false,
    });
    assert_eq!(bench.state(), LinkState::Live);
}

#[test]
fn a_log_that_cannot_continue_is_a_snapshot() {
    let mut bench = bench();
    bench.live();
    let actions = bench.on(Input::Reset);
    assert!(actions.contains(&Action::Disconnect) && actions.contains(&Action::FetchSnapshot));
    assert_eq!(bench.state(), LinkState::CatchingUp);
    // Of another life, whose numbers are lower.
    assert!(bench.on(Input::Taken { cursor: 2 }).contains(&Action::Connect));
    bench.on(Input::Connected {
        head: 2,
        heartbeat_ms: 30_000,
    });
    assert_eq!(bench.state(), LinkState::Live);
}

#[test]
fn after_a_loss_the_first_try_comes_within_a_second_and_the_others_within_the_cap_for_ever() {
    for seed in 0..50 {
        let mut bench = bench();
        bench.core.rng = fastrand::Rng::with_seed(seed);
        bench.live();
        bench.now += 60_000;
        bench.on(Input::Heartbeat { head: 5 });
        bench.on(Input::Lost(Loss::Ended));
        assert_eq!(bench.state(), LinkState::Connecting);
        let lost = bench.now;
        let (at, actions) = bench.wake();
        assert!(actions.contains(&Action::Connect));
        assert!(at - lost <= 1_000, "{}", at - lost);
        for _ in 0..200 {
            let actions = bench.on(Input::Lost(Loss::Unreachable));
            assert!(!actions.contains(&Action::Connect));
            assert_eq!(bench.state(), LinkState::Offline);
            let lost = bench.now;
            let (at, actions) = bench.wake();
            assert!(actions.contains(&Action::Connect));
            assert!(at - lost <= 2_500);
        }
        let actions = bench.on(Input::Connected {
            head: 5,
            heartbeat_ms: 30_000,
        });
        assert!(
            actions
                .iter()
                .any(|action| matches!(action, Action::Reconnected(_)))
        );
        assert_eq!(bench.state(), LinkState::Live);
    }
}

#[test]
fn a_hub_that_accepts_and_closes_is_no_storm() {
    let mut bench = bench();
    bench.on(Input::Start { cursor: Some(5) });
    let start = bench.now;
    let mut connects = 1;
    while bench.now < start + 60_000 {
        bench.on(Input::Opened);
        bench.on(Input::Connected {
            head: 5,
            heartbeat_ms: 30_000,
        });
        bench.on(Input::Lost(Loss::Ended));
        connects += bench
            .wake()
            .1
            .iter()
            .filter(|action| **action == Action::Connect)
            .count();
    }
    assert!(connects < 80, "{connects} in a minute");
}

proptest! {
    /// Whatever happens in whatever order: never two streams or two fetches at once, never reading while refused, and it never waits for nothing.
    #[test]
    fn it_never_does_two_things_at_once_and_never_stops(steps in prop::collection::vec((0u8..20, 0u64..40_000), 1..200), seed: u64) {
        let mut bench = bench();
        bench.core.rng = fastrand::Rng::with_seed(seed);
        let (mut stream, mut fetch) = (false, None);
        let mut todo = bench.on(Input::Start { cursor: Some(5) });
        for (step, wait) in steps {
            for action in todo.drain(..) {
                match action {
                    Action::Connect => { prop_assert!(!stream); stream = true; }
                    Action::Disconnect => stream = false,
                    Action::FetchChanges => { prop_assert!(fetch.is_none(), "{action:?}"); fetch = Some(Fetch::Changes); }
                    Action::FetchSnapshot => { prop_assert!(fetch.is_none(), "{action:?}"); fetch = Some(Fetch::Snapshot); }
                    Action::Show(..) | Action::Reconnected(_) => {}
                }
            }
            prop_assert!(stream || fetch.is_some() || bench.core.wake_at().is_some(), "it waits for nothing: {:?}", bench.core);
            bench.now += wait;
            let fault = match step % 4 { 0 => Fault::Unreachable, 1 => Fault::Later { retry_after_ms: Some(3_000) }, 2 => Fault::NotTheHub, _ => Fault::Refused(Code::Unauthorized) };
            let input = match step {
                0 if stream => Input::Opened,
                1 if stream => Input::Connected { head: 7, heartbeat_ms: 30_000 },
                2 if stream => Input::Heartbeat { head: 9 },
                3 if stream => Input::Applied { cursor: 9 },
                4 if stream => Input::Gap,
                5 if stream => Input::Reset,
                6 if stream => { stream = false; Input::Lost(Loss::Ended) }
                7 if stream => { stream = false; Input::Lost(Loss::Unreachable) }
                8 if stream => { stream = false; Input::Lost(Loss::Unreadable) }
                9 if stream => { stream = false; Input::Lost(Loss::Fault(fault)) }
                10 | 11 if fetch == Some(Fetch::Changes) => { fetch = None; Input::Changed { cursor: 9, more: step == 10 } }
                12 if fetch == Some(Fetch::Snapshot) => { fetch = None; Input::Taken { cursor: 9 } }
                13 if fetch.is_some() => { fetch = None; Input::NotFetched(fault) }
                14 => Input::Busy,
                15 => Input::Focused,
                16 => Input::Woke,
                17 => Input::Delivered,
                _ => Input::Tick,
            };
            todo = bench.on(input);
        }
    }
}
