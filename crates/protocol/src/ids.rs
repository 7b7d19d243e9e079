//! Identifiers. Those that a device makes are `UUIDv7`, so that two laptops without a network never make the same one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::limits::ID_CHARS;

/// A text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} has to be {rule}")]
pub struct BadId {
    what: &'static str,
    rule: &'static str,
}

/// A reservation's id: a `UUIDv7` made by whoever creates it, or an older system's id of up to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, type = "string"))]
pub struct ReservationId(String);

impl ReservationId {
    /// A new one, for a reservation that is being created at the given Unix time in milliseconds.
    #[must_use]
    pub fn new(unix_ms: i64) -> Self {
        Self(uuid_v7(unix_ms).to_string())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 16 bytes that stand for it in a ticket: the UUID itself, or for an older id one derived from it.
    #[must_use]
    pub fn ticket_uuid(&self) -> Uuid {
        Uuid::parse_str(&self.0).unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_OID, self.0.as_bytes()))
    }
}

impl FromStr for ReservationId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let fits = !text.is_empty() && text.len() <= ID_CHARS && text.bytes().all(|b| b.is_ascii_graphic());
        // '/', '?', '#' and '%' would change the meaning of a path that holds the id.
        if fits && !text.contains(['/', '?', '#', '%', '"', '\\']) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId {
                what: "a reservation id",
                rule: "1 to 64 visible ASCII characters that fit into a path",
            })
        }
    }
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ReservationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, type = "string"))]
        pub struct $name(Uuid);

        impl $name {
            /// A new one, stamped with the given Unix time in milliseconds.
            #[must_use]
            pub fn new(unix_ms: i64) -> Self {
                Self(uuid_v7(unix_ms))
            }

            /// The UUID inside.
            #[must_use]
            pub fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                // Only the hyphenated form: one id has one spelling.
                if text.len() != 36 {
                    return Err(BadId { what: $what, rule: "a UUID with hyphens" });
                }
                Uuid::parse_str(text).map(Self).map_err(|_| BadId { what: $what, rule: "a UUID with hyphens" })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// An entry's id (`escaneoId`): made by the device before its first try to deliver it and the same on every retry.
    EntryId, "an entry id");
uuid_id!(
    /// A device: one laptop, desktop or screen.
    DeviceId, "a device id");
uuid_id!(
    /// A venue.
    VenueId, "a venue id");
uuid_id!(
    /// A write other than an entry (`opId`): its `Idempotency-Key`.
    OpId, "an operation id");
uuid_id!(
    /// A conflict; derived from reservation, kind and venue day (see [`crate::conflict`]).
    ConflictId, "a conflict id");

fn uuid_v7(unix_ms: i64) -> Uuid {
    let ms = u64::try_from(unix_ms).unwrap_or(0);
    #[cfg(feature = "sim")]
    if let Some(random) = crate::sim::random() {
        return uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid();
    }
    let stamp = uuid::Timestamp::from_unix(
        uuid::NoContext,
        ms / 1_000,
        u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000,
    );
    Uuid::new_v7(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_is_a_uuid_v7_and_sorts_by_time() {
        let early = EntryId::new(1_000_000);
        let late = EntryId::new(2_000_000);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert!(early < late, "the time is in the high bits");
    }

    #[test]
    fn older_reservation_ids_are_taken_and_broken_ones_are_not() {
        assert!("res-1".parse::<ReservationId>().is_ok());
        assert!("cmg4x9p2l0001".parse::<ReservationId>().is_ok());
        for bad in ["", "a b", "a/b", "ñ", "a\nb", &"x".repeat(65)] {
            assert!(bad.parse::<ReservationId>().is_err(), "{bad:?} must not pass");
        }
    }

    #[test]
    fn an_older_id_has_one_ticket_uuid() {
        let id: ReservationId = "res-1".parse().unwrap();
        assert_eq!(id.ticket_uuid(), id.ticket_uuid());
        let new = ReservationId::new(5);
        assert_eq!(new.ticket_uuid().to_string(), new.as_str());
    }
}
