//! Further lists of passwords that a site refuses, such as those seen in breaches (security P5).

use std::io;
use std::path::PathBuf;

use crate::domain::secret::Secret;

/// Why nobody can tell whether a password is on a list that the site wants to be asked. Then none is accepted.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("read the list of refused passwords {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("use the list of breached passwords {}: it has no file {prefix}", folder.display())]
    RangeMissing { folder: PathBuf, prefix: String },
    #[error("use the list of breached passwords {}: at byte {at} is no line of a SHA-1 hash, a colon and a count", path.display())]
    Malformed { path: PathBuf, at: u64 },
    #[error("use the list of breached passwords {}: at byte {at} its hashes are not in order", path.display())]
    Unsorted { path: PathBuf, at: u64 },
}

/// Passwords that a site does not let anybody use.
pub trait ExtraList {
    /// Whether `candidate` is one of the site's own. It is in lower case and NFC; a list in mixed case must be compared
    /// without regard to case.
    fn contains(&self, candidate: &str) -> Result<bool, ListError>;

    /// Whether this very password is known from a breach.
    fn is_breached(&self, password: &Secret) -> Result<bool, ListError>;
}

/// No further list.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoList;

impl ExtraList for NoList {
    fn contains(&self, _candidate: &str) -> Result<bool, ListError> {
        Ok(false)
    }

    fn is_breached(&self, _password: &Secret) -> Result<bool, ListError> {
        Ok(false)
    }
}

/// A text with one password a line, in any order and case; it is read from start to end at each question.
/// Empty lines are nothing.
#[derive(Debug, Clone, Copy)]
pub struct WordList<'a>(&'a str);

impl<'a> WordList<'a> {
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub fn contains(&self, candidate: &str) -> bool {
        self.0.lines().any(|line| Self::matches_line(line, candidate))
    }

    fn matches_line(line: &str, candidate: &str) -> bool {
        if line.is_empty() {
            return false;
        }
        if line.is_ascii() {
            return line.eq_ignore_ascii_case(candidate);
        }
        line.chars().flat_map(char::to_lowercase).eq(candidate.chars().flat_map(char::to_lowercase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_match_whole_and_without_regard_to_case() {
        let list = WordList::new("Correct Horse\r\n\nÜBUNG\nlast");
        for listed in ["correct horse", "übung", "last"] {
            assert!(list.contains(listed), "{listed}");
        }
        for other in ["", "correct", "correct horse ", "las"] {
            assert!(!list.contains(other), "{other}");
        }
    }
}
