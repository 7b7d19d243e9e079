//! What a rejected command tells the window: a code that it translates, and a sentence for the log.

use portero_protocol::problem::Code;
use serde::Serialize;

/// An error at the border to the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct ErrorView {
    /// What went wrong; the window translates it.
    pub(crate) code: Code,
    /// What went wrong, in English, with the names and numbers of this time.
    pub(crate) message: String,
}

/// The result of a command.
pub(crate) type Result<T> = std::result::Result<T, ErrorView>;

impl ErrorView {
    /// An error with a sentence.
    #[must_use]
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// An error of the operating system about a file.
    #[must_use]
    pub(crate) fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let code = if error.kind() == std::io::ErrorKind::StorageFull {
            Code::DiskFull
        } else {
            Code::Storage
        };
        Self::new(code, format!("{what} {}: {error}", path.display()))
    }
}

impl std::fmt::Display for ErrorView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_str())
    }
}

impl std::error::Error for ErrorView {}

impl From<portero_door::DoorError> for ErrorView {
    fn from(error: portero_door::DoorError) -> Self {
        Self::new(error.code, error.message)
    }
}

impl From<portero_hub::Error> for ErrorView {
    fn from(error: portero_hub::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<tauri::Error> for ErrorView {
    fn from(error: tauri::Error) -> Self {
        Self::new(Code::Internal, error.to_string())
    }
}
