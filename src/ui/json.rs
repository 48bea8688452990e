//! JSON whose every unsafe character is escaped (security T3).

use std::borrow::Cow;

use serde::Serialize;

use super::escape;

/// One line.
pub(super) fn compact<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value).map(escaped)
}

/// Indented by two spaces.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(value).map(escaped)
}

fn escaped(text: String) -> String {
    let safe = match escape::json(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(safe) => Some(safe),
    };
    safe.unwrap_or(text)
}
