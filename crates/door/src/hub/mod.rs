//! The hub, as a door asks it.
//!
//! Bytes are counted as they are on the wire but for the frames around them: request lines and headers as HTTP/1.1 writes them, bodies as they were
//! compressed; TLS records and TCP headers are left out.

mod http;
mod snapshot;
mod sse;
mod trouble;

pub(crate) use http::{Hub, WriteRequest};
pub(crate) use sse::{Heard, Stream};
pub(crate) use trouble::Trouble;
