//! One subkey a purpose, so that a tag made for one thing never passes for another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a key, of a subkey and of a tag: those of SHA-256.
pub(super) const KEY_BYTES: usize = 32;

/// Set before every label, so that another version can derive other subkeys from the same key.
const DOMAIN: &[u8] = b"regain subkey 1 ";

/// The label of the sealing subkey. It is no [`Purpose`]: a key that encrypts never makes tags.
const SEAL_LABEL: &[u8] = b"seal";

/// What a tag is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// One-time codes at rest (security K2).
    Code,
    /// Answers to a CAPTCHA at rest (security S2).
    Captcha,
    /// Names and addresses of people nobody knows, in the audit trail (security U3).
    Identifier,
    /// The audit chain (security U2).
    Audit,
    /// What `audit export` notes about the head of that chain (security U2).
    Anchor,
    /// Keys of counters kept by contact or source (security K6).
    Budget,
    /// What tells a person's devices apart.
    Device,
    /// What a person has proved before a change of their own.
    Proof,
    /// References by which people say that a change was not theirs.
    Notice,
    /// What was given to a batch, so that it is known again.
    Batch,
    /// What argon2 mixes into password hashes, where the settings ask for it.
    Pepper,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"code",
            Self::Captcha => b"captcha",
            Self::Identifier => b"identifier",
            Self::Audit => b"audit",
            Self::Anchor => b"anchor",
            Self::Budget => b"budget",
            Self::Device => b"device",
            Self::Proof => b"proof",
            Self::Notice => b"notice",
            Self::Batch => b"batch",
            Self::Pepper => b"pepper",
        }
    }
}

/// Makes tags under the subkey of one purpose, which is derived once for all of them. It is wiped on drop.
pub struct Tagger(Hmac<Sha256>);

impl Tagger {
    pub(super) fn new(master: &[u8; KEY_BYTES], purpose: Purpose) -> Self {
        Self(keyed(&subkey(master, purpose.label())))
    }

    /// The tag of `parts`. Each part is preceded by its length, and all by their count, so that no two lists of parts read
    /// alike.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        let mut mac = self.0.clone();
        mac.update(&(parts.len() as u64).to_be_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// The tag of `parts` under the subkey of `purpose`.
pub(super) fn tag(master: &[u8; KEY_BYTES], purpose: Purpose, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    Tagger::new(master, purpose).tag(parts)
}

/// The subkey that seals and opens.
pub(super) fn sealing_key(master: &[u8; KEY_BYTES]) -> Zeroizing<[u8; KEY_BYTES]> {
    subkey(master, SEAL_LABEL)
}

fn subkey(master: &[u8; KEY_BYTES], label: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut mac = keyed(master);
    mac.update(DOMAIN);
    mac.update(label);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn keyed(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    // A key as long as the hash is padded to the block with zeros (RFC 2104, section 2), so the padded block
    // is the same key, and taking it as a block cannot fail.
    let mut block = Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::<Sha256>::new((&*block).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn the_keyed_hash_is_hmac_sha256() {
        // RFC 4231, test case 1, whose key of 20 bytes is the same as one padded with zeros.
        let mut key = [0_u8; 32];
        key[..20].fill(0x0b);
        let mut mac = keyed(&key);
        mac.update(b"Hi There");
        assert_eq!(
            HEXLOWER.encode(&mac.finalize().into_bytes()),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn k3_no_two_lists_of_parts_and_no_two_purposes_share_a_tag() {
        let key = [7_u8; 32];
        let lists: [&[&[u8]]; 6] = [&[], &[b""], &[b"", b""], &[b"ab", b"c"], &[b"a", b"bc"], &[b"abc"]];
        let purposes = [
            Purpose::Code,
            Purpose::Captcha,
            Purpose::Identifier,
            Purpose::Audit,
            Purpose::Anchor,
            Purpose::Budget,
            Purpose::Device,
            Purpose::Proof,
            Purpose::Notice,
            Purpose::Pepper,
        ];
        let mut tags = Vec::new();
        for purpose in purposes {
            for parts in lists {
                tags.push(tag(&key, purpose, parts));
            }
        }
        let count = tags.len();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), count);
    }
}
