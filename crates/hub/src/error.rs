//! The hub's one error: a problem of the contract, answered as it stands or printed by the program.

use std::fmt;

use portero_protocol::problem::{Code, Invalid, Problem};

/// What a function of the hub gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: a stable code, a sentence, and how long to wait where waiting helps.
#[derive(Clone)]
pub struct Error(Box<Fault>);

#[derive(Debug, Clone)]
struct Fault {
    problem: Problem,
    retry_after_s: Option<u32>,
}

impl Error {
    /// An error with what happened this time.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// The same, and a retry makes sense after `seconds` (`Retry-After`).
    #[must_use]
    pub fn wait(code: Code, detail: impl Into<String>, seconds: u32) -> Self {
        let mut error = Self::new(code, detail);
        error.0.retry_after_s = Some(seconds);
        error
    }

    /// The same, with what the hub has now.
    #[must_use]
    pub fn with_current(mut self, current: serde_json::Value) -> Self {
        self.0.problem.current = Some(current);
        self
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.problem.code
    }

    /// As it goes over the wire.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u32> {
        self.0.retry_after_s
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = &self.0.problem;
        f.write_str(problem.detail.as_deref().unwrap_or(&problem.title))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.code().as_str())
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self(Box::new(Fault {
            problem,
            retry_after_s: None,
        }))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Problem::from(code).into()
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Problem::from(invalid).into()
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Code::DiskFull.into(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::wait(Code::Busy, "Another program is writing to the database", 1)
            }
            Some(ErrorCode::NotADatabase) => Self::new(
                Code::Storage,
                "The file is not a database of Portero; it was left as it is",
            ),
            _ => Self::new(Code::Storage, format!("The database could not be used: {error}")),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new(
            Code::Internal,
            format!("A value could not be written or read as JSON: {error}"),
        )
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Code::DiskFull.into();
        }
        Self::new(Code::Storage, error.to_string())
    }
}
