//! What keys are called.

use std::fmt;
use std::str::FromStr;

use crate::domain::entropy::{Entropy, EntropyError, symbols};

/// Lower-case base32 (RFC 4648).
const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

const ID_SYMBOLS: usize = 8;

/// The public name of a key: eight symbols of base32, kept beside whatever the key made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; ID_SYMBOLS]);

/// The text is no id of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a key's name: it is eight letters or digits of base32")]
pub struct KeyIdError;

impl KeyId {
    pub(super) fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut id = [0; ID_SYMBOLS];
        id.copy_from_slice(symbols(entropy, ALPHABET, ID_SYMBOLS)?.as_bytes());
        Ok(Self(id))
    }
}

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
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let symbols: [u8; ID_SYMBOLS] = text.as_bytes().try_into().map_err(|_| KeyIdError)?;
        if symbols.iter().all(|symbol| ALPHABET.contains(symbol)) {
            Ok(Self(symbols))
        } else {
            Err(KeyIdError)
        }
    }
}
