//! The public name of a key.

use std::fmt;
use std::str::FromStr;

/// Lower-case base32 (RFC 4648).
pub(super) const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

pub(super) const ID_SYMBOLS: usize = 8;

/// The public name of a key: eight symbols of base32, kept beside whatever the key made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; ID_SYMBOLS]);

/// What was read is no name of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read a key's name: it is eight letters or digits of base32")]
pub struct NoKeyId;

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|symbol| write!(formatter, "{}", char::from(*symbol)))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = NoKeyId;

    fn from_str(text: &str) -> Result<Self, NoKeyId> {
        let symbols: [u8; ID_SYMBOLS] = text.as_bytes().try_into().map_err(|_| NoKeyId)?;
        if symbols.iter().all(|symbol| ALPHABET.contains(symbol)) { Ok(Self(symbols)) } else { Err(NoKeyId) }
    }
}
