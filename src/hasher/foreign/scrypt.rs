//! scrypt in the notations of `crypt`, passlib, Werkzeug and Django.

use scrypt::Params;
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::Check;
use super::encodings::{base64, crypt, hex, number, parts, setting};

/// Blocks of 128 bytes that one check may go through.
const MOST_WORK: u64 = 1_048_576;
const MOST_MEMORY_MIB: u64 = 256;
/// Smaller blocks take as long as these.
const CHEAPEST_R: u32 = 4;

struct Stored {
    log_n: u8,
    r: u32,
    p: u32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

fn stored(log_n: u8, r: u32, p: u32, salt: Vec<u8>, tag: Vec<u8>) -> Option<Box<dyn Check>> {
    let whole = (1..=40).contains(&log_n) && r > 0 && p > 0 && (16..=256).contains(&tag.len());
    whole.then(|| Box::new(Stored { log_n, r, p, salt, tag }) as Box<dyn Check>)
}

/// A power of two, as its exponent.
fn log(n: &str) -> Option<u8> {
    let n: u64 = n.parse().ok()?;
    n.is_power_of_two().then(|| u8::try_from(n.trailing_zeros()).ok())?
}

/// `$7$`, then the exponent in one character, and r and p in five each.
pub(super) fn modular(text: &str) -> Option<Box<dyn Check>> {
    let [settings, tag] = parts(text.strip_prefix("$7$")?, '$')?;
    let (log_n, rest) = settings.split_at_checked(1)?;
    let (r, rest) = rest.split_at_checked(5)?;
    let (p, salt) = rest.split_at_checked(5)?;
    stored(u8::try_from(number(log_n)?).ok()?, number(r)?, number(p)?, salt.as_bytes().to_vec(), crypt(tag)?)
}

pub(super) fn phc(text: &str) -> Option<Box<dyn Check>> {
    let [settings, salt, tag] = parts(text.strip_prefix("$scrypt$")?, '$')?;
    let [log_n, r, p] = parts(settings, ',')?;
    let (log_n, r, p) = (log_n.strip_prefix("ln=")?, r.strip_prefix("r=")?, p.strip_prefix("p=")?);
    stored(log_n.parse().ok()?, r.parse().ok()?, p.parse().ok()?, base64(salt)?, base64(tag)?)
}

/// `scrypt:32768:8:1$salt$hash`, the salt as it is and the hash in hexadecimal digits.
pub(super) fn werkzeug(text: &str) -> Option<Box<dyn Check>> {
    let [settings, salt, tag] = parts(text, '$')?;
    let [_, n, r, p] = parts(settings, ':')?;
    stored(log(n)?, r.parse().ok()?, p.parse().ok()?, salt.as_bytes().to_vec(), hex(tag)?)
}

/// `scrypt$16384$salt$8$5$hash`
pub(super) fn django(text: &str) -> Option<Box<dyn Check>> {
    let [_, n, salt, r, p, tag] = parts(text, '$')?;
    stored(log(n)?, r.parse().ok()?, p.parse().ok()?, salt.as_bytes().to_vec(), base64(tag)?)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    stored(setting(cost, "ln")?, setting(cost, "r")?, setting(cost, "p")?, vec![0; 16], vec![0; 32])
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        let n = 1_u64.checked_shl(self.log_n.into()).unwrap_or(u64::MAX);
        let blocks = n.saturating_mul(self.r.max(CHEAPEST_R).into());
        blocks.saturating_mul(self.p.into()) <= MOST_WORK && blocks / 8_192 <= MOST_MEMORY_MIB
    }

    fn cost(&self) -> String {
        format!("ln={},r={},p={}", self.log_n, self.r, self.p)
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let params = Params::new(self.log_n, self.r, self.p).map_err(|_| HashError::Unreadable)?;
        let mut tag = vec![0; self.tag.len()];
        scrypt::scrypt(password, &self.salt, &params, &mut tag).map_err(|_| HashError::Unreadable)?;
        Ok(tag.ct_eq(&self.tag).into())
    }
}
