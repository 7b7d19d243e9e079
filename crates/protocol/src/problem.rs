//! Errors: a stable code that programs match, and a sentence for people. RFC 9457 on the wire.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong. A client matches this and never the text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $wire)] $name,)*
            /// A code that this version does not know.
            #[serde(other, rename = "unknown_code")]
            Unknown,
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* Self::Unknown => "unknown_code" }
            }

            /// The HTTP status that it comes with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Unknown => 500 }
            }

            /// A short sentence, the same for every occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* Self::Unknown => "Something went wrong" }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    InvalidJson = "invalid_json", 400, "The body is not JSON";
    /// The JSON has another shape than the request wants.
    InvalidBody = "invalid_body", 422, "The body does not have the shape that this request takes";
    /// A field is out of range, too long or badly formed; `field` names it.
    InvalidField = "invalid_field", 422, "A field cannot be accepted";
    /// A read-only field was sent with another value than it has.
    ReadOnlyField = "read_only_field", 422, "A field cannot be written";
    /// A query parameter cannot be read.
    InvalidQuery = "invalid_query", 400, "A query parameter cannot be read";
    /// A cursor cannot be read.
    InvalidCursor = "invalid_cursor", 400, "The cursor is not <epoch>:<pos>";
    /// The log cannot continue from the cursor; take a snapshot.
    CursorExpired = "cursor_expired", 410, "The log cannot continue from there: take a snapshot";
    /// No token, or one that nobody issued or that has ended.
    Unauthorized = "unauthorized", 401, "The token is missing, unknown or expired";
    /// Too many wrong tokens from this address.
    TooManyAttempts = "too_many_attempts", 429, "Too many wrong tokens: wait";
    /// This role may not do that.
    Forbidden = "forbidden", 403, "This role may not do that";
    /// The device was revoked: it may still deliver entries.
    DeviceRevoked = "device_revoked", 403, "This device was revoked: it may deliver entries and nothing else";
    /// The hub holds as many entries of this revoked device as it will.
    HeldFull = "held_full", 429, "The hub holds as many entries of this revoked device as it will";
    /// Nothing there.
    NotFound = "not_found", 404, "There is nothing there";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "That path takes another method";
    /// The id belongs to a reservation that was deleted.
    IdUsed = "id_used", 409, "That id belonged to a reservation that was deleted";
    /// The id belongs to another reservation.
    IdTaken = "id_taken", 409, "That id belongs to another reservation";
    /// A write needs `If-Match`.
    PreconditionRequired = "precondition_required", 428, "An edit needs If-Match with the version that it was made on";
    /// Another edit changed the same field since.
    VersionConflict = "version_conflict", 412, "Somebody else changed the same field since";
    /// A write needs an `Idempotency-Key`.
    IdempotencyKeyRequired = "idempotency_key_required", 400, "A write needs an Idempotency-Key (a UUIDv7)";
    /// The key was used with another body.
    IdempotencyMismatch = "idempotency_mismatch", 422, "That Idempotency-Key was used with another request";
    /// The same key is being worked on right now.
    IdempotencyInFlight = "idempotency_in_flight", 409, "A request with that Idempotency-Key is still being worked on";
    /// The body is over the limit.
    TooLarge = "too_large", 413, "The body is over 1 MiB";
    /// More entries than one delivery holds.
    TooManyEntries = "too_many_entries", 413, "A delivery holds at most 500 entries";
    /// The content type is not JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body has to be application/json";
    /// The client speaks an older protocol.
    UpgradeRequired = "upgrade_required", 426, "This client is too old for this hub: update it";
    /// A door may create walk-ins of tonight alone, within its allotment.
    WalkInOnly = "walk_in_only", 403, "A door may create walk-ins of tonight, within its allotment";
    /// Undoing an undo.
    UndoOfUndo = "undo_of_undo", 422, "An undo cannot be undone: record a new entry";
    /// The same entry id came with other content.
    EntryReused = "entry_reused", 422, "That entry id was used with other content";
    /// The venue's day, time or zone does not exist.
    InvalidTime = "invalid_time", 422, "That date or time does not exist";
    /// A signed file is not as it was signed, or nobody here knows who signed it.
    BadSignature = "bad_signature", 422, "The file was changed, or its signer is not known here";
    /// Too much at once: try later.
    Busy = "busy", 503, "The hub is busy: try again";
    /// The disk is full.
    DiskFull = "disk_full", 507, "The disk is full: nothing was recorded";
    /// A file or database cannot be used.
    Storage = "storage", 500, "The database could not be used";
    /// The database was written by a newer version.
    NewerDatabase = "newer_database", 500, "The database was written by a newer version of Portero: update this program";
    /// Another process has the data dir open.
    DataDirInUse = "data_dir_in_use", 409, "Another Portero is using this data folder";
    /// The desktop app was never told what this device is.
    NotSetUp = "not_set_up", 409, "This device has not been set up yet";
    /// The settings file cannot be read.
    InvalidConfig = "invalid_config", 422, "The settings file cannot be read";
    /// The hub cannot be reached and this needs it.
    HubUnreachable = "hub_unreachable", 503, "The hub cannot be reached, and this needs it";
    /// A command's name or arguments are wrong (`portero-door`).
    InvalidCommand = "invalid_command", 400, "The command cannot be understood";
    /// A bug.
    Internal = "internal", 500, "Something went wrong inside Portero";
}

/// `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, for programs.
    pub code: Code,
    /// The same sentence for every occurrence of the code.
    pub title: String,
    /// What went wrong this time, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the hub has now, where a write met another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<serde_json::Value>,
}

impl Problem {
    /// A problem with what happened this time.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            status: code.status(),
            code,
            title: code.title().to_owned(),
            detail: Some(detail.into()),
            field: None,
            current: None,
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            status: code.status(),
            code,
            title: code.title().to_owned(),
            detail: None,
            field: None,
            current: None,
        }
    }
}

/// A value from outside that breaks a rule of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {why}")]
pub struct Invalid {
    /// The code that it is answered with.
    pub code: Code,
    /// The field on the wire.
    pub field: &'static str,
    /// The rest of a sentence that starts with the field's name.
    pub why: String,
}

impl Invalid {
    /// A broken rule.
    #[must_use]
    pub fn new(code: Code, field: &'static str, why: impl Into<String>) -> Self {
        Self {
            code,
            field,
            why: why.into(),
        }
    }

    /// A broken rule of a single field.
    #[must_use]
    pub fn field(field: &'static str, why: impl Into<String>) -> Self {
        Self::new(Code::InvalidField, field, why)
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self {
            field: Some(invalid.field.to_owned()),
            ..Self::new(invalid.code, invalid.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_and_read_back() {
        for &code in Code::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.as_str()));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
            assert!((400..600).contains(&code.status()));
        }
    }

    #[test]
    fn a_code_of_a_newer_hub_is_unknown_and_no_error() {
        assert_eq!(
            serde_json::from_str::<Code>("\"from_the_future\"").unwrap(),
            Code::Unknown
        );
    }
}
