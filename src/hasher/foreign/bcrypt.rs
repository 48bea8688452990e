//! bcrypt, as it is and over a hash of the password.

use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::Check;

/// 2^13 rounds are the most that stay beneath half a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=13;

/// What bcrypt is given in place of the password.
#[derive(Clone, Copy)]
enum Before {
    /// The password itself. Of a longer one, bcrypt has always taken the first 72 bytes.
    Nothing,
    /// SHA-256 in hexadecimal digits.
    Sha256,
    /// HMAC-SHA-384 in Base64, under the key of `wp_hash_password`.
    WordPress,
}

impl Before {
    fn given(self, password: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Nothing => password.to_vec(),
            Self::Sha256 => HEXLOWER.encode(&Sha256::digest(password)).into_bytes(),
            Self::WordPress => {
                // As a block: the key is shorter than one, and is padded with zeros (RFC 2104, section 2).
                let mut key = [0; 128];
                key.iter_mut().zip(b"wp-sha384").for_each(|(to, from)| *to = *from);
                let mac = Hmac::<Sha384>::new((&key).into()).chain_update(password);
                BASE64.encode(&mac.finalize().into_bytes()).into_bytes()
            }
        })
    }
}

struct Stored {
    hash: String,
    cost: u32,
    before: Before,
}

const ALPHABET: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn read(hash: &str, before: Before) -> Option<Box<dyn Check>> {
    let hash = plainly(hash)?;
    let parts = bcrypt::HashParts::from_str(&hash).ok()?;
    Some(Box::new(Stored { cost: parts.get_cost(), hash, before }))
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
    read(text, Before::Nothing)
}

pub(super) fn django(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("bcrypt$")?, Before::Nothing)
}

pub(super) fn django_sha256(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("bcrypt_sha256$")?, Before::Sha256)
}

pub(super) fn word_press(text: &str) -> Option<Box<dyn Check>> {
    read(text.strip_prefix("$wp")?, Before::WordPress)
}

fn of_cost(cost: &str, before: Before) -> Option<Box<dyn Check>> {
    read(&format!("$2b${:02}${}", cost.parse::<u32>().ok()?, ".".repeat(53)), before)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    of_cost(cost, Before::Nothing)
}

pub(super) fn sha256_imitation(cost: &str) -> Option<Box<dyn Check>> {
    of_cost(cost, Before::Sha256)
}

pub(super) fn word_press_imitation(cost: &str) -> Option<Box<dyn Check>> {
    of_cost(cost, Before::WordPress)
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        COSTS.contains(&self.cost)
    }

    fn cost(&self) -> String {
        self.cost.to_string()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        bcrypt::verify(&*self.before.given(password), &self.hash).map_err(|_| HashError::Unreadable)
    }
}
