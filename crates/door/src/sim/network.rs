//! What a laptop asks of the network, and what the network answers.

use portero_protocol::cursor::Cursor;
use portero_protocol::ids::{EntryId, OpId, ReservationId};
use portero_protocol::instant::Instant;

/// Something that the laptop asks of the network.
#[derive(Debug)]
pub struct Order {
    /// What.
    pub kind: OrderKind,
    /// What this device's clock said then.
    pub sent: i64,
    pub(super) asked_at: Instant,
    pub(super) met: Option<String>,
}

impl Order {
    /// The same once more, as something on the way may send it.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            sent: self.sent,
            asked_at: self.asked_at,
            met: self.met.clone(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum OrderKind {
    /// `GET /api/reservas/events` after this.
    Stream(Cursor),
    /// The stream is to be closed.
    CloseStream,
    /// `GET /api/reservas/changes` after this.
    Changes(Cursor),
    /// `GET /api/snapshot`.
    Snapshot,
    /// `GET /api/reservas/{id}`.
    One(ReservationId),
    /// `POST /api/asistencia`.
    Deliver {
        /// Which entries.
        entries: Vec<EntryId>,
        /// The request's `Idempotency-Key`.
        key: OpId,
        /// The body.
        body: Vec<u8>,
    },
    /// A write.
    Write {
        /// Its `Idempotency-Key`.
        op: OpId,
        /// The method.
        method: String,
        /// The path, without a slash before it.
        path: String,
        /// The body, where there is one.
        body: Option<Vec<u8>>,
        /// `If-Match`.
        version: Option<u64>,
    },
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Portero-Time`, where it is the hub that answers.
    pub time: Option<i64>,
    /// `Portero-Epoch`, where it is the hub that answers.
    pub epoch: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What became of an order: an answer, or none.
pub type Outcome = Option<Answer>;

/// What a stream says.
#[derive(Debug, Clone)]
pub enum Said {
    /// Its headers came, and they are those of a stream.
    Opened,
    /// An event.
    Event {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
        /// Its data.
        data: String,
    },
    /// The connection broke, or ended.
    Ended,
    /// It could not be opened.
    Unreachable,
    /// Another answer than a stream; with its media type.
    NoStream(Answer, bool),
}
