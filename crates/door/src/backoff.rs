//! How long to wait before the next try: full jitter under a bound that doubles, never less than the hub asked for.

/// The least wait, so that a hub that answers at once is not asked in a circle.
const LEAST_MS: u64 = 50;

/// A row of failed tries.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after another failure: anything up to `first_ms` doubled with each failure, at most `cap_ms`; at least `floor_ms`.
    pub(crate) fn failed(
        &mut self,
        rng: &mut fastrand::Rng,
        first_ms: u64,
        cap_ms: u64,
        floor_ms: Option<u64>,
    ) -> u64 {
        let bound = first_ms
            .saturating_mul(1 << self.failures.min(16))
            .min(cap_ms)
            .max(LEAST_MS);
        self.failures = self.failures.saturating_add(1);
        let wait = rng.u64(LEAST_MS..=bound);
        match floor_ms {
            // Beyond the floor with jitter too: many doors were told the same.
            Some(floor) => floor + rng.u64(0..=bound),
            None => wait,
        }
    }

    /// It worked.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// How many tries have failed in a row.
    pub(crate) fn failures(self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stays_between_floor_and_cap(seed: u64, tries in 1u32..60, cap in 100u64..60_000, floor in prop::option::of(0u64..100_000)) {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut backoff = Backoff::default();
            for _ in 0..tries {
                let wait = backoff.failed(&mut rng, 500, cap, floor);
                prop_assert!(wait >= floor.unwrap_or(LEAST_MS));
                prop_assert!(wait <= floor.unwrap_or(0) + cap);
            }
            prop_assert_eq!(backoff.failures(), tries);
        }
    }
}
