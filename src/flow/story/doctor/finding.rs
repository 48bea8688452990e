//! One line of the doctor's.

use serde::Serialize;

use crate::domain::text::text_enum;
use crate::os::FileError;

text_enum! {
    /// How much it matters. Only an error makes the command end badly.
    Level { Ok => "ok", Note => "note", Warning => "warning", Error => "error" }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable word.
    pub check: &'static str,
    pub level: Level,
    /// A sentence.
    pub message: String,
    /// What to do about it; nothing where all is well.
    pub remedy: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, message: message.into(), remedy: None }
    }

    pub fn note(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Note, remedy: Some(remedy.into()), ..Self::ok(check, message) }
    }

    pub fn warning(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::note(check, message, remedy) }
    }

    pub fn error(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Error, ..Self::note(check, message, remedy) }
    }

    /// A file that regain cannot use; `place` is where it is named, at the beginning of the sentence.
    pub(super) fn of_file(check: &'static str, place: &str, error: &FileError) -> Self {
        let remedy = error.hint().unwrap_or_else(|| "look at its owner and modes".to_owned());
        Self::error(check, format!("{place}regain cannot {error}."), remedy)
    }
}

/// What was found, or that all is well.
pub(super) fn or_ok(findings: Vec<Finding>, check: &'static str, message: impl Into<String>) -> Vec<Finding> {
    if findings.is_empty() { vec![Finding::ok(check, message)] } else { findings }
}
