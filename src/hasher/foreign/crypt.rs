//! What `crypt` of today's systems makes: SHA-crypt and yescrypt.

use sha_crypt::{PasswordVerifier, ShaCrypt};
use yescrypt::{Mode, Params, Yescrypt};

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::{Check, is_bearable_for};
use super::encodings::{crypt as decoded, is_crypt, parts, setting};

/// Without `rounds=`.
const USUAL_ROUNDS: u32 = 5_000;
/// Fewer than these are none that `crypt` makes.
const LEAST_ROUNDS: u32 = 1_000;
const MOST_ROUNDS: u32 = 1_000_000;

struct ShaStored {
    hash: String,
    rounds: u32,
}

/// `$5$rounds=535000$salt$hash`, a hash of so many characters.
fn sha(text: &str, length: usize) -> Option<Box<dyn Check>> {
    let fields = text.get(3..)?;
    let (rounds, rest) = match fields.strip_prefix("rounds=") {
        Some(fields) => {
            let (rounds, rest) = fields.split_once('$')?;
            (rounds.parse().ok()?, rest)
        }
        None => (USUAL_ROUNDS, fields),
    };
    let [salt, tag] = parts(rest, '$')?;
    let whole = is_crypt(salt, 1..=16) && tag.len() == length && decoded(tag).is_some();
    whole.then(|| Box::new(ShaStored { hash: text.to_owned(), rounds }) as Box<dyn Check>)
}

pub(super) fn sha256(text: &str) -> Option<Box<dyn Check>> {
    sha(text, 43)
}

pub(super) fn sha512(text: &str) -> Option<Box<dyn Check>> {
    sha(text, 86)
}

/// The text of a hash of so many rounds, with the salt that is usual.
fn sha_text(id: &str, cost: &str, length: usize) -> Option<String> {
    let rounds: u32 = setting(cost, "rounds")?;
    Some(format!("${id}$rounds={rounds}${}${}", ".".repeat(16), ".".repeat(length)))
}

pub(super) fn sha256_imitation(cost: &str) -> Option<Box<dyn Check>> {
    sha256(&sha_text("5", cost, 43)?)
}

pub(super) fn sha512_imitation(cost: &str) -> Option<Box<dyn Check>> {
    sha512(&sha_text("6", cost, 86)?)
}

impl Check for ShaStored {
    fn is_bearable(&self) -> bool {
        (LEAST_ROUNDS..=MOST_ROUNDS).contains(&self.rounds)
    }

    fn cost(&self) -> String {
        format!("rounds={}", self.rounds)
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        if !is_bearable_for(password, self.rounds, MOST_ROUNDS) {
            return Ok(false);
        }
        verified(ShaCrypt::default().verify_password(password, self.hash.as_str()))
    }
}

/// Blocks of 128 bytes that one check may go through.
const MOST_WORK: u64 = 2_097_152;
const MOST_MEMORY_MIB: u64 = 256;
/// Smaller blocks take as long as these.
const CHEAPEST_R: u32 = 8;

struct YescryptStored {
    hash: String,
    params: Params,
}

/// `$y$j9T$salt$hash`, a hash of 32 bytes: one of none would match whatever is typed.
pub(super) fn yescrypt(text: &str) -> Option<Box<dyn Check>> {
    let [settings, salt, tag] = parts(text.strip_prefix("$y$")?, '$')?;
    let params: Params = settings.parse().ok()?;
    // Neither other modes nor more time without more memory, which no program makes.
    let usual = Params::new(Mode::Rw, params.n(), params.r(), params.p()).ok()? == params;
    let whole = usual && decoded(salt).is_some() && tag.len() == 43 && decoded(tag).is_some();
    whole.then(|| Box::new(YescryptStored { hash: text.to_owned(), params }) as Box<dyn Check>)
}

pub(super) fn yescrypt_imitation(cost: &str) -> Option<Box<dyn Check>> {
    let params = Params::new(Mode::Rw, setting(cost, "N")?, setting(cost, "r")?, setting(cost, "p")?).ok()?;
    yescrypt(&format!("$y${params}${}${}", ".".repeat(22), ".".repeat(43)))
}

impl Check for YescryptStored {
    fn is_bearable(&self) -> bool {
        let blocks = self.params.n().saturating_mul(self.params.r().max(CHEAPEST_R).into());
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
