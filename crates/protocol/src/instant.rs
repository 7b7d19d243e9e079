//! Points in time: RFC 3339, UTC, milliseconds on the wire; Unix milliseconds inside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, type = "string"))]
pub struct Instant(i64);

/// Not an instant between the years 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an instant is RFC 3339 with a time zone, as 2026-11-24T21:30:00.000Z, between 1970 and 9999")]
pub struct BadInstant;

/// 9999-12-31T23:59:59.999Z.
const LAST_MS: i64 = 253_402_300_799_999;

impl Instant {
    /// From Unix milliseconds; clamped into the years 1970 to 9999.
    #[must_use]
    pub fn from_ms(unix_ms: i64) -> Self {
        Self(unix_ms.clamp(0, LAST_MS))
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }
}

impl FromStr for Instant {
    type Err = BadInstant;

    fn from_str(text: &str) -> Result<Self, BadInstant> {
        let stamp: jiff::Timestamp = text.parse().map_err(|_| BadInstant)?;
        let ms = stamp.as_millisecond();
        if (0..=LAST_MS).contains(&ms) {
            Ok(Self(ms))
        } else {
            Err(BadInstant)
        }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The range was checked when it was made, so the fallback cannot be reached.
        let stamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(f, "{stamp:.3}")
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_written_in_utc_with_milliseconds() {
        let instant: Instant = "2026-11-24T22:30:00+01:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-11-24T21:30:00.000Z");
    }

    #[test]
    fn needs_a_zone_and_a_year_in_range() {
        for bad in [
            "2026-11-24T22:30:00",
            "2026-11-24",
            "",
            "1969-12-31T23:59:59Z",
            "ayer",
        ] {
            assert!(bad.parse::<Instant>().is_err(), "{bad:?} must not pass");
        }
    }

    proptest! {
        #[test]
        fn survives_the_wire(ms in 0..=LAST_MS) {
            let instant = Instant::from_ms(ms);
            prop_assert_eq!(instant.to_string().parse::<Instant>().unwrap(), instant);
        }
    }
}
