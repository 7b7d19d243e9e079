//! What the door says by itself. `changed` comes at once for the first change, and then at most one each 50 ms with all that changed meanwhile.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portero_protocol::ids::ReservationId;
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;

use crate::view::DoorEvent;

/// The least time between two `changed`.
const PAUSE: Duration = Duration::from_millis(50);
/// More than that many reservations are said as "anything may have changed".
const NAMED: usize = 500;
/// How far a reader may fall behind before it misses events.
const BACKLOG: usize = 4_096;

/// The way to say something. May be used from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Announcer {
    events: broadcast::Sender<DoorEvent>,
    changes: mpsc::UnboundedSender<Changed>,
    /// For the first who listens: what was said since the start.
    first: Arc<Mutex<Option<broadcast::Receiver<DoorEvent>>>>,
}

#[derive(Debug)]
enum Changed {
    These(Vec<ReservationId>),
    Anything,
}

impl Announcer {
    /// Starts the task that merges changes. It ends with the last announcer.
    pub(crate) fn start() -> Self {
        let (events, first) = broadcast::channel(BACKLOG);
        let (changes, queue) = mpsc::unbounded_channel();
        tokio::spawn(merge(queue, events.clone()));
        Self {
            events,
            changes,
            first: Arc::new(Mutex::new(Some(first))),
        }
    }

    /// One that merges nothing, for simulations: there is no task.
    #[cfg(feature = "sim")]
    pub(crate) fn silent() -> Self {
        let (events, first) = broadcast::channel(64);
        Self {
            events,
            changes: mpsc::unbounded_channel().0,
            first: Arc::new(Mutex::new(Some(first))),
        }
    }

    /// Another reader. The first one hears everything from the start.
    pub(crate) fn listen(&self) -> broadcast::Receiver<DoorEvent> {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .unwrap_or_else(|| self.events.subscribe())
    }

    /// Says it at once.
    pub(crate) fn say(&self, event: DoorEvent) {
        // Nobody listens: nothing to say.
        let _ = self.events.send(event);
    }

    /// These reservations look different.
    pub(crate) fn changed(&self, reservations: Vec<ReservationId>) {
        if !reservations.is_empty() {
            // The task ends after the last announcer.
            let _ = self.changes.send(Changed::These(reservations));
        }
    }

    /// Anything may look different.
    pub(crate) fn changed_anything(&self) {
        // As above.
        let _ = self.changes.send(Changed::Anything);
    }
}

async fn merge(mut queue: mpsc::UnboundedReceiver<Changed>, events: broadcast::Sender<DoorEvent>) {
    let mut said: Option<Instant> = None;
    while let Some(first) = queue.recv().await {
        if let Some(said) = said {
            tokio::time::sleep_until(said + PAUSE).await;
        }
        let mut merged = Some(BTreeSet::new());
        let mut take = |change: Changed| match (change, &mut merged) {
            (Changed::These(ids), Some(all)) => all.extend(ids),
            (Changed::Anything, _) | (_, None) => merged = None,
        };
        take(first);
        while let Ok(next) = queue.try_recv() {
            take(next);
        }
        let reservations = merged
            .filter(|all| all.len() <= NAMED)
            .map_or_else(Vec::new, |all| all.into_iter().collect());
        said = Some(Instant::now());
        // Nobody listens: nothing to say.
        let _ = events.send(DoorEvent::Changed { reservations });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ReservationId {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_comes_at_once_and_the_rest_together() {
        let announcer = Announcer::start();
        let mut heard = announcer.listen();
        let started = Instant::now();
        announcer.changed(vec![id("a")]);
        assert_eq!(
            heard.recv().await.unwrap(),
            DoorEvent::Changed {
                reservations: vec![id("a")]
            }
        );
        assert_eq!(started.elapsed(), Duration::ZERO);
        announcer.changed(vec![id("c")]);
        announcer.changed(vec![id("b"), id("c")]);
        assert_eq!(
            heard.recv().await.unwrap(),
            DoorEvent::Changed {
                reservations: vec![id("b"), id("c")]
            }
        );
        assert!(started.elapsed() >= PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_said_as_anything() {
        let announcer = Announcer::start();
        let mut heard = announcer.listen();
        announcer.changed((0..=NAMED).map(|n| id(&format!("r{n}"))).collect());
        assert_eq!(
            heard.recv().await.unwrap(),
            DoorEvent::Changed {
                reservations: Vec::new()
            }
        );
    }
}
