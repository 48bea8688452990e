//! bcrypt, as it is and over SHA-256.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::Check;

/// 2^13 rounds take half a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=13;

struct Stored {
    hash: String,
    cost: u32,
    over_sha256: bool,
}

const ALPHABET: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn read(hash: &str, over_sha256: bool) -> Option<Box<dyn Check>> {
    let hash = plainly(hash)?;
    let parts: bcrypt::HashParts = hash.parse().ok()?;
    Some(Box::new(Stored { cost: parts.get_cost(), hash, over_sha256 }))
}

/// With zeros for the bits in the last characters of salt and hash that stand for nothing: some programs leave others there.
fn plainly(hash: &str) -> Option<String> {
    let cleared = |(at, symbol): (usize, char)| {
        let unused = match at {
            28 => 0b1111,
            59 => 0b11,
            _ => return Some(symbol),
        };
        ALPHABET.as_bytes().get(ALPHABET.find(symbol)? & !unused).copied().map(char::from)
    };
    hash.chars().enumerate().map(cleared).collect()
}

pub(super) fn plain(text: &str) -> Option<Box<dyn Check>> {
    read(text, false)
}

/// As Dovecot writes it.
pub(super) fn labelled(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("{BLF-CRYPT}")?, false)
}

pub(super) fn django(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("bcrypt$")?, false)
}

pub(super) fn django_sha256(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("bcrypt_sha256$")?, true)
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        COSTS.contains(&self.cost)
    }

    fn cost(&self) -> String {
        self.cost.to_string()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let hashed;
        let password = if self.over_sha256 {
            hashed = Zeroizing::new(HEXLOWER.encode(&Sha256::digest(password)));
            hashed.as_bytes()
        } else {
            // Of a longer one, bcrypt has always taken the first 72 bytes.
            password
        };
        bcrypt::verify(password, &self.hash).map_err(|_| HashError::Unreadable)
    }
}
