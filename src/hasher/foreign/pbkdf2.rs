//! PBKDF2 in all the ways in which it is written.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::Check;
use super::encodings::{base64, base64url, hex, parts, setting};

#[derive(Clone, Copy)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Bytes of its output: a longer hash takes all rounds once more for each.
    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// Rounds that stay beneath half a second.
    fn most_rounds(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha512 => 1_200_000,
            Self::Sha256 => 2_000_000,
        }
    }
}

struct Stored {
    digest: Digest,
    rounds: u32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

fn stored(digest: Digest, rounds: u32, salt: Vec<u8>, tag: Vec<u8>) -> Option<Box<dyn Check>> {
    let whole = rounds > 0 && (16..=256).contains(&tag.len());
    whole.then(|| Box::new(Stored { digest, rounds, salt, tag }) as Box<dyn Check>)
}

/// `$pbkdf2-sha256$29000$salt$hash`; without a digest it is SHA-1.
pub(super) fn passlib(text: &str) -> Option<Box<dyn Check>> {
    let [_, name, rounds, salt, tag] = parts(text, '$')?;
    let digest = name.strip_prefix("pbkdf2-").map_or(Some(Digest::Sha1), Digest::named)?;
    stored(digest, rounds.parse().ok()?, base64(salt)?, base64(tag)?)
}

/// `{PBKDF2-SHA256}29000$salt$hash`
pub(super) fn ldap(text: &str) -> Option<Box<dyn Check>> {
    let (label, rest) = text.strip_prefix("{PBKDF2")?.split_once('}')?;
    let digest = match label.strip_prefix('-') {
        Some(name) => Digest::named(&name.to_ascii_lowercase())?,
        None if label.is_empty() => Digest::Sha1,
        None => return None,
    };
    let [rounds, salt, tag] = parts(rest, '$')?;
    stored(digest, rounds.parse().ok()?, base64(salt)?, base64(tag)?)
}

/// `{PBKDF2}$1$salt$5000$hash`, the salt as it is and the hash in hexadecimal digits.
pub(super) fn dovecot(text: &str) -> Option<Box<dyn Check>> {
    let [salt, rounds, tag] = parts(text.strip_prefix("{PBKDF2}$1$")?, '$')?;
    stored(Digest::Sha1, rounds.parse().ok()?, salt.as_bytes().to_vec(), hex(tag)?)
}

/// 16 bytes of salt and 32 of hash, after 10,000 rounds.
pub(super) fn atlassian(text: &str) -> Option<Box<dyn Check>> {
    let bytes = base64(text.strip_prefix("{PKCS5S2}")?)?;
    let (salt, tag) = bytes.split_at_checked(16)?;
    (tag.len() == 32).then(|| stored(Digest::Sha1, 10_000, salt.to_vec(), tag.to_vec()))?
}

/// The rounds in hexadecimal digits. One kind has 20 bytes of hash; the other 24, and all before them for a salt.
pub(super) fn p5k2(text: &str) -> Option<Box<dyn Check>> {
    let [rounds, salt, tag] = parts(text.strip_prefix("$p5k2$")?, '$')?;
    let rounds = if rounds.is_empty() { 400 } else { u32::from_str_radix(rounds, 16).ok()? };
    if tag.ends_with('=') {
        return stored(Digest::Sha1, rounds, base64url(salt)?, base64url(tag)?);
    }
    let (before, _) = text.rsplit_once('$')?;
    stored(Digest::Sha1, rounds, before.as_bytes().to_vec(), base64(tag)?)
}

pub(super) fn grub(text: &str) -> Option<Box<dyn Check>> {
    let [_, _, _, rounds, salt, tag] = parts(text, '.')?;
    stored(Digest::Sha512, rounds.parse().ok()?, hex(salt)?, hex(tag)?)
}

/// `pbkdf2:sha256:600000$salt$hash`, the salt as it is and the hash in hexadecimal digits.
pub(super) fn werkzeug(text: &str) -> Option<Box<dyn Check>> {
    let [settings, salt, tag] = parts(text, '$')?;
    let [_, digest, rounds] = parts(settings, ':')?;
    stored(Digest::named(digest)?, rounds.parse().ok()?, salt.as_bytes().to_vec(), hex(tag)?)
}

/// `pbkdf2_sha256$1000000$salt$hash`, the salt as it is.
pub(super) fn django(text: &str) -> Option<Box<dyn Check>> {
    let [name, rounds, salt, tag] = parts(text, '$')?;
    let digest = Digest::named(name.strip_prefix("pbkdf2_")?)?;
    stored(digest, rounds.parse().ok()?, salt.as_bytes().to_vec(), base64(tag)?)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    let (digest, settings) = cost.split_once(',')?;
    let digest = Digest::named(digest)?;
    let blocks: usize = setting(settings, "blocks")?;
    stored(digest, setting(settings, "rounds")?, vec![0; 16], vec![0; blocks.checked_mul(digest.length())?])
}

impl Stored {
    /// All rounds are taken for each.
    fn blocks(&self) -> usize {
        self.tag.len().div_ceil(self.digest.length())
    }
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        usize::try_from(self.rounds).is_ok_and(|rounds| rounds <= self.digest.most_rounds() / self.blocks())
    }

    fn cost(&self) -> String {
        format!("{},rounds={},blocks={}", self.digest.name(), self.rounds, self.blocks())
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let mut tag = vec![0; self.tag.len()];
        match self.digest {
            Digest::Sha1 => pbkdf2_hmac::<Sha1>(password, &self.salt, self.rounds, &mut tag),
            Digest::Sha256 => pbkdf2_hmac::<Sha256>(password, &self.salt, self.rounds, &mut tag),
            Digest::Sha512 => pbkdf2_hmac::<Sha512>(password, &self.salt, self.rounds, &mut tag),
        }
        Ok(tag.ct_eq(&self.tag).into())
    }
}
