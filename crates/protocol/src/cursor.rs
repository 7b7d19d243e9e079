//! `<epoch>:<pos>`: a place in a venue's log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The log's life: it changes when the log starts again (first start, restore). 1 to 32 ASCII letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, type = "string"))]
pub struct Epoch(String);

impl Epoch {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Epoch {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        if (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadCursor)
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// A place in the log: everything up to and including `pos` is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, type = "string"))]
pub struct Cursor {
    /// The log's life.
    pub epoch: Epoch,
    /// The last position that is known; 0 before the first.
    pub pos: u64,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is <epoch>:<pos>, as in the id of an event")]
pub struct BadCursor;

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (epoch, pos) = text.split_once(':').ok_or(BadCursor)?;
        // `u64::from_str` takes "+1" and "01"; a position has one spelling.
        let plain = pos.bytes().all(|b| b.is_ascii_digit()) && (pos == "0" || !pos.starts_with('0'));
        if !plain {
            return Err(BadCursor);
        }
        let pos = pos.parse().map_err(|_| BadCursor)?;
        // SQLite and PostgreSQL hold positions as signed 64-bit numbers.
        if pos > i64::MAX as u64 {
            return Err(BadCursor);
        }
        Ok(Self {
            epoch: epoch.parse()?,
            pos,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.pos)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
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

    proptest! {
        #[test]
        fn survives_the_wire(epoch in "[A-Za-z0-9]{1,32}", pos in 0..=i64::MAX as u64) {
            let cursor = Cursor { epoch: epoch.parse().unwrap(), pos };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Cursor>();
        }
    }

    #[test]
    fn one_spelling_only() {
        for bad in [
            "",
            ":",
            "a",
            "a:",
            ":1",
            "a:+1",
            "a:01",
            "a:-1",
            "a:1 ",
            "a b:1",
            "a:9223372036854775808",
            "a:1:2",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad:?} must not pass");
        }
    }
}
