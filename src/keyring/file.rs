//! The text of the key file: a header with its version, then one key a line, newest first.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::derive::KEY_BYTES;
use super::error::KeyringError;
use super::id::{ALPHABET, ID_SYMBOLS, KeyId};
use crate::domain::Entropy;
use crate::domain::entropy::symbols;

const HEADER: &str = "regain-key 1";

/// One key. The material is boxed, so that moving a key leaves no copy of it behind.
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) created: Timestamp,
    pub(super) material: Box<Zeroizing<[u8; KEY_BYTES]>>,
}

impl Key {
    pub(super) fn generate(entropy: &dyn Entropy, created: Timestamp) -> Result<Self, KeyringError> {
        let id = symbols(entropy, ALPHABET, ID_SYMBOLS)?.parse()?;
        let mut material = Box::new(Zeroizing::new([0; KEY_BYTES]));
        entropy.fill(material.as_mut_slice())?;
        Ok(Self { id, created, material })
    }
}

/// Reads the whole file. Lines that are empty or begin with `#` are skipped.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, KeyringError> {
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, line)| line) != Some(HEADER) {
        return Err(KeyringError::Header);
    }
    let mut keys: Vec<Key> = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let key = parse_line(line).ok_or(KeyringError::Line { line: at + 1 })?;
        if keys.iter().any(|known| known.id == key.id) {
            return Err(KeyringError::Twice { id: key.id });
        }
        keys.push(key);
    }
    if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(keys) }
}

fn parse_line(line: &str) -> Option<Key> {
    let mut words = line.split(' ');
    let id = words.next()?.parse().ok()?;
    let created = words.next()?.parse().ok()?;
    let hex = words.next()?;
    if words.next().is_some() || HEXLOWER.decode_len(hex.len()) != Ok(KEY_BYTES) {
        return None;
    }
    let mut material = Box::new(Zeroizing::new([0; KEY_BYTES]));
    HEXLOWER.decode_mut(hex.as_bytes(), material.as_mut_slice()).ok()?;
    Some(Key { id, created, material })
}

/// The text that [`parse`] reads back.
pub(super) fn to_text<'a>(keys: impl Iterator<Item = &'a Key> + Clone) -> Zeroizing<String> {
    // Room for all from the start: a string that grows leaves its old memory unwiped.
    let mut text = Zeroizing::new(String::with_capacity(256 + keys.clone().count() * 160));
    text.push_str(HEADER);
    text.push_str("\n# Keep a copy of this file apart from the store: without it no code, seal or audit event verifies,\n# and with `[hash] pepper` no password.\n");
    for key in keys {
        text.extend([key.id.to_string(), " ".to_owned(), key.created.to_string(), " ".to_owned()]);
        let mut hex = Zeroizing::new([0_u8; KEY_BYTES * 2]);
        HEXLOWER.encode_mut(key.material.as_slice(), hex.as_mut_slice());
        for digit in hex.iter() {
            text.push(char::from(*digit));
        }
        text.push('\n');
    }
    text
}
