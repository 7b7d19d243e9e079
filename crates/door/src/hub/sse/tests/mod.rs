//! The stream through the real client and real sockets: the standard's own cases, and what contains the client's known defects.
//!
//! | module | what it holds |
//! |---|---|
//! | [`server`] | one that answers connection after connection as it is told |
//! | `parse` | what bytes mean, whole and in pieces |
//! | `connect` | statuses, media types, redirects, headers, endless lines |
//! | `corpus` | the same facts from a file of web-platform-tests' cases, where `PORTERO_EVENTSOURCE_CASES` names one |

use std::sync::Arc;
use std::time::Duration;

use super::{Heard, Stream};
use crate::connection::Loss;
use crate::hub::http::Hub;

mod connect;
mod corpus;
mod parse;
mod server;

/// An event as its name and data.
type Said = (String, String);

/// Follows one stream to its end.
async fn events(hub: &Hub) -> (Vec<Said>, Loss) {
    let mut stream = Stream::open(hub, Arc::default(), &"e1:5".parse().unwrap());
    let mut events = Vec::new();
    loop {
        let heard = tokio::time::timeout(Duration::from_secs(20), stream.next())
            .await
            .unwrap();
        match heard {
            Some(Heard::Event { name, data, .. }) => events.push((name, data)),
            Some(Heard::Lost(loss)) => return (events, loss),
            Some(Heard::Opened | Heard::Half) => {}
            None => panic!("it ended without a word"),
        }
    }
}

fn said(events: &[(&str, &str)]) -> Vec<Said> {
    events
        .iter()
        .map(|(name, data)| ((*name).to_owned(), (*data).to_owned()))
        .collect()
}

/// The ways in which a network may cut bytes: whole, pieces of each size, and in two at each place.
fn cuts(length: usize) -> Vec<Vec<usize>> {
    let mut cuts = vec![vec![length]];
    for piece in [1, 2, 3, 5, 7, 16] {
        let mut pieces = vec![piece; length / piece];
        pieces.push(length % piece);
        cuts.push(pieces);
    }
    cuts.extend((1..length).map(|at| vec![at, length - at]));
    for pieces in &mut cuts {
        // An empty chunk would be the end.
        pieces.retain(|piece| *piece > 0);
    }
    cuts
}

/// Serves the same bytes cut in every way, and holds what is heard against what should be.
async fn at_every_cut(name: &str, input: &[u8], expected: &[Said], loss: &Loss) -> usize {
    let server = server::Server::open().await;
    let hub = server.hub();
    let cuts = cuts(input.len());
    for pieces in &cuts {
        server.next(server::Answer::stream(input, pieces));
        let (heard, ended) = events(&hub).await;
        if *loss == Loss::Ended {
            assert_eq!(
                (heard.as_slice(), &ended),
                (expected, loss),
                "{name} in pieces of {pieces:?}"
            );
        } else {
            assert_eq!(&ended, loss, "{name} in pieces of {pieces:?}");
        }
    }
    cuts.len()
}
