//! One pass of SHA over password and salt, as directories keep it.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::Check;
use super::encodings::base64;

/// One of the digests, by its name in a label and in a cost.
struct Kind {
    label: &'static str,
    name: &'static str,
    length: usize,
    hash: fn(&[u8], &[u8]) -> Vec<u8>,
}

static KINDS: [Kind; 4] = [
    Kind { label: "{SSHA}", name: "sha1", length: 20, hash: over::<Sha1> },
    Kind { label: "{SSHA256}", name: "sha256", length: 32, hash: over::<Sha256> },
    Kind { label: "{SSHA384}", name: "sha384", length: 48, hash: over::<Sha384> },
    Kind { label: "{SSHA512}", name: "sha512", length: 64, hash: over::<Sha512> },
];

struct Stored {
    kind: &'static Kind,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

fn over<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    D::new().chain_update(password).chain_update(salt).finalize().to_vec()
}

/// `{SSHA}`, then hash and salt.
pub(super) fn salted(text: &str) -> Option<Box<dyn Check>> {
    let kind = KINDS.iter().find(|kind| text.starts_with(kind.label))?;
    let bytes = base64(text.strip_prefix(kind.label)?)?;
    let (tag, salt) = bytes.split_at_checked(kind.length)?;
    let whole = !salt.is_empty();
    whole.then(|| Box::new(Stored { kind, salt: salt.to_vec(), tag: tag.to_vec() }) as Box<dyn Check>)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    let kind = KINDS.iter().find(|kind| kind.name == cost)?;
    Some(Box::new(Stored { kind, salt: vec![0; 8], tag: vec![0; kind.length] }))
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        true
    }

    fn cost(&self) -> String {
        self.kind.name.to_owned()
    }

    fn matches(&self, _: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        Ok((self.kind.hash)(password, &self.salt).ct_eq(&self.tag).into())
    }
}
