//! What a path and a query ask for.

use std::collections::HashMap;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use jiff::civil::Date;
use portero_protocol::cursor::Cursor;
use portero_protocol::problem::Code;
use portero_protocol::reservation::wire_date;

use crate::error::{Error, Result};

/// The id in a path. One that cannot be an id is answered as one that is not there.
pub(super) struct Id<T>(pub(super) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Path::<String>::from_request_parts(parts, state)
            .await
            .ok()
            .and_then(|Path(text)| text.parse().ok())
            .map(Self)
            .ok_or_else(|| Error::new(Code::NotFound, "That cannot be an id, so there is nothing there"))
    }
}

/// The query's parameters.
pub(super) struct Asked(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(map)| Self(map))
            .map_err(|_| Error::new(Code::InvalidQuery, "The query cannot be read"))
    }
}

impl Asked {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// A whole number, at most `high`.
    pub(super) fn number(&self, name: &str, default: u32, high: u32) -> Result<u32> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text
                .parse::<u32>()
                .map(|number| number.min(high))
                .map_err(|_| Error::new(Code::InvalidQuery, format!("`{name}` is a whole number"))),
        }
    }

    /// A venue's day.
    pub(super) fn day(&self, name: &str) -> Result<Option<Date>> {
        self.text(name)
            .map(|text| {
                wire_date::parse(text)
                    .ok_or_else(|| Error::new(Code::InvalidQuery, format!("`{name}` is a date, YYYY-MM-DD")))
            })
            .transpose()
    }

    /// A place in the log.
    pub(super) fn cursor(&self, name: &str) -> Result<Option<Cursor>> {
        self.0
            .get(name)
            .map(|text| text.parse().map_err(|_| Code::InvalidCursor.into()))
            .transpose()
    }
}
