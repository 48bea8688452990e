//! What was built of MD5: `crypt` of old systems and of Apache, and the portable hash of forums and blogs.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::Check;
use super::encodings::{crypt as decoded, parts};

struct Crypt {
    magic: &'static str,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

pub(super) fn crypt(text: &str) -> Option<Box<dyn Check>> {
    let [_, name, salt, tag] = parts(text, '$')?;
    let magic = if name == "1" { "$1$" } else { "$apr1$" };
    let salt = salt.as_bytes().get(..8).unwrap_or(salt.as_bytes()).to_vec();
    let tag = decoded(tag).filter(|tag| tag.len() == 16)?;
    Some(Box::new(Crypt { magic, salt, tag }))
}

/// As Dovecot writes it.
pub(super) fn labelled(text: &str) -> Option<Box<dyn Check>> {
    crypt(text.split_once('}')?.1)
}

/// A thousand rounds, each of what the ones before it made, the password and the salt.
fn md5_crypt(password: &[u8], magic: &[u8], salt: &[u8]) -> [u8; 16] {
    let mut inner = Md5::digest([password, salt, password].concat());
    let mut begun = Md5::new().chain_update(password).chain_update(magic).chain_update(salt);
    begun.update(inner.iter().copied().cycle().take(password.len()).collect::<Vec<_>>());
    let mut length = password.len();
    while length > 0 {
        begun.update(if length & 1 == 1 { &[0] } else { password.get(..1).unwrap_or_default() });
        length >>= 1;
    }
    inner = begun.finalize();
    for round in 0..1_000 {
        let mut next = Md5::new();
        next.update(if round % 2 == 1 { password } else { &inner });
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(if round % 2 == 1 { &inner[..] } else { password });
        inner = next.finalize();
    }
    inner.into()
}

/// The order in which its bytes are written.
const ORDER: [usize; 16] = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];

impl Check for Crypt {
    fn is_bearable(&self) -> bool {
        true
    }

    fn cost(&self) -> String {
        "1000".to_owned()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let made = md5_crypt(password, self.magic.as_bytes(), &self.salt);
        let written = ORDER.map(|at| made.get(at).copied().unwrap_or_default());
        Ok(written.ct_eq(self.tag.as_slice()).into())
    }
}

/// Rounds of the portable hash that take half a second.
const MOST_LOG_ROUNDS: u32 = 21;

struct Phpass {
    log_rounds: u32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

pub(super) fn phpass(text: &str) -> Option<Box<dyn Check>> {
    const DIGITS: &str = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let settings = text.get(3..12)?;
    let log_rounds = u32::try_from(DIGITS.find(settings.chars().next()?)?).ok()?;
    let tag = decoded(text.get(12..)?).filter(|tag| tag.len() == 16)?;
    Some(Box::new(Phpass { log_rounds, salt: settings.as_bytes().get(1..)?.to_vec(), tag }))
}

impl Check for Phpass {
    fn is_bearable(&self) -> bool {
        (7..=MOST_LOG_ROUNDS).contains(&self.log_rounds)
    }

    fn cost(&self) -> String {
        self.log_rounds.to_string()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let mut made = Md5::new().chain_update(&self.salt).chain_update(password).finalize();
        for _ in 0..1_u64 << self.log_rounds.min(MOST_LOG_ROUNDS) {
            made = Md5::new().chain_update(made).chain_update(password).finalize();
        }
        Ok(made.ct_eq(self.tag.as_slice()).into())
    }
}
