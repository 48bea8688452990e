//! Values that must never be shown: passwords, codes, tokens, keys.

use zeroize::{Zeroize, Zeroizing};

/// A secret text. It has no `Debug`, `Display`, `Clone` or `Serialize`, and its memory is wiped on drop,
/// so the only way to see it is to call [`Secret::expose`], which is easy to search for.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text; the caller keeps no copy.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for hashing, comparing, sealing or handing over to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

/// Why bytes from a pipe or a file cannot be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the secret is not valid UTF-8")]
    NotUtf8,
    #[error("the secret is written in UTF-16, not in UTF-8")]
    Utf16,
    #[error("the secret holds a control character")]
    Control,
}

/// What a secret is, which decides what counts in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything that was typed counts.
    Password,
    /// A code, a token or an answer, in which a tab is a blank.
    Typed,
}

impl Kind {
    /// The bytes of a line, as they are judged.
    pub fn settle(self, line: &mut [u8]) {
        if self == Self::Typed {
            line.iter_mut().filter(|byte| **byte == b'\t').for_each(|byte| *byte = b' ');
        }
    }
}

/// The mark that some editors and shells put at the start of a file or a stream of UTF-8. It is no part of a secret.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One secret from raw bytes: UTF-8 and without control characters (security P3). The input is wiped.
pub fn from_bytes(mut bytes: Vec<u8>) -> Result<Secret, SecretError> {
    let judged = match std::str::from_utf8(&bytes) {
        Err(_) if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => Err(SecretError::Utf16),
        Err(_) => Err(SecretError::NotUtf8),
        Ok(text) if text.chars().any(char::is_control) => Err(SecretError::Control),
        Ok(text) => Ok(Secret::new(text.to_owned())),
    };
    bytes.zeroize();
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_controls_and_bad_utf8_are_refused_and_spaces_kept() {
        assert_eq!(from_bytes(b"a\0b".to_vec()).err(), Some(SecretError::Control));
        assert_eq!(from_bytes(b"a\tb".to_vec()).err(), Some(SecretError::Control));
        assert_eq!(from_bytes(vec![b'a', 0xff]).err(), Some(SecretError::NotUtf8));
        assert_eq!(from_bytes(b"\xff\xfea\0".to_vec()).err(), Some(SecretError::Utf16));
        let kept = from_bytes(" pass word ".as_bytes().to_vec()).ok();
        assert_eq!(kept.as_ref().map(Secret::expose), Some(" pass word "));
    }
}
