//! Every size that the contract names, with its unit.

/// Characters in a person's or promoter's text.
pub const TEXT_CHARS: usize = 200;
/// Lines of `detalles`.
pub const DETAILS: usize = 20;
/// Characters in one line of `detalles`.
pub const DETAIL_CHARS: usize = 500;
/// Characters in an id.
pub const ID_CHARS: usize = 64;
/// Largest party.
pub const PARTY_MAX: u32 = 9_999;
/// Largest quantity in one entry: a whole party.
pub const QUANTITY_MAX: u32 = PARTY_MAX;
/// Bytes in a request's body.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Entries in one delivery.
pub const ENTRIES_PER_DELIVERY: usize = 500;
/// Events in one page of changes.
pub const CHANGES_PAGE: usize = 1_000;
/// Bytes in one event on the stream.
pub const EVENT_BYTES: usize = 64 * 1024;
/// Longest ticket code that is looked at, in bytes (a QR code of version 40 holds less than 3 KiB).
pub const CODE_BYTES: usize = 4_096;
/// Entries that a hub holds for one revoked device.
pub const HELD_PER_DEVICE: u32 = 10_000;
/// Milliseconds within which any door may undo an entry.
pub const UNDO_WINDOW_MS: i64 = 15 * 60 * 1_000;
/// Days for which the hub keeps idempotency keys and tombstones, and a device what it delivered.
pub const KEEP_DAYS: i64 = 7;
