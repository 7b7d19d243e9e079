//! A lane: one thread that owns a value and does what it is told, in order. A database connection lives in one, so that nothing
//! asynchronous waits on a disk and nothing at the door waits on the network.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::JoinHandle;

use portero_protocol::problem::Code;
use tokio::sync::oneshot;

use crate::error::{DoorError, Result};

enum Job<T> {
    Do(Box<dyn FnOnce(&mut T) + Send>),
    End,
}

/// The way to a lane's value. Cloning it gives another way to the same one.
pub(crate) struct Lane<T> {
    jobs: mpsc::Sender<Job<T>>,
}

impl<T> Clone for Lane<T> {
    fn clone(&self) -> Self {
        Self {
            jobs: self.jobs.clone(),
        }
    }
}

impl<T> std::fmt::Debug for Lane<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lane")
    }
}

/// A lane's value without a thread, for simulations: whoever holds it decides when the next job is done.
#[cfg(feature = "sim")]
pub(crate) struct Hand<T> {
    /// The value.
    pub(crate) value: T,
    queue: mpsc::Receiver<Job<T>>,
}

#[cfg(feature = "sim")]
impl<T> Hand<T> {
    /// Does the next job; false: there is none.
    pub(crate) fn step(&mut self) -> bool {
        match self.queue.try_recv() {
            Ok(Job::Do(job)) => {
                job(&mut self.value);
                true
            }
            Ok(Job::End) | Err(_) => false,
        }
    }
}

impl<T: Send + 'static> Lane<T> {
    /// A lane whose jobs are done by hand.
    #[cfg(feature = "sim")]
    pub(crate) fn by_hand(value: T) -> (Self, Hand<T>) {
        let (jobs, queue) = mpsc::channel();
        (Self { jobs }, Hand { value, queue })
    }

    /// Starts the thread. It ends, and drops the value, when it is told to or when the last way to it is dropped.
    pub(crate) fn start(name: &str, mut value: T) -> Result<(Self, JoinHandle<()>)> {
        let (jobs, queue) = mpsc::channel::<Job<T>>();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                for job in queue {
                    let Job::Do(job) = job else { return };
                    // A bug in one job must not take the door away: its asker gets an error, and a transaction that it left open rolls
                    // back as it is dropped.
                    if catch_unwind(AssertUnwindSafe(|| job(&mut value))).is_err() {
                        tracing::error!("a job ended with a panic");
                    }
                }
            })
            .map_err(|error| {
                DoorError::new(Code::Internal, format!("no thread could be started: {error}"))
            })?;
        Ok((Self { jobs }, thread))
    }

    /// Does it after everything that was asked before, and waits for the answer.
    pub(crate) async fn ask<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut T) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let (answer, answered) = oneshot::channel();
        self.tell(move |value| {
            // Nobody waits any more: the work was still asked for.
            let _ = answer.send(job(value));
        });
        answered.await.map_err(|_| DoorError::closed())?
    }

    /// Does it after everything that was asked before, and does not wait.
    pub(crate) fn tell(&self, job: impl FnOnce(&mut T) + Send + 'static) {
        // The thread ended: the door was closed, and whoever waits for an answer gets an error.
        let _ = self.jobs.send(Job::Do(Box::new(job)));
    }

    /// Ends the thread after everything that was asked before.
    pub(crate) fn end(&self) {
        // As above.
        let _ = self.jobs.send(Job::End);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_own_job_alone() {
        let (lane, thread) = Lane::start("test", 1).unwrap();
        let failed: Result<()> = lane.ask(|_| panic!("on purpose")).await;
        assert!(failed.is_err());
        assert_eq!(
            lane.ask(|value| {
                *value += 1;
                Ok(*value)
            })
            .await
            .unwrap(),
            2
        );
        let other = lane.clone();
        lane.end();
        thread.join().unwrap();
        assert!(other.ask(|value| Ok(*value)).await.is_err());
    }
}
