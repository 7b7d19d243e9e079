//! What the connection is told, and what it says is to be done.

use portero_protocol::problem::Code;

use crate::settings::Settings;
use crate::view::LinkState;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    /// The door was opened with a cache that is known up to there.
    Start { cursor: Option<u64> },
    /// The stream's headers arrived.
    Opened,
    /// The stream's first event arrived.
    Connected { head: u64, heartbeat_ms: u64 },
    /// Bytes came on the stream, and no event of them yet.
    Half,
    /// A heartbeat.
    Heartbeat { head: u64 },
    /// Positions were applied, up to there.
    Applied { cursor: u64 },
    /// A position is missing before one that the stream brought.
    Gap,
    /// The log cannot continue from here.
    Reset,
    /// The stream ended or could not be opened.
    Lost(Loss),
    /// A page of changes was applied, up to there.
    Changed { cursor: u64, more: bool },
    /// A snapshot was taken, up to there.
    Taken { cursor: u64 },
    /// Changes or a snapshot could not be fetched.
    NotFetched(Fault),
    /// An entry was made here.
    Busy,
    /// The hub accepted an entry.
    Delivered,
    /// The window was focused.
    Focused,
    /// The device slept, or its clock was set.
    Woke,
    /// Other settings.
    Settings(Box<Settings>),
    /// Time has passed.
    Tick,
}

/// Why there is no stream any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It ended, as every stream does after an hour, or the connection broke.
    Ended,
    /// The hub could not be reached.
    Unreachable,
    /// What came could not be read: it may be the same again.
    Unreadable,
    /// The answer was an error, or no stream.
    Fault(Fault),
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The hub could not be reached.
    Unreachable,
    /// The hub refuses this device to read.
    Refused(Code),
    /// The log cannot continue from here.
    Expired,
    /// The hub is there and says later.
    Later { retry_after_ms: Option<u64> },
    /// It is not the hub that answers: a login page, or another server.
    NotTheHub,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Open the stream from the cursor.
    Connect,
    /// Close the stream.
    Disconnect,
    /// Fetch one page of changes.
    FetchChanges,
    /// Take a snapshot.
    FetchSnapshot,
    /// The badge says this.
    Show(LinkState, Option<Code>),
    /// The stream is up: how long it took from when the link was last seen not to work, in ms.
    Reconnected(u64),
}
