//! What a simulation moves inside a hub: its clock, its chance, and bugs that are planted to see them found. Each holds for the thread that sets it.

use std::cell::Cell;

use portero_protocol::instant::Instant;

thread_local! {
    static NOW: Cell<Option<i64>> = const { Cell::new(None) };
    static RANDOM: Cell<Option<u64>> = const { Cell::new(None) };
    static PLANTED: Cell<Option<Planted>> = const { Cell::new(None) };
}

/// From now on this is the hub's clock, in Unix ms. A store that is opened while it is set has no thread. `None`: the system's clock again.
pub fn set_now(ms: Option<i64>) {
    NOW.set(ms);
}

pub(crate) fn now() -> Option<Instant> {
    NOW.get().map(Instant::from_ms)
}

/// From now on secrets and epochs come from `seed`; `None`: from the system's random source again.
pub fn seed(seed: Option<u64>) {
    RANDOM.set(seed);
}

/// Fills bytes from the seed; false where there is none.
pub(crate) fn fill(bytes: &mut [u8]) -> bool {
    let Some(mut state) = RANDOM.get() else {
        return false;
    };
    for byte in bytes {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        *byte = state.to_be_bytes()[0];
    }
    RANDOM.set(Some(state));
    true
}

/// A bug that is known not to be there, planted to see that it would be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// An entry that was here before is counted once more.
    NoDedupe,
    /// A reader that is too slow goes on after what it missed.
    SilentHole,
    /// What is wrong about an entry reaches nobody.
    NoConflicts,
}

/// Plants a bug, or takes it away.
pub fn plant(bug: Option<Planted>) {
    PLANTED.set(bug);
}

pub(crate) fn planted(bug: Planted) -> bool {
    PLANTED.get() == Some(bug)
}
