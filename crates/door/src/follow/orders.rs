//! What a follower is told, and what it wants done.

use portero_protocol::cursor::Cursor;
use portero_protocol::device::Role;
use portero_protocol::ids::{DeviceId, ReservationId};
use portero_protocol::instant::Instant;
use portero_protocol::listing::{ChangesPage, ReservationDetail};

use crate::cache::Step;
use crate::connection::Fault;
use crate::hub::Trouble;
use crate::settings::Settings;

/// What the follower is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// A page of changes was asked for; with the hub's time before it was.
    Changes(Result<ChangesPage, Trouble>, Instant),
    /// A snapshot was asked for.
    Snapshot(Result<Cursor, Fault>),
    /// A delivery was answered: whether an entry counts, and the changes that it brought (inner `None`: the log cannot continue).
    Delivered {
        counted: bool,
        changes: Option<Option<ChangesPage>>,
    },
    /// A reservation that the log talked about was asked for.
    Missing(ReservationId, Result<Box<ReservationDetail>, Trouble>),
    /// An entry was made here.
    Busy,
    /// The window was focused.
    Focused,
    /// Other settings.
    Settings(Box<Settings>),
}

/// What is to be done, in this order. [`Do::Apply`] is done before anything else is told.
#[derive(Debug)]
pub(crate) enum Do {
    /// Open the stream after this.
    Open(Cursor),
    /// Close the stream.
    Close,
    /// Fetch one page of changes after this; with the hub's time now.
    FetchChanges(Cursor, Instant),
    /// Take a snapshot.
    FetchSnapshot,
    /// Fetch one reservation.
    FetchOne(ReservationId),
    /// Apply these to the cache, and say what came of it.
    Apply(Vec<Step>, Source),
    /// Keep this reservation in the cache.
    Keep(Box<ReservationDetail>),
    /// Tell the desk which life of the log this is.
    MeetEpoch(String),
    /// Keep what the hub calls this device and lets it do.
    KeepIdentity(Option<DeviceId>, Option<Role>, Option<String>),
    /// Tell the outbox that the hub can be reached.
    HubReachable,
}

/// Where positions came from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The stream, or what had waited for a gap to be filled.
    Stream,
    /// A page of changes.
    Page {
        /// Up to where it goes.
        cursor: Cursor,
        /// Whether there are more.
        more: bool,
        /// The hub's time before it was asked for, where that is known.
        asked_at: Option<Instant>,
        /// Whether it was asked for, or came with a delivery's answer.
        asked: bool,
    },
}
