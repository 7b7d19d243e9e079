//! What bytes mean: each rule of the standard's section on parsing an event stream (WHATWG HTML, 9.2.6), whole and cut at every place.

use super::{at_every_cut, said};
use crate::connection::Loss;

/// A rule, bytes, and the events that they are.
type Case = (
    &'static str,
    &'static [u8],
    &'static [(&'static str, &'static str)],
);

const M: &str = "message";

const CASES: &[Case] = &[
    ("nothing is nothing", b"", &[]),
    ("blank lines alone dispatch nothing", b"\n\n\r\n\r\r\n", &[]),
    ("one line", b"data: hola\n\n", &[(M, "hola")]),
    ("two events", b"data: a\n\ndata: b\n\n", &[(M, "a"), (M, "b")]),
    (
        "lines of data are joined by line ends",
        b"data: a\ndata:b\ndata: c\n\n",
        &[(M, "a\nb\nc")],
    ),
    (
        "lines may end in three ways",
        b"data: a\r\ndata: b\rdata: c\n\r\n",
        &[(M, "a\nb\nc")],
    ),
    (
        "a blank line may end in three ways",
        b"data: a\n\ndata: b\r\n\r\ndata: c\n\r\n",
        &[(M, "a"), (M, "b"), (M, "c")],
    ),
    (
        "one blank after the colon belongs to nobody",
        b"data:a\ndata: b\ndata:  c\ndata:\td\n\n",
        &[(M, "a\nb\n c\n\td")],
    ),
    ("further colons are data", b"data: a:b: c\n\n", &[(M, "a:b: c")]),
    (
        "a field without a colon is empty",
        b"data\n\ndata\ndata\n\ndata:\n\n",
        &[(M, ""), (M, "\n"), (M, "")],
    ),
    (
        "what no blank line ends is dropped",
        b"data: a\n\ndata: b\n",
        &[(M, "a")],
    ),
    (
        "a half line is dropped",
        b"data: a\n\nevent: x\ndata: b",
        &[(M, "a")],
    ),
    (
        "lines that start with a colon are comments",
        b":\n: note\ndata: a\n:b\r:\n\n: end\n\n",
        &[(M, "a")],
    ),
    (
        "names of fields are exact",
        b"Data: a\nDATA: a\ndata : b\n data: c\ndat: d\ndata: e\n\n",
        &[(M, "e")],
    ),
    (
        "unknown fields say nothing",
        b"foo: a\nbar\n\ndata: b\nbaz: c\n\n",
        &[(M, "b")],
    ),
    (
        "an event's name",
        b"event: qr-scanned\ndata: a\n\ndata: b\n\n",
        &[("qr-scanned", "a"), (M, "b")],
    ),
    (
        "the last name counts",
        b"event: a\ndata: x\nevent: b\n\n",
        &[("b", "x")],
    ),
    (
        "an empty name is none",
        b"event:\ndata: a\n\nevent\ndata: b\n\n",
        &[(M, "a"), (M, "b")],
    ),
    (
        "a name without data is forgotten",
        b"event: a\n\ndata: b\n\n",
        &[(M, "b")],
    ),
    (
        "an id is no data",
        b"id: e1:6\n\nid: e1:7\ndata: a\n\n",
        &[(M, "a")],
    ),
    (
        "an id with a zero byte is ignored",
        b"id: e1\x006\ndata: a\n\n",
        &[(M, "a")],
    ),
    (
        "a time to wait is no data",
        b"retry: 1000\n\nretry: 12x\ndata: a\nretry\n\n",
        &[(M, "a")],
    ),
    ("a zero byte is data", b"data: a\x00b\n\n", &[(M, "a\0b")]),
    (
        "letters of several bytes",
        "data: ñandú 漢 🂡\nevent: día\n\n".as_bytes(),
        &[("día", "ñandú 漢 🂡")],
    ),
    (
        "a byte order mark in the middle is part of a name",
        "data: a\n\n\u{feff}data: b\n\ndata: c\n\n".as_bytes(),
        &[(M, "a"), (M, "c")],
    ),
    (
        "JSON as a hub sends it",
        b"event: reservation-deleted\nid: e1:9\ndata: {\"reservaId\":\"r\\n1\",\"version\":2}\n\n",
        &[("reservation-deleted", "{\"reservaId\":\"r\\n1\",\"version\":2}")],
    ),
];

#[tokio::test]
async fn each_rule_at_every_cut() {
    let mut tried = 0;
    for (name, input, events) in CASES {
        tried += at_every_cut(name, input, &said(events), &Loss::Ended).await;
    }
    assert!(tried > 800, "{tried}");
}

/// The parser answers a byte order mark at the start with a panic. It ends as a lost stream, so that changes pass the place.
#[tokio::test]
async fn a_byte_order_mark_ends_the_stream_and_nothing_else() {
    for input in ["\u{feff}data: a\n\ndata: b\n\n", "\u{feff}\u{feff}data: a\n\n"] {
        at_every_cut("a byte order mark", input.as_bytes(), &[], &Loss::Unreadable).await;
    }
}
