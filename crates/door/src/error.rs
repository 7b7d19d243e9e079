//! One error for everything a door is asked: a stable code for programs, a sentence for people.

use portero_protocol::problem::{Code, Invalid, Problem};
use serde::Serialize;

/// What a door answers where it cannot do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct DoorError {
    /// What went wrong, for programs.
    pub code: Code,
    /// What went wrong and what to do, for people.
    pub message: String,
}

/// What a door answers.
pub type Result<T, E = DoorError> = std::result::Result<T, E>;

impl DoorError {
    /// An error with a sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A part of the door ended while it was asked; only where the door is being closed.
    pub(crate) fn closed() -> Self {
        Self::new(Code::Internal, "the door is closed")
    }

    /// This needs the hub, and the hub did not answer.
    pub(crate) fn unreachable(why: impl std::fmt::Display) -> Self {
        Self::new(
            Code::HubUnreachable,
            format!("the hub cannot be reached, and this needs it: {why}"),
        )
    }
}

impl From<Code> for DoorError {
    fn from(code: Code) -> Self {
        Self::new(code, code.title())
    }
}

impl From<Invalid> for DoorError {
    fn from(invalid: Invalid) -> Self {
        Self::new(invalid.code, invalid.to_string())
    }
}

impl From<Problem> for DoorError {
    fn from(problem: Problem) -> Self {
        Self::new(problem.code, problem.detail.unwrap_or(problem.title))
    }
}

impl From<rusqlite::Error> for DoorError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::new(
                Code::DiskFull,
                "the disk is full: nothing was recorded. Free some space and try again",
            ),
            _ => Self::new(Code::Storage, format!("a database here cannot be used: {error}")),
        }
    }
}

impl From<serde_json::Error> for DoorError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Code::Storage, format!("a stored value cannot be read: {error}"))
    }
}
