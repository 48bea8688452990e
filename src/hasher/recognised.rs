//! What a text is that comes from elsewhere and may be a password hash.

use super::foreign::{self, Foreign};
use crate::domain::StoredHash;
use crate::domain::hash_scheme::{HashKind, Scheme};

/// One of them, as an import judges it.
pub enum Recognised {
    /// Verified at the next sign-in, which replaces it.
    Verified(StoredHash),
    /// Likewise; but guessing is so cheap that it is taken only where that is asked for.
    Legacy(StoredHash),
    /// A check would cost too much, or the hash protects nothing.
    OutOfBounds(Scheme),
    /// Of a format that is known by this name and not verified: a new password is needed.
    MustReset(&'static str),
    /// Of no format that is known here, or damaged.
    Unknown,
}

impl Recognised {
    pub(super) fn known(hash: StoredHash, kind: &HashKind) -> Self {
        if kind.scheme.is_legacy() { Self::Legacy(hash) } else { Self::Verified(hash) }
    }

    /// Why a text cannot be stored as a hash.
    pub(super) fn of_refused(text: &str) -> Self {
        match foreign::read(text) {
            Some(Foreign::OutOfBounds(scheme)) => Self::OutOfBounds(scheme),
            Some(Foreign::MustReset(name)) => Self::MustReset(name),
            Some(Foreign::Verified(..)) | None => Self::Unknown,
        }
    }
}
