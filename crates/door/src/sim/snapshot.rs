//! A snapshot that arrives piece by piece, taken by the code that takes it at a door.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use portero_protocol::cursor::Cursor;
use portero_protocol::listing::SnapshotLine;
use tokio::sync::mpsc;

use super::laptop::Laptop;
use super::network::Order;
use crate::follow::Message;
use crate::hub::Trouble;
use crate::known::wall_ms;
use crate::shell::fetch::{self, SnapshotEnd};

/// One that is being taken: the taking, and where its lines go as they arrive.
pub(super) struct Taking {
    work: Pin<Box<dyn Future<Output = Result<Cursor, SnapshotEnd>>>>,
    lines: mpsc::UnboundedSender<Result<Option<VecDeque<SnapshotLine>>, Trouble>>,
}

impl Laptop {
    /// The headers of a snapshot came. Its lines follow by [`Self::snapshot_piece`].
    pub fn snapshot_begins(&mut self, order: &Order, time: Option<i64>) {
        let received = wall_ms();
        if let Some(time) = time {
            self.known
                .clock(|clock| clock.answered(time, order.sent, received));
        }
        let asked_at = self.known.asked_at(order.sent);
        let (lines, mut came) = mpsc::unbounded_channel();
        let taking = fetch::take(
            async move || {
                came.recv()
                    .await
                    .unwrap_or_else(|| Err(Trouble::unreachable("the snapshot broke off")))
            },
            asked_at,
            self.cache_lane.clone(),
            self.reads_lane.clone(),
        );
        self.outward.snapshot = Some(Taking {
            work: Box::pin(taking),
            lines,
        });
    }

    /// Lines of the snapshot came; `None`: it broke off; an empty piece: it is over.
    pub fn snapshot_piece(&mut self, piece: Option<&[u8]>) {
        let Some(taking) = &self.outward.snapshot else {
            return;
        };
        let lines = match piece {
            None => Err(Trouble::unreachable("the snapshot broke off")),
            Some([]) => Ok(None),
            Some(bytes) => bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice(line).map_err(|error| Trouble::not_the_hub(200, error)))
                .collect::<Result<VecDeque<_>, _>>()
                .map(Some),
        };
        // It ended already.
        let _ = taking.lines.send(lines);
    }

    /// Goes on with the snapshot that is being taken; false: it waits for something, or there is none.
    pub fn step_snapshot(&mut self) -> bool {
        let Some(taking) = &mut self.outward.snapshot else {
            return false;
        };
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(taken) = taking.work.as_mut().poll(&mut context) else {
            return false;
        };
        self.outward.snapshot = None;
        let taken = taken.map_err(|end| end.fault());
        self.tell(Message::Snapshot(taken));
        true
    }
}
