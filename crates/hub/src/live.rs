//! From the commit to the streams: each event is written once for each role and shared by all of its readers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use portero_protocol::cursor::Epoch;
use portero_protocol::device::Role;
use portero_protocol::ids::DeviceId;
use serde_json::value::RawValue;
use tokio::sync::broadcast;

use crate::redact;

/// A committed event.
#[derive(Debug)]
pub(crate) struct Published {
    /// Its place in the log.
    pub(crate) pos: u64,
    event: String,
    /// As managers get it.
    data: String,
    /// The device that this event revokes.
    pub(crate) revoked: Option<DeviceId>,
    blocks: [OnceLock<Bytes>; 3],
}

impl Published {
    pub(crate) fn new(pos: u64, event: String, data: String, revoked: Option<DeviceId>) -> Self {
        Self {
            pos,
            event,
            data,
            revoked,
            blocks: [const { OnceLock::new() }; 3],
        }
    }

    /// The event as a block of the stream, for a role.
    pub(crate) fn block(&self, role: Role, epoch: &Epoch) -> Bytes {
        let slot = match role {
            Role::Manager => 0,
            Role::Door => 1,
            Role::Screen => 2,
        };
        self.blocks[slot]
            .get_or_init(|| {
                let (event, data) = redact::event(role, &self.event, &self.data);
                Bytes::from(format!(
                    "id: {epoch}:{}\nevent: {event}\ndata: {data}\n\n",
                    self.pos
                ))
            })
            .clone()
    }

    /// The event as a page of changes holds it, for a role.
    pub(crate) fn paged(&self, role: Role, epoch: &Epoch) -> Paged {
        let (event, data) = redact::event(role, &self.event, &self.data);
        Paged {
            id: format!("{epoch}:{}", self.pos),
            event: event.to_owned(),
            data: RawValue::from_string(data.into_owned()).unwrap_or_default(),
        }
    }
}

/// An event in a page of changes; its data is passed on as it was written.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Paged {
    id: String,
    event: String,
    data: Box<RawValue>,
}

/// The streams' side of the log.
pub(crate) struct Live {
    head: AtomicU64,
    readers: Mutex<broadcast::Sender<Arc<Published>>>,
}

impl Live {
    pub(crate) fn new(head: u64) -> Self {
        Self {
            head: AtomicU64::new(head),
            readers: Mutex::new(broadcast::channel(1).0),
        }
    }

    /// Sets how many events a reader may be behind. Readers so far are cut off.
    pub(crate) fn set_queue(&self, events: usize) {
        *self.readers.lock().unwrap_or_else(PoisonError::into_inner) = broadcast::channel(events).0;
    }

    /// The last position that went out.
    pub(crate) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// Sends an event out. Only the writer thread does, in the log's order.
    pub(crate) fn publish(&self, event: Published) {
        self.head.store(event.pos, Ordering::Release);
        // No reader is no error.
        let _ = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(Arc::new(event));
    }

    /// Every event from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .subscribe()
    }

    /// How many streams listen.
    pub(crate) fn listeners(&self) -> usize {
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .receiver_count()
    }
}
