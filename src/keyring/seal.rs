//! Sealing: XChaCha20-Poly1305 with a random nonce, the context authenticated beside the text.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::derive::KEY_BYTES;
use super::{KeyId, KeyringError};
use crate::domain::Entropy;

/// Bytes of the nonce: 192 bits, enough to be drawn at random for ever.
const NONCE_BYTES: usize = 24;

/// Texts are padded to multiples of this, so that the length of a message tells nothing about it, and a
/// decoy's is as long as a real one (security E1).
pub(super) const PADDING: usize = 512;

/// Something sealed, and the name of the key that opens it. It is safe to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub key_id: KeyId,
    /// The nonce, then the ciphertext with its tag.
    pub bytes: Vec<u8>,
}

pub(super) fn seal(
    key: &[u8; KEY_BYTES],
    plain: &[u8],
    context: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, KeyringError> {
    let length = u32::try_from(plain.len()).map_err(|_| KeyringError::TooLong)?.to_be_bytes();
    let padded = (length.len() + plain.len()).next_multiple_of(PADDING);
    // The tag's 16 bytes are counted in, so that the buffer never moves and leaves a copy behind.
    let mut buffer = Zeroizing::new(Vec::with_capacity(padded + 16));
    buffer.extend_from_slice(&length);
    buffer.extend_from_slice(plain);
    buffer.resize(padded, 0);

    let mut nonce = [0_u8; NONCE_BYTES];
    entropy.fill(&mut nonce)?;
    XChaCha20Poly1305::new(key.into())
        .encrypt_in_place(&XNonce::from(nonce), context, &mut *buffer)
        .map_err(|_| KeyringError::TooLong)?;
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&buffer);
    Ok(bytes)
}

/// The text, or nothing if a byte of it or of the context is not what was sealed.
pub(super) fn open(key: &[u8; KEY_BYTES], bytes: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let mut buffer = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new(key.into()).decrypt_in_place(&XNonce::from(*nonce), context, &mut *buffer).ok()?;
    let (length, rest) = buffer.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    Some(Zeroizing::new(rest.get(..length)?.to_vec()))
}
