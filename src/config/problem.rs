use std::fmt;

/// What is wrong in a config, and where. Texts that were given are not repeated: somebody may have put a password
/// there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// The dotted key, `codes.length`; empty where the text is not TOML.
    pub key: String,
    /// Reads after the key: `must be a whole number from 6 to 8`.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, message } = self;
        if key.is_empty() {
            write!(formatter, "line {line}: {message}")
        } else {
            write!(formatter, "line {line}: `{key}` {message}")
        }
    }
}
