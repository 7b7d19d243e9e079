//! Checks of text from outside: length in characters, no control characters.

use crate::problem::{Code, Invalid};

/// Checks that `value` has at most `max` characters and none that control a terminal or end a line.
pub(crate) fn check(field: &'static str, value: &str, max: usize) -> Result<(), Invalid> {
    if value.chars().count() > max {
        return Err(Invalid::new(
            Code::InvalidField,
            field,
            format!("is longer than {max} characters"),
        ));
    }
    if value.chars().any(char::is_control) {
        return Err(Invalid::new(
            Code::InvalidField,
            field,
            "has control characters".to_owned(),
        ));
    }
    Ok(())
}

/// As [`check`], and the text must say something.
pub(crate) fn check_filled(field: &'static str, value: &str, max: usize) -> Result<(), Invalid> {
    if value.trim().is_empty() {
        return Err(Invalid::new(Code::InvalidField, field, "is empty".to_owned()));
    }
    check(field, value, max)
}
