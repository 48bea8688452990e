//! JSON whose every unsafe character is escaped (security T3).

use serde::Serialize;

use super::escape;

/// One line.
pub(super) fn compact<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    Ok(escape::json(&serde_json::to_string(value)?).into_owned())
}

/// Indented by two spaces.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    Ok(escape::json(&serde_json::to_string_pretty(value)?).into_owned())
}
