//! The one thread that writes. Jobs that wait share a commit; each has a savepoint of its own, and is answered after the commit is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use portero_protocol::problem::Code;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::known::Known;
use super::tx::Tx;
use super::{Shared, log};
use crate::clock;
use crate::error::{Error, Result};

/// Jobs that may wait; more are told to come back.
const WAITING: usize = 4_096;
/// Jobs in one commit: bounds how long the first of them waits.
const TOGETHER: usize = 256;
/// How long a request waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often another program's writes are looked for.
const LOOK: Duration = Duration::from_millis(200);

type Answer = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs in the transaction, or is told why there is none. Says why it failed, if it did, and how it is answered.
type Job = Box<dyn FnOnce(Result<&mut Tx<'_>>) -> (Option<Error>, Answer) + Send>;
type Waiting = (Job, Option<OwnedSemaphorePermit>);

/// The way to the writer thread.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Waiting>>,
    places: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// In a simulation there is no thread: jobs are done where they are asked for.
    #[cfg(feature = "sim")]
    here: Option<Mutex<Loop>>,
}

impl Writer {
    /// One without a thread, for simulations.
    #[cfg(feature = "sim")]
    pub(super) fn here(conn: Connection, venue: i64, shared: Arc<Shared>) -> Self {
        Self {
            jobs: None,
            places: Arc::new(Semaphore::new(WAITING)),
            thread: Mutex::new(None),
            here: Some(Mutex::new(Loop {
                conn,
                venue,
                shared,
                others: 0,
            })),
        }
    }

    /// Looks for what another program wrote, as the thread does when it has nothing else to do.
    #[cfg(feature = "sim")]
    pub(super) fn look(&self) -> Result<()> {
        self.here.as_ref().map_or(Ok(()), |here| {
            here.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .look_at_others()
        })
    }

    pub(super) fn start(conn: Connection, venue: i64, shared: Arc<Shared>) -> Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("hub-writer".to_owned())
            .spawn(move || {
                Loop {
                    conn,
                    venue,
                    shared,
                    others: 0,
                }
                .run(&queue);
            })?;
        Ok(Self {
            jobs: Some(jobs),
            places: Arc::new(Semaphore::new(WAITING)),
            thread: Mutex::new(Some(thread)),
            #[cfg(feature = "sim")]
            here: None,
        })
    }

    pub(super) async fn run<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| Error::wait(Code::Busy, "Too many writes are waiting", 1))?
            .map_err(|_| Error::from(Code::Internal))?;
        let answer = self.send(job, Some(place))?;
        answer.await.map_err(|_| Error::from(Code::Internal))?
    }

    pub(super) fn run_now<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let answer = self.send(job, None)?;
        answer.blocking_recv().map_err(|_| Error::from(Code::Internal))?
    }

    fn send<T, F>(&self, job: F, place: Option<OwnedSemaphorePermit>) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            // A bug in one job must not end the thread that everybody's writes need.
            let result = tx.and_then(|tx| {
                catch_unwind(AssertUnwindSafe(|| job(tx))).unwrap_or_else(|_| Err(Code::Internal.into()))
            });
            let failed = result.as_ref().err().cloned();
            let answer: Answer = Box::new(move |committed| {
                // Nobody listens where the client has gone; what was committed stays.
                let _ = answer.send(committed.and(result));
            });
            (failed, answer)
        });
        #[cfg(feature = "sim")]
        if let Some(here) = &self.here {
            here.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .commit(vec![(job, place)]);
            return Ok(wait);
        }
        self.jobs
            .as_ref()
            .and_then(|jobs| jobs.send((job, place)).ok())
            .ok_or_else(|| Error::from(Code::Internal))?;
        Ok(wait)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Loop {
    conn: Connection,
    venue: i64,
    shared: Arc<Shared>,
    /// `PRAGMA data_version`: changes when another program committed.
    others: i64,
}

impl Loop {
    fn run(mut self, queue: &mpsc::Receiver<Waiting>) {
        loop {
            match queue.recv_timeout(LOOK) {
                Ok(first) => {
                    let mut jobs = vec![first];
                    while jobs.len() < TOGETHER
                        && let Ok(next) = queue.try_recv()
                    {
                        jobs.push(next);
                    }
                    self.commit(jobs);
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = self.look_at_others() {
                        tracing::warn!(%error, "another program's writes could not be read");
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn commit(&mut self, jobs: Vec<Waiting>) {
        let mut answers = Vec::with_capacity(jobs.len());
        let mut jobs = jobs.into_iter();
        let committed = self.attempt(&mut jobs, &mut answers);
        if let Err(error) = &committed {
            tracing::error!(%error, code = error.code().as_str(), "a commit failed");
            // Those that never ran are told why, as those that did.
            answers.extend(jobs.map(|(job, _place)| job(Err(error.clone())).1));
        }
        for answer in answers {
            answer(committed.clone());
        }
    }

    fn attempt(&mut self, jobs: &mut std::vec::IntoIter<Waiting>, answers: &mut Vec<Answer>) -> Result<()> {
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = log::head(&transaction, self.venue)?;
        let published = self.shared.live.head();
        if head != published {
            // Another program wrote in between; its events go out first.
            publish_from_log(&transaction, self.venue, &self.shared)?;
        }
        let mut tx = Tx::new(&transaction, self.venue, clock::now(), self.shared.known(), head);
        for (job, _place) in jobs.by_ref() {
            let mark = tx.mark();
            tx.op = None;
            transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
            let (failed, answer) = job(Ok(&mut tx));
            answers.push(answer);
            if let Some(error) = failed {
                // A full disk makes SQLite give up the whole transaction. Then everybody in it is told of the disk, and not of a savepoint.
                transaction
                    .prepare_cached("ROLLBACK TO job")
                    .and_then(|mut back| back.execute([]))
                    .map_err(|_| error)?;
                tx.go_back(mark);
            }
            transaction.prepare_cached("RELEASE job")?.execute([])?;
        }
        let (events, stale) = tx.finish()?;
        transaction.commit()?;
        if stale {
            self.shared.learn(Known::load(&self.conn, self.venue)?);
        }
        for event in events {
            self.shared.live.publish(event);
        }
        Ok(())
    }

    fn look_at_others(&mut self) -> Result<()> {
        let version: i64 = self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if version == self.others {
            return Ok(());
        }
        self.others = version;
        publish_from_log(&self.conn, self.venue, &self.shared)
    }
}

/// Publishes what is in the log and was not published: another program's events.
fn publish_from_log(conn: &Connection, venue: i64, shared: &Shared) -> Result<()> {
    loop {
        let events = log::after(conn, venue, shared.live.head())?;
        if events.is_empty() {
            return Ok(());
        }
        // Known first: whoever reads the event may come back with what it tells.
        shared.learn(Known::load(conn, venue)?);
        for event in events {
            shared.live.publish(event);
        }
    }
}
