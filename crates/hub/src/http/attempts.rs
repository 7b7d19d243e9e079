//! Wrong tokens: ten a minute from an address, then it has to wait. A right token from the same address still passes: a venue's laptops often share one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use portero_protocol::instant::Instant;
use portero_protocol::problem::Code;

use crate::error::{Error, Result};

const WRONG_A_MINUTE: u32 = 10;
const MINUTE_MS: i64 = 60_000;
/// Addresses that are remembered: bounds the memory that an attacker can fill.
const ADDRESSES: usize = 10_000;

#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Attempts {
    /// Counts a wrong token or code, and says so: 401, or 429 where it was one too many.
    pub(super) fn wrong(&self, address: IpAddr, now: Instant, error: Error) -> Error {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES {
            seen.retain(|_, (since, _)| now.ms() - since.ms() < MINUTE_MS);
        }
        let (since, count) = seen.entry(address).or_insert((now, 0));
        if now.ms() - since.ms() >= MINUTE_MS {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count > WRONG_A_MINUTE {
            too_many(*since, now)
        } else {
            error
        }
    }

    /// Fails where an address has used its attempts up. For codes short enough to be guessed.
    pub(super) fn check(&self, address: IpAddr, now: Instant) -> Result<()> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get(&address) {
            Some((since, count)) if *count >= WRONG_A_MINUTE && now.ms() - since.ms() < MINUTE_MS => {
                Err(too_many(*since, now))
            }
            _ => Ok(()),
        }
    }
}

fn too_many(since: Instant, now: Instant) -> Error {
    let left = (since.ms() + MINUTE_MS - now.ms()).clamp(1_000, MINUTE_MS) / 1_000;
    Error::wait(
        Code::TooManyAttempts,
        "Too many wrong tokens from this address: wait, and check the token",
        u32::try_from(left).unwrap_or(60),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_a_minute_and_then_a_wait_that_ends() {
        let attempts = Attempts::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let now = Instant::from_ms(1_000_000);
        for _ in 0..WRONG_A_MINUTE {
            assert!(attempts.check(address, now).is_ok());
            assert_eq!(
                attempts.wrong(address, now, Code::Unauthorized.into()).code(),
                Code::Unauthorized
            );
        }
        let error = attempts.wrong(address, now, Code::Unauthorized.into());
        assert_eq!(error.code(), Code::TooManyAttempts);
        assert!(error.retry_after_s().is_some());
        assert!(attempts.check(address, now).is_err());
        assert!(attempts.check(IpAddr::from([192, 0, 2, 2]), now).is_ok());
        assert!(attempts.check(address, now.plus_ms(MINUTE_MS)).is_ok());
    }
}
