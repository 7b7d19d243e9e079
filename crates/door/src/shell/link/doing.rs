//! What the follower decides is done here.

use portero_protocol::cursor::Cursor;
use portero_protocol::ids::ReservationId;
use portero_protocol::instant::Instant;

use super::Link;
use crate::follow::{Do, Message};
use crate::hub::Stream;
use crate::shell::courier::Note;
use crate::shell::fetch;

impl Link {
    /// Does, or has done, what does not have to be waited for.
    pub(super) fn carry_out(&mut self, action: Do) {
        match action {
            Do::Open(cursor) => self.stream = Some(Stream::open(&self.hub, self.figures.clone(), &cursor)),
            Do::Close => self.stream = None,
            Do::FetchChanges(cursor, asked_at) => self.fetch_changes(cursor, asked_at),
            Do::FetchSnapshot => self.fetch_snapshot(),
            Do::FetchOne(id) => self.fetch_one(id),
            Do::Keep(detail) => {
                let announcer = self.announcer.clone();
                self.cache.tell(move |cache| match cache.take_detail(&detail) {
                    Ok(changed) => announcer.changed(changed),
                    Err(error) => tracing::error!(%error, "a reservation cannot be stored"),
                });
            }
            Do::MeetEpoch(epoch) => self.meet_epoch(epoch),
            Do::KeepIdentity(device, role, name) => self.desk.tell(move |desk| {
                if let Err(error) = desk.keep_identity(device, role, name) {
                    tracing::warn!(%error, "the hub's name for this device cannot be kept");
                }
            }),
            Do::HubReachable => {
                // The courier ends only when the door is closed.
                let _ = self.courier.send(Note::Reachable);
                self.keyring.tend();
            }
            // It is waited for.
            Do::Apply(..) => {}
        }
    }

    fn fetch_changes(&self, cursor: Cursor, asked_at: Instant) {
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let page = hub.changes(&cursor).await;
            // The link ended: the door is being closed.
            let _ = inbox.send(Message::Changes(page, asked_at));
        });
    }

    fn fetch_snapshot(&self) {
        let (hub, cache, reads, inbox) = (
            self.hub.clone(),
            self.cache.clone(),
            self.reads.clone(),
            self.inbox.clone(),
        );
        tokio::spawn(async move {
            let taken = fetch::snapshot(hub, cache, reads)
                .await
                .map_err(|end| end.fault());
            // As above.
            let _ = inbox.send(Message::Snapshot(taken));
        });
    }

    fn fetch_one(&self, id: ReservationId) {
        let (hub, inbox) = (self.hub.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let found = hub.reservation(&id).await.map(Box::new);
            // As above.
            let _ = inbox.send(Message::Missing(id, found));
        });
    }

    fn meet_epoch(&self, epoch: String) {
        // A hub that was restored may not have the key.
        self.keyring.look_again();
        let courier = self.courier.clone();
        self.desk.tell(move |desk| match desk.meet_epoch(&epoch) {
            Ok(Some(waiting)) => {
                // The courier ends only when the door is closed.
                let _ = courier.send(Note::Waiting(waiting));
            }
            Ok(None) => {
                // As above.
                let _ = courier.send(Note::Reachable);
            }
            Err(error) => tracing::error!(%error, "the log's new life cannot be kept"),
        });
    }
}
