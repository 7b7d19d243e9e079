//! The stream as its readers see it: block by block.

use futures_util::StreamExt;
use serde_json::Value;

use crate::house::LONG;

/// An event as it came: its id, name and data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) data: Value,
    pub(crate) retry: Option<u64>,
}

impl Event {
    pub(crate) fn pos(&self) -> u64 {
        self.id
            .as_ref()
            .unwrap()
            .split_once(':')
            .unwrap()
            .1
            .parse()
            .unwrap()
    }
}

type Bytes = std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>;

pub(crate) struct Stream {
    pub(crate) headers: reqwest::header::HeaderMap,
    bytes: Bytes,
    /// What has come and makes no whole block yet.
    rest: Vec<u8>,
}

impl Stream {
    pub(crate) fn of(response: reqwest::Response) -> Self {
        Self {
            headers: response.headers().clone(),
            bytes: Box::pin(response.bytes_stream()),
            rest: Vec::new(),
        }
    }

    /// The next event; `None`: the stream ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.rest.drain(..end + 2).collect();
                return Some(parse(std::str::from_utf8(&block).unwrap().trim_end()));
            }
            match tokio::time::timeout(LONG, self.bytes.next())
                .await
                .expect("the stream is silent")
            {
                Some(Ok(part)) => self.rest.extend_from_slice(&part),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next change: no `connected`, no heartbeat.
    pub(crate) async fn change(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("the stream ended");
            if event.id.is_some() {
                return event;
            }
        }
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event {
        id: None,
        name: String::new(),
        data: Value::Null,
        retry: None,
    };
    for line in block.lines() {
        let (field, value) = line.split_once(": ").unwrap();
        match field {
            "id" => event.id = Some(value.to_owned()),
            "event" => event.name = value.to_owned(),
            "data" => event.data = serde_json::from_str(value).unwrap(),
            "retry" => event.retry = value.parse().ok(),
            other => panic!("no field of ours: {other}"),
        }
    }
    event
}
