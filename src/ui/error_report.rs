//! A failure, in words and in a form for programs.

use serde::Serialize;

/// A failure, as told to people and to programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
}
