//! The facts of web-platform-tests' `eventsource/`, where `PORTERO_EVENTSOURCE_CASES` names a file that holds them: parse cases through the real client at every
//! cut; connection cases by the name of the test that holds them here. The file is no part of this repository.

use serde_json::Value;

use super::{Said, at_every_cut};
use crate::connection::Loss;

/// Cases that the parser answers with a panic: a byte order mark. They have to end as a lost stream, so that changes pass the place.
const PANICS: [&str; 3] = ["format-bom", "format-bom-2", "rs bom"];

/// Connection cases, by the beginning of their name, and the test that holds them here.
const HELD: &[(&str, &str)] = &[
    (
        "format-field-id",
        "connect::the_request_says_where_to_go_on_once, faults::heartbeats_without_an_id_keep_the_place_over_two_reconnects",
    ),
    ("format-mime", "connect::only_a_stream_is_a_stream"),
    ("format-utf-8", "connect::only_a_stream_is_a_stream"),
    (
        "request-status-error",
        "connect::only_a_stream_is_a_stream, faults::no_content_is_no_stream_and_no_storm",
    ),
    (
        "request-redirect",
        "connect::a_redirect_is_followed_and_the_address_stays_what_it_was",
    ),
    ("request-accept", "connect::the_request_says_where_to_go_on_once"),
    (
        "request-cache-control",
        "connect::the_request_says_where_to_go_on_once",
    ),
    (
        "eventsource-reconnect",
        "faults::a_stream_that_ends_without_an_event_is_opened_again",
    ),
    (
        "eventsource-close events",
        "faults::no_content_is_no_stream_and_no_storm",
    ),
    ("eventsource-close", "connect::a_stream_that_is_dropped_is_closed"),
    (
        "eventsource-request-cancellation",
        "connect::a_stream_that_is_dropped_is_closed",
    ),
];
/// Connection cases that are none of this client's: a browser's interface, cookies and origins; and the server's `retry`, in place of which the door has its
/// own times, bounded and random (`connection`).
const NOT_HERE: [&str; 8] = [
    "format-field-retry",
    "request-credentials",
    "eventsource-cross-origin",
    "eventsource-constructor",
    "eventsource-eventtarget",
    "fromReadableStream",
    "eventsource-onmessage",
    "eventsource-prototype",
];

#[tokio::test]
async fn every_case_of_the_file() {
    let Some(file) = std::env::var_os("PORTERO_EVENTSOURCE_CASES") else {
        println!("left out, since PORTERO_EVENTSOURCE_CASES names no file: web-platform-tests' own cases");
        return;
    };
    let cases: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let (mut parsed, mut tried, mut connected) = (0, 0, 0);
    for case in cases["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        if case["kind"] == "parse" {
            let input = hex::decode(case["input_hex"].as_str().unwrap()).unwrap();
            let (expected, loss) = if PANICS.contains(&name) {
                (Vec::new(), Loss::Unreadable)
            } else {
                (expected(case), Loss::Ended)
            };
            tried += at_every_cut(name, &input, &expected, &loss).await;
            parsed += 1;
        } else {
            let held = HELD.iter().find(|(start, _)| name.starts_with(start));
            let not_here = NOT_HERE.iter().any(|start| name.starts_with(start));
            assert!(held.is_some() || not_here, "nobody has looked at {name}");
            connected += 1;
        }
    }
    println!("figure: {parsed} parse cases, {tried} streams, {connected} connection cases");
    assert!(parsed > 0);
}

fn expected(case: &Value) -> Vec<Said> {
    case["expected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap().to_owned();
            (text("event"), text("data"))
        })
        .collect()
}
