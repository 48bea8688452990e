//! How a flow can end badly. Closed: `cli/failure.rs` maps every variant to an exit code.

use crate::domain::denial::Denial;
use crate::domain::entropy::EntropyError;
use crate::domain::missing::Missing;
use crate::domain::password::ListError;
use crate::domain::refusal::Refusal;
use crate::hasher::HashError;
use crate::keyring::KeyringError;
use crate::os::FileError;
use crate::store::{StoreError, Unwritable};
use crate::texts::TextError;

/// Anything that keeps a flow from ending well.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    List(#[from] ListError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    File(#[from] FileError),
    /// A look that nobody may have without a record of it.
    #[error("this look cannot be recorded, so nothing is shown: {why}")]
    Unrecorded { why: Unwritable, admins_may: bool },
    /// No such thing; told to operators only (security E6).
    #[error(transparent)]
    Missing(#[from] Missing),
    /// Policy said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Wrong credentials, a wrong code, or an act beyond a role.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Right credentials, but the password must be changed first.
    #[error("the password is right, but it must be changed before it can be used")]
    MustChange,
    #[error(transparent)]
    Text(#[from] TextError),
    /// Messages could not be handed over.
    #[error("hand over the waiting messages: {0}")]
    Delivery(&'static str),
    /// Messages wait because the way out does not work now; `hint` says how many and for how long.
    #[error("hand over the waiting messages: messages stay here until delivery works")]
    LeftBehind { hint: String },
    /// A test message stopped on its way.
    #[error("hand over the test message: it stopped at the stage {stage}")]
    Untested { stage: &'static str, remedy: String },
}

impl FlowError {
    /// Whether nobody knows what became of the change.
    pub fn leaves_unknown(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unknown(_)))
    }

    /// Whether the same would befall anybody else now: nothing of the one whom it was about brought it on.
    pub fn is_of_everybody(&self) -> bool {
        match self {
            Self::Store(error) => !matches!(error, StoreError::Duplicate(_)),
            Self::Keyring(_) | Self::Entropy(_) | Self::File(_) | Self::List(_) | Self::Unrecorded { .. } => {
                true
            }
            Self::Hash(error) => matches!(error, HashError::Memory { .. } | HashError::Entropy(_)),
            _ => false,
        }
    }

    /// Why the store cannot be written to, if that is what it tells.
    pub fn unwritable(&self) -> Option<Unwritable> {
        match self {
            Self::Store(error) => Unwritable::of(error),
            _ => None,
        }
    }
}
