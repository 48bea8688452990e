//! What `crypt` of today's systems makes: SHA-crypt and yescrypt.

use sha_crypt::{PasswordVerifier, ShaCrypt};
use yescrypt::Yescrypt;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::Check;

/// Without `rounds=`.
const USUAL_ROUNDS: u32 = 5_000;
/// Half a second of either.
const MOST_ROUNDS: u32 = 1_000_000;

struct ShaStored {
    hash: String,
    rounds: u32,
}

fn sha(text: &str) -> Option<Box<dyn Check>> {
    let mut fields = text.get(3..)?.split('$');
    let first = fields.next()?;
    let rounds = match first.strip_prefix("rounds=") {
        Some(rounds) => rounds.parse().ok()?,
        None => USUAL_ROUNDS,
    };
    Some(Box::new(ShaStored { hash: text.to_owned(), rounds }))
}

pub(super) fn sha256(text: &str) -> Option<Box<dyn Check>> {
    sha(text)
}

pub(super) fn sha512(text: &str) -> Option<Box<dyn Check>> {
    sha(text)
}

/// As Dovecot writes it.
pub(super) fn labelled(text: &str) -> Option<Box<dyn Check>> {
    sha(text.split_once('}')?.1)
}

impl Check for ShaStored {
    fn is_bearable(&self) -> bool {
        (1..=MOST_ROUNDS).contains(&self.rounds)
    }

    fn cost(&self) -> String {
        format!("rounds={}", self.rounds)
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        verified(ShaCrypt::default().verify_password(password, self.hash.as_str()))
    }
}

/// Blocks of 128 bytes that one check may go through: half a second.
const MOST_WORK: u64 = 2_097_152;
const MOST_MEMORY_MIB: u64 = 256;

struct YescryptStored {
    hash: String,
    params: yescrypt::Params,
}

pub(super) fn yescrypt(text: &str) -> Option<Box<dyn Check>> {
    let params = text.strip_prefix("$y$")?.split('$').next()?.parse().ok()?;
    Some(Box::new(YescryptStored { hash: text.to_owned(), params }))
}

impl Check for YescryptStored {
    fn is_bearable(&self) -> bool {
        let blocks = self.params.n().saturating_mul(self.params.r().into());
        blocks.saturating_mul(self.params.p().into()) <= MOST_WORK && blocks / 8_192 <= MOST_MEMORY_MIB
    }

    fn cost(&self) -> String {
        format!("N={},r={},p={}", self.params.n(), self.params.r(), self.params.p())
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        verified(Yescrypt::default().verify_password(password, self.hash.as_str()))
    }
}

fn verified(verified: Result<(), sha_crypt::password_hash::Error>) -> Result<bool, HashError> {
    match verified {
        Ok(()) => Ok(true),
        Err(sha_crypt::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(HashError::Unreadable),
    }
}
