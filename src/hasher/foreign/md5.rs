//! `crypt` of old systems and of Apache: a thousand rounds of MD5.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::{Check, is_bearable_for};
use super::encodings::{crypt as decoded, is_crypt, parts, setting};

const ROUNDS: u32 = 1_000;
const MOST_ROUNDS: u32 = 2_000_000;

struct Crypt {
    magic: &'static str,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

pub(super) fn crypt(text: &str) -> Option<Box<dyn Check>> {
    let [_, name, salt, tag] = parts(text, '$')?;
    let magic = if name == "1" { "$1$" } else { "$apr1$" };
    let tag = decoded(tag).filter(|tag| tag.len() == 16)?;
    let whole = is_crypt(salt, 1..=8);
    whole.then(|| Box::new(Crypt { magic, salt: salt.as_bytes().to_vec(), tag }) as Box<dyn Check>)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    let stored = || Crypt { magic: "$1$", salt: vec![b'.'; 8], tag: vec![0; 16] };
    (setting(cost, "rounds") == Some(ROUNDS)).then(|| Box::new(stored()) as Box<dyn Check>)
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
    for round in 0..ROUNDS {
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
        format!("rounds={ROUNDS}")
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        if !is_bearable_for(password, ROUNDS, MOST_ROUNDS) {
            return Ok(false);
        }
        let made = md5_crypt(password, self.magic.as_bytes(), &self.salt);
        let written = ORDER.map(|at| made.get(at).copied().unwrap_or_default());
        Ok(written.ct_eq(self.tag.as_slice()).into())
    }
}
