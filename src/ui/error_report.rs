//! A failure, in words and in a form for programs.

use serde::Serialize;

/// A failure, as told to people and to programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    /// The name of the exit code, such as `refused`.
    pub kind: String,
    pub message: String,
    /// A stable code, such as `weak_password`.
    pub reason: String,
    /// From the nearest to the deepest.
    pub causes: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
    /// The option or argument that is at fault, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// Where the message says how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// Where the message says how long to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

impl ErrorReport {
    /// What failed, and why, on one line.
    pub fn in_a_line(&self) -> String {
        let told = std::iter::once(&self.message).chain(&self.causes);
        told.map(String::as_str).collect::<Vec<_>>().join(": ")
    }
}
