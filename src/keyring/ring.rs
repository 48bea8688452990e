//! All keys together: the one place that picks which key to use.

use jiff::Timestamp;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::KeyringError;
use super::derive::{self, KEY_BYTES, Purpose, Tagger};
use super::file::{self, Key};
use super::id::KeyId;
use super::seal::{self, Sealed};
use crate::domain::{Clock, Entropy};

/// Bytes of a tag.
pub const TAG_BYTES: usize = KEY_BYTES;

/// Every key there is, the newest first; never empty. It has no `Debug` and is wiped on drop.
pub struct KeyRing {
    newest: Key,
    older: Vec<Key>,
}

impl KeyRing {
    /// A ring with one new key.
    pub fn generate(entropy: &dyn Entropy, clock: &dyn Clock) -> Result<Self, KeyringError> {
        Ok(Self { newest: Key::generate(entropy, clock.now())?, older: Vec::new() })
    }

    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys = file::parse(text)?.into_iter();
        let newest = keys.next().ok_or(KeyringError::Empty)?;
        Ok(Self { newest, older: keys.collect() })
    }

    /// Puts a new key in front; the others stay, to verify and open what they made.
    pub fn rotate(&mut self, entropy: &dyn Entropy, clock: &dyn Clock) -> Result<KeyId, KeyringError> {
        let fresh = Key::generate(entropy, clock.now())?;
        let id = fresh.id;
        self.older.insert(0, std::mem::replace(&mut self.newest, fresh));
        Ok(id)
    }

    /// The text of the key file, for `os::files` to write.
    pub fn to_text(&self) -> Zeroizing<String> {
        file::to_text(self.keys())
    }

    /// The name of the key that new work is done with.
    pub fn newest(&self) -> KeyId {
        self.newest.id
    }

    /// Every key's name and when it was made, newest first.
    pub fn list(&self) -> impl Iterator<Item = (KeyId, Timestamp)> {
        self.keys().map(|key| (key.id, key.created))
    }

    /// Whether a key is in the file.
    pub fn holds(&self, id: KeyId) -> bool {
        self.find(id).is_ok()
    }

    /// The tag of `parts` under the newest key.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> (KeyId, [u8; TAG_BYTES]) {
        (self.newest.id, derive::tag(&self.newest.material, purpose, parts))
    }

    /// The tag under the oldest key, for what has to stay the same when a new key is put in: a count that began anew
    /// with each key would be no limit.
    pub fn lasting_mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        derive::tag(&self.older.last().unwrap_or(&self.newest).material, purpose, parts)
    }

    /// The tag under the key named, to look up or chain on what an older key made.
    pub fn mac_with(
        &self,
        id: KeyId,
        purpose: Purpose,
        parts: &[&[u8]],
    ) -> Result<[u8; TAG_BYTES], KeyringError> {
        Ok(derive::tag(&self.find(id)?.material, purpose, parts))
    }

    /// [`Self::mac_with`] for many.
    pub fn tagger(&self, id: KeyId, purpose: Purpose) -> Result<Tagger, KeyringError> {
        Ok(Tagger::new(&self.find(id)?.material, purpose))
    }

    /// The tags under every key there is, newest first, to look for what was kept under whichever was the newest then.
    pub fn every_mac(
        &self,
        purpose: Purpose,
        parts: &[&[u8]],
    ) -> impl Iterator<Item = (KeyId, [u8; TAG_BYTES])> {
        self.keys().map(move |key| (key.id, derive::tag(&key.material, purpose, parts)))
    }

    /// Whether `tag` is that of `parts` under the key named, in a time that does not depend on where they
    /// differ (security E5). A tag of another length is simply wrong.
    pub fn verify_mac(
        &self,
        id: KeyId,
        purpose: Purpose,
        parts: &[&[u8]],
        tag: &[u8],
    ) -> Result<bool, KeyringError> {
        Ok(self.mac_with(id, purpose, parts)?.as_slice().ct_eq(tag).into())
    }

    /// Seals `plain` with the newest key. It opens again only with the same `context`.
    pub fn seal(&self, plain: &[u8], context: &[u8], entropy: &dyn Entropy) -> Result<Sealed, KeyringError> {
        let key = derive::sealing_key(&self.newest.material);
        Ok(Sealed { key_id: self.newest.id, bytes: seal::seal(&key, plain, context, entropy)? })
    }

    /// What was sealed.
    pub fn open(&self, sealed: &Sealed, context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let key = derive::sealing_key(&self.find(sealed.key_id)?.material);
        seal::open(&key, &sealed.bytes, context).ok_or(KeyringError::Broken { id: sealed.key_id })
    }

    fn keys(&self) -> impl Iterator<Item = &Key> + Clone {
        std::iter::once(&self.newest).chain(&self.older)
    }

    fn find(&self, id: KeyId) -> Result<&Key, KeyringError> {
        self.keys().find(|key| key.id == id).ok_or(KeyringError::UnknownKey { id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;
    use crate::domain::time::SystemClock;

    fn ring() -> KeyRing {
        KeyRing::generate(&SystemEntropy, &SystemClock).unwrap()
    }

    #[test]
    fn the_text_is_read_back_and_keeps_older_keys() {
        let mut ring = ring();
        let old = ring.newest();
        let (_, tag) = ring.mac(Purpose::Audit, &[b"event"]);
        let sealed = ring.seal(b"body", b"row 1", &SystemEntropy).unwrap();
        let new = ring.rotate(&SystemEntropy, &SystemClock).unwrap();

        let again = KeyRing::parse(&ring.to_text()).unwrap();
        assert_eq!(again.list().map(|(id, _)| id).collect::<Vec<_>>(), [new, old]);
        assert_eq!(again.list().collect::<Vec<_>>(), ring.list().collect::<Vec<_>>());
        assert_eq!(again.verify_mac(old, Purpose::Audit, &[b"event"], &tag), Ok(true));
        assert_eq!(again.verify_mac(new, Purpose::Audit, &[b"event"], &tag), Ok(false));
        assert_eq!(again.open(&sealed, b"row 1").unwrap().as_slice(), b"body");
        assert_eq!(*again.to_text(), *ring.to_text());
    }

    #[test]
    fn e5_a_wrong_short_or_long_tag_is_wrong() {
        let ring = ring();
        let (id, tag) = ring.mac(Purpose::Code, &[b"123456"]);
        assert_eq!(ring.verify_mac(id, Purpose::Code, &[b"123456"], &tag), Ok(true));
        assert_eq!(ring.verify_mac(id, Purpose::Code, &[b"123457"], &tag), Ok(false));
        assert_eq!(ring.verify_mac(id, Purpose::Captcha, &[b"123456"], &tag), Ok(false));
        assert_eq!(ring.verify_mac(id, Purpose::Code, &[b"123456"], &tag[..31]), Ok(false));
        assert_eq!(ring.verify_mac(id, Purpose::Code, &[b"123456"], &[]), Ok(false));
    }

    #[test]
    fn a_key_nobody_has_is_named_in_the_error() {
        let stranger: KeyId = "aaaaaaa2".parse().unwrap();
        let error = ring().verify_mac(stranger, Purpose::Code, &[], &[]).unwrap_err();
        assert_eq!(error.to_string(), "find key aaaaaaa2 in the key file");
        let sealed = Sealed { key_id: stranger, bytes: vec![0; 600] };
        assert_eq!(ring().open(&sealed, b"").unwrap_err(), KeyringError::UnknownKey { id: stranger });
    }

    #[test]
    fn a_changed_byte_or_context_does_not_open() {
        let ring = ring();
        let sealed = ring.seal(b"the code is 123456", b"row 1", &SystemEntropy).unwrap();
        let broken = Err(KeyringError::Broken { id: ring.newest() });
        assert_eq!(ring.open(&sealed, b"row 2").map(|plain| plain.to_vec()), broken);
        for at in [0, 23, 24, sealed.bytes.len() - 1] {
            let mut changed = sealed.clone();
            changed.bytes[at] ^= 1;
            assert_eq!(ring.open(&changed, b"row 1").map(|plain| plain.to_vec()), broken, "byte {at}");
        }
        for length in [0, 23, 24, 40] {
            let cut = Sealed { bytes: sealed.bytes[..length].to_vec(), ..sealed };
            assert_eq!(ring.open(&cut, b"row 1").map(|plain| plain.to_vec()), broken, "cut at {length}");
        }
        assert_eq!(ring.open(&sealed, b"row 1").unwrap().as_slice(), b"the code is 123456");
    }

    #[test]
    fn e1_short_texts_are_all_as_long_when_sealed() {
        let ring = ring();
        let length = |plain: &[u8]| ring.seal(plain, b"", &SystemEntropy).unwrap().bytes.len();
        assert_eq!(length(b""), length(&[b'x'; 508]));
        assert_eq!(length(&[b'x'; 509]) - length(b""), seal::PADDING);
        assert_ne!(ring.seal(b"a", b"", &SystemEntropy), ring.seal(b"a", b"", &SystemEntropy));
    }

    #[test]
    fn a_bad_file_is_refused_by_line() {
        let refusal = |text: &str| KeyRing::parse(text).err();
        let key =
            "abcdefgh 2026-11-21T18:00:00Z 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        assert_eq!(refusal(""), Some(KeyringError::Header));
        assert_eq!(refusal("regain-key 2\n"), Some(KeyringError::Header));
        assert_eq!(refusal("regain-key 1\n"), Some(KeyringError::Empty));
        assert_eq!(refusal(&format!("regain-key 1\n{key}\n")), None);
        assert_eq!(refusal(&format!("regain-key 1\n\n{key} more\n")), Some(KeyringError::Line { line: 3 }));
        assert_eq!(refusal(&format!("regain-key 1\n{}\n", &key[..90])), Some(KeyringError::Line { line: 2 }));
        assert_eq!(
            refusal(&format!("regain-key 1\n{}\n", key.to_uppercase())),
            Some(KeyringError::Line { line: 2 })
        );
        let id = "abcdefgh".parse().unwrap();
        assert_eq!(refusal(&format!("regain-key 1\n{key}\n{key}\n")), Some(KeyringError::Twice { id }));
    }
}
