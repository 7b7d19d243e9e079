//! Seeds that once failed, with what was wrong. They play with everything else; here they are played whatever the number of schedules is.

use crate::schedules::play;
use crate::world::Bugs;

/// What was found and mended.
const SEEDS: [(u64, &str); 1] = [(
    6_156,
    "the end of a snapshot overtook the pieces of it that had come while the laptop slept",
)];

#[test]
fn what_was_mended_stays_so() {
    for (seed, what) in SEEDS {
        let (_, result, _) = play(seed, Bugs::default(), false);
        assert_eq!(result, Ok(()), "seed {seed}: {what}");
    }
}
