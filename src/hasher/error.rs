//! What can go wrong with a hash.

use crate::domain::entropy::EntropyError;
use crate::keyring::KeyId;

/// Why nothing could be hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    #[error("read a stored password hash")]
    Unreadable,
    #[error("hash a password: the cost is out of bounds")]
    Cost,
    /// The machine, or a limit on this process, has not that much.
    #[error("hash a password: its {mib} MiB of memory are not available here")]
    Memory { mib: u32 },
    /// Its pepper comes from a key that is not in the key file (security P10).
    #[error("verify a stored password hash: its key {0} is not in the key file")]
    NoKey(KeyId),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
