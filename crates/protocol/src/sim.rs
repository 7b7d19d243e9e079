//! For simulations: ids from a seed, so that a schedule replays exactly. Holds for the thread that asks for it.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// From now on this thread's new ids come from `seed`; `None`: from the system's random source again.
pub fn seed(seed: Option<u64>) {
    STATE.set(seed);
}

/// The random part of an id; `None` where nobody set a seed.
pub(crate) fn random() -> Option<[u8; 10]> {
    let mut state = STATE.get()?;
    let mut bytes = [0; 10];
    for part in bytes.chunks_mut(8) {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = (mixed ^ (mixed >> 31)).to_le_bytes();
        part.copy_from_slice(&mixed[..part.len()]);
    }
    STATE.set(Some(state));
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use crate::ids::EntryId;

    #[test]
    fn a_seed_gives_the_same_ids_and_no_two_alike() {
        let ids = || {
            super::seed(Some(7));
            let ids: Vec<_> = (0..100).map(|_| EntryId::new(1_000)).collect();
            super::seed(None);
            ids
        };
        let first = ids();
        assert_eq!(first, ids());
        let different: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(different.len(), first.len());
        assert_eq!(first[0].uuid().get_version_num(), 7);
    }
}
