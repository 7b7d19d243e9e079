//! For simulations: a laptop with everything that a door has but threads, sockets and clocks. Whoever simulates decides which of its steps comes
//! next, what the network does, and what time it is. All of it holds for the thread that asks for it.
//!
//! | module | subject |
//! |---|---|
//! | [`laptop`](Laptop) | opening, crashing, what people do, what is seen |
//! | `network` | what is asked of the network, and what it answers |
//! | `outward` | the follower and the outbox between the two; `courier` what the outbox does, `snapshot` one that arrives |
//! | [`Planted`] | known bugs, to see that a simulation finds them |

use std::cell::Cell;

mod courier;
mod laptop;
mod network;
mod outward;
mod snapshot;

pub use laptop::Laptop;
pub use network::{Answer, Order, OrderKind, Outcome, Said};

thread_local! {
    static WALL: Cell<Option<i64>> = const { Cell::new(None) };
    static PLANTED: Cell<Option<Planted>> = const { Cell::new(None) };
    static COMMITS_LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    static LOST: Cell<bool> = const { Cell::new(false) };
}

/// From now on this is what the device's own clock says, in Unix ms; `None`: the system's clock again.
pub fn set_wall(ms: Option<i64>) {
    WALL.set(ms);
}

pub(crate) fn wall() -> Option<i64> {
    WALL.get()
}

/// A bug that is known not to be there, planted to see that it would be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Any position after the cursor is taken, whether or not one is missing between.
    NaiveCursor,
    /// The cursor is kept in a transaction of its own, before the rows.
    TwoTransactions,
    /// A device that is refused forgets what it has not delivered.
    WipeWithOutbox,
    /// What waits is forgotten when the door is opened again.
    ForgetAtStart,
    /// Another life of the log is not noticed: nothing is offered again.
    NothingOfferedAgain,
}

/// Plants a bug, or takes it away.
pub fn plant(bug: Option<Planted>) {
    PLANTED.set(bug);
}

pub(crate) fn planted(bug: Planted) -> bool {
    PLANTED.get() == Some(bug)
}

/// The power fails after so many more commits of this thread's laptops: whatever is committed later is lost. `None`: it does not fail.
pub fn lose_commits_after(commits: Option<u32>) {
    COMMITS_LEFT.set(commits);
    LOST.set(false);
}

/// Whether a commit was lost since [`lose_commits_after`]: then the laptop has to end, as its memory knows what its disk does not.
#[must_use]
pub fn lost_commits() -> bool {
    LOST.get()
}

/// A commit is about to happen; true: it is lost.
pub(crate) fn loses_commit() -> bool {
    let left = COMMITS_LEFT.get();
    COMMITS_LEFT.set(left.map(|left| left.saturating_sub(1)));
    let lost = left == Some(0);
    LOST.set(LOST.get() || lost);
    lost
}
