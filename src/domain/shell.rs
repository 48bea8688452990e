//! Words for a shell: a command that is suggested must mean the same when it is copied.

use std::borrow::Cow;

/// The text as one word of a POSIX shell, in single quotes if it needs them.
pub fn word(text: &str) -> Cow<'_, str> {
    let plain = |symbol: char| symbol.is_ascii_alphanumeric() || "/._@+-:,%".contains(symbol);
    if !text.is_empty() && text.chars().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_otherwise_is_quoted() {
        for plain in ["acme/alice", "alice@example.com", "+4915112345678"] {
            assert_eq!(word(plain), plain);
        }
        assert_eq!(word("acme/a b"), "'acme/a b'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("$(id)"), "'$(id)'");
        assert_eq!(word(""), "''");
    }
}
