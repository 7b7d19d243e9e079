//! The stream. The one file that uses reqwest-eventsource, and the place where its defects end: it serves one connection and never retries; it runs in a
//! task of its own, whose panic is a lost stream; what it cannot read, or reads without end, is a lost stream too. Where the stream starts is told in
//! the query: it would send a header twice.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::Stream as _;
use portero_protocol::cursor::Cursor;
use reqwest_eventsource::{Error, Event, EventSource, retry};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::connection::{Fault, Loss};
use crate::figures::Figures;
use crate::hub::http::{Hub, head_bytes, life, reason};
use crate::hub::trouble::Trouble;
use crate::known::Known;

/// So often may bytes come without an event coming of them. An event has at most 64 KiB, and might come byte by byte.
const FRUITLESS_READS: u32 = 64 * 1024;
/// So long may be spent on bytes without an event coming of them: the parser reads an endless line again from its start with each piece, so
/// this bounds its size as well (some 10 MB).
const FRUITLESS_TIME: Duration = Duration::from_millis(500);
/// Events that wait to be applied, before the hub has to wait.
const QUEUE: usize = 1_024;
/// `event: `, `id: `, `data: `, four line ends, and the chunk's own head and end.
const EVENT_FRAME: usize = 7 + 4 + 6 + 4 + 10;

/// What the stream says.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Its headers came, and they are those of a stream.
    Opened,
    /// An event.
    Event {
        /// Its name.
        name: String,
        /// Its id, or the last one's where it has none.
        id: String,
        /// Its data.
        data: String,
    },
    /// Bytes came, and no event of them yet.
    Half,
    /// It is over.
    Lost(Loss),
}

/// A stream. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct Stream {
    heard: mpsc::Receiver<Heard>,
    reader: JoinHandle<()>,
    watcher: JoinHandle<()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
        self.watcher.abort();
    }
}

impl Stream {
    /// Opens the stream after a cursor.
    pub(crate) fn open(hub: &Hub, figures: Arc<Figures>, since: &Cursor) -> Self {
        let (say, heard) = mpsc::channel(QUEUE);
        let request = hub.stream_request(since);
        let known = hub.known.clone();
        let (reading, ended) = tokio::sync::oneshot::channel();
        let reader = tokio::spawn({
            let say = say.clone();
            async move {
                let loss = match EventSource::new(request) {
                    Ok(source) => read(source, &say, &figures, &known).await,
                    // The request has no body, so it can be cloned.
                    Err(_) => Loss::Unreachable,
                };
                // The watcher waits for it.
                let _ = reading.send(loss);
            }
        });
        let watcher = tokio::spawn(async move {
            // The reader ends without a word where it panicked: a byte order mark does that.
            let loss = ended.await.unwrap_or(Loss::Unreadable);
            // Nobody listens any more: the stream was closed.
            let _ = say.send(Heard::Lost(loss)).await;
        });
        Self {
            heard,
            reader,
            watcher,
        }
    }

    /// The next thing that it says; `None` after it was lost.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// The next thing, if it is there already.
    pub(crate) fn ready(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }
}

async fn read(mut source: EventSource, say: &mpsc::Sender<Heard>, figures: &Figures, known: &Known) -> Loss {
    source.set_retry_policy(Box::new(retry::Never));
    let mut opened = false;
    let mut fruitless = Fruitless::default();
    loop {
        let polled = std::future::poll_fn(|context| {
            let started = Instant::now();
            let polled = Pin::new(&mut source).poll_next(context);
            match polled {
                Poll::Ready(item) => Poll::Ready(Read::Item(item)),
                Poll::Pending if opened && fruitless.again(started.elapsed()) => {
                    Poll::Ready(Read::Half(fruitless.clone()))
                }
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        match polled {
            Read::Half(fruitless) if fruitless.too_much() => return Loss::Unreadable,
            Read::Half(_) => {
                if say.send(Heard::Half).await.is_err() {
                    return Loss::Ended;
                }
            }
            Read::Item(item) => {
                fruitless = Fruitless::default();
                match item {
                    Some(Ok(Event::Open)) => {
                        opened = true;
                        if say.send(Heard::Opened).await.is_err() {
                            return Loss::Ended;
                        }
                    }
                    Some(Ok(Event::Message(event))) => {
                        let bytes = event.event.len() + event.id.len() + event.data.len() + EVENT_FRAME;
                        figures.bytes(bytes as u64);
                        let heard = Heard::Event {
                            name: event.event,
                            id: event.id,
                            data: event.data,
                        };
                        if say.send(heard).await.is_err() {
                            return Loss::Ended;
                        }
                    }
                    Some(Err(error)) => {
                        if let Error::InvalidStatusCode(_, response) = &error {
                            known.hear_life(life(response));
                        }
                        return loss(error, opened, figures).await;
                    }
                    None => return Loss::Ended,
                }
            }
        }
    }
}

enum Read {
    Item(Option<std::result::Result<Event, Error>>),
    Half(Fruitless),
}

/// What was read without an event coming of it.
#[derive(Debug, Clone, Default)]
struct Fruitless {
    reads: u32,
    spent: Duration,
}

impl Fruitless {
    /// Another read. Whether that is worth saying: the first time, and when it is too much.
    fn again(&mut self, spent: Duration) -> bool {
        self.reads += 1;
        self.spent += spent;
        self.reads == 2 || self.too_much()
    }

    fn too_much(&self) -> bool {
        self.reads > FRUITLESS_READS || self.spent > FRUITLESS_TIME
    }
}

async fn loss(error: Error, opened: bool, figures: &Figures) -> Loss {
    match error {
        Error::Transport(_) if opened => Loss::Ended,
        Error::StreamEnded => Loss::Ended,
        Error::Transport(error) => {
            tracing::debug!(why = reason(&error), "no stream");
            Loss::Unreachable
        }
        Error::Utf8(_) | Error::Parser(_) => Loss::Unreadable,
        Error::InvalidContentType(_, response) => {
            figures.bytes(head_bytes(&response));
            Loss::Fault(Fault::NotTheHub)
        }
        Error::InvalidStatusCode(status, response) => {
            figures.bytes(head_bytes(&response));
            let retry_after = response
                .headers()
                .get(reqwest::header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned);
            let body = tokio::time::timeout(Duration::from_secs(5), response.bytes())
                .await
                .ok()
                .and_then(std::result::Result::ok)
                .unwrap_or_default();
            figures.bytes(body.len() as u64);
            let trouble = Trouble::answered(status.as_u16(), retry_after.as_deref(), &body);
            tracing::debug!(status = status.as_u16(), why = trouble.message, "no stream");
            Loss::Fault(trouble.fault())
        }
        Error::InvalidLastEventId(_) => Loss::Unreadable,
    }
}

#[cfg(test)]
mod tests;
