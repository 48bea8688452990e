//! Further lists of passwords that a site refuses, such as those seen in breaches (security P5).

/// A list of passwords that may not be used.
pub trait ExtraList {
    /// Whether `candidate` is on the list. It is in lower case and NFC; a list in mixed case must be compared
    /// without regard to case.
    fn contains(&self, candidate: &str) -> bool;
}

/// No further list.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoList;

impl ExtraList for NoList {
    fn contains(&self, _candidate: &str) -> bool {
        false
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

impl ExtraList for WordList<'_> {
    fn contains(&self, candidate: &str) -> bool {
        self.0.lines().any(|line| Self::matches_line(line, candidate))
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
