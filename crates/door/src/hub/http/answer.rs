//! Bodies and headers, as they are written and read.

use portero_protocol::HEADER_EPOCH;
use portero_protocol::problem::Code;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hub::trouble::Trouble;

pub(super) fn encode(body: &impl Serialize) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec(body).map_err(|error| Trouble {
        status: Some(0),
        code: Code::Internal,
        message: format!("a request could not be written: {error}"),
        retry_after_ms: None,
    })
}

pub(in crate::hub) fn decode<T: DeserializeOwned>(status: u16, bytes: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| Trouble::not_the_hub(status, error))
}

pub(in crate::hub) fn is_gzip(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "gzip")
}

/// The life of the log that an answer is from.
pub(in crate::hub) fn life(response: &Response) -> Option<&str> {
    response.headers().get(HEADER_EPOCH)?.to_str().ok()
}

pub(super) fn header(response: &Response, name: &reqwest::header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

/// The answer's first line and headers, as HTTP/1.1 writes them.
pub(in crate::hub) fn head_bytes(response: &Response) -> u64 {
    let headers: usize = response
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    headers as u64 + 19
}

/// The innermost cause: "connection refused" rather than "error sending request".
pub(in crate::hub) fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
