//! The portable hash of forums and blogs over MD5, and Drupal's over SHA-512: one digest over and over.

use md5::{Digest, Md5};
use sha2::Sha512;
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::{Check, is_bearable_for};
use super::encodings::{digit, is_crypt, setting, to_crypt};

/// What differs between the two.
struct Kind {
    /// The most rounds, as an exponent.
    most: u32,
    /// Characters of the hash that are kept.
    kept: usize,
    /// The digest of two parts.
    digest: fn(&[u8], &[u8]) -> Vec<u8>,
}

static PHPASS: Kind = Kind { most: 21, kept: 22, digest: over::<Md5> };
static DRUPAL: Kind = Kind { most: 20, kept: 43, digest: over::<Sha512> };

/// Fewer rounds than these, as an exponent, no program makes.
const LEAST: u32 = 7;

struct Stored {
    kind: &'static Kind,
    log_rounds: u32,
    salt: String,
    tag: String,
}

fn over<D: Digest>(first: &[u8], second: &[u8]) -> Vec<u8> {
    D::new().chain_update(first).chain_update(second).finalize().to_vec()
}

/// `$P$`, then the exponent in one character, eight of salt, and the hash.
fn read(text: &str, kind: &'static Kind) -> Option<Box<dyn Check>> {
    let (log_rounds, salt, tag) = (text.get(3..4)?, text.get(4..12)?, text.get(12..)?);
    let log_rounds = digit(log_rounds.chars().next()?)?;
    let whole = is_crypt(salt, 8..=8) && is_crypt(tag, kind.kept..=kind.kept);
    let stored = || Stored { kind, log_rounds, salt: salt.to_owned(), tag: tag.to_owned() };
    whole.then(|| Box::new(stored()) as Box<dyn Check>)
}

pub(super) fn phpass(text: &str) -> Option<Box<dyn Check>> {
    read(text, &PHPASS)
}

pub(super) fn drupal(text: &str) -> Option<Box<dyn Check>> {
    read(text, &DRUPAL)
}

fn of_cost(cost: &str, kind: &'static Kind) -> Option<Box<dyn Check>> {
    let rounds = setting::<u32>(cost, "rounds").filter(|rounds| rounds.is_power_of_two())?;
    let (log_rounds, salt, tag) = (rounds.trailing_zeros(), ".".repeat(8), ".".repeat(kind.kept));
    Some(Box::new(Stored { kind, log_rounds, salt, tag }))
}

pub(super) fn phpass_imitation(cost: &str) -> Option<Box<dyn Check>> {
    of_cost(cost, &PHPASS)
}

pub(super) fn drupal_imitation(cost: &str) -> Option<Box<dyn Check>> {
    of_cost(cost, &DRUPAL)
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        (LEAST..=self.kind.most).contains(&self.log_rounds)
    }

    fn cost(&self) -> String {
        format!("rounds={}", 1_u64 << self.log_rounds)
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        if !is_bearable_for(password, 1 << self.log_rounds, 1 << self.kind.most) {
            return Ok(false);
        }
        let mut made = (self.kind.digest)(self.salt.as_bytes(), password);
        for _ in 0..1_u32 << self.log_rounds {
            made = (self.kind.digest)(&made, password);
        }
        let written = to_crypt(&made).ok_or(HashError::Unreadable)?;
        let kept = written.as_bytes().get(..self.kind.kept).ok_or(HashError::Unreadable)?;
        Ok(kept.ct_eq(self.tag.as_bytes()).into())
    }
}
