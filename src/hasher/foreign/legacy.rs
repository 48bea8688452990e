//! One pass of SHA over password and salt, as directories keep it.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::Check;
use super::encodings::base64;

struct Stored {
    hash: fn(&[u8], &[u8]) -> Vec<u8>,
    name: &'static str,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

fn over<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    D::new().chain_update(password).chain_update(salt).finalize().to_vec()
}

/// `{SSHA}`, then hash and salt.
pub(super) fn salted(text: &str) -> Option<Box<dyn Check>> {
    let (label, encoded) = text.strip_prefix('{')?.split_once('}')?;
    let (hash, length, name): (fn(&[u8], &[u8]) -> Vec<u8>, _, _) = match label {
        "SSHA" => (over::<Sha1>, 20, "sha1"),
        "SSHA256" => (over::<Sha256>, 32, "sha256"),
        "SSHA512" => (over::<Sha512>, 64, "sha512"),
        _ => return None,
    };
    let bytes = base64(encoded)?;
    let (tag, salt) = bytes.split_at_checked(length)?;
    Some(Box::new(Stored { hash, name, salt: salt.to_vec(), tag: tag.to_vec() }))
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        true
    }

    fn cost(&self) -> String {
        self.name.to_owned()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        Ok((self.hash)(password, &self.salt).ct_eq(&self.tag).into())
    }
}
