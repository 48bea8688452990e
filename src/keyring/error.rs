use super::id::{KeyId, NoKeyId};
use crate::domain::entropy::EntropyError;
use crate::guidance::store;

/// Why a key could not be read or used. No variant can hold key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    #[error("read the key file: its first line is not `regain-key 1`")]
    Header,
    #[error("read the key file: line {line} is not a key")]
    Line { line: usize },
    #[error("read the key file: key {id} is there twice")]
    Twice { id: KeyId },
    #[error("read the key file: it holds no key")]
    Empty,
    #[error("find key {id} in the key file")]
    UnknownKey { id: KeyId },
    #[error(transparent)]
    Id(#[from] NoKeyId),
    #[error("open what was sealed with key {id}: it was changed, or belongs to something else")]
    Broken { id: KeyId },
    #[error("seal more than 4 GiB at once")]
    TooLong,
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl KeyringError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Header | Self::Line { .. } | Self::Twice { .. } | Self::Empty => {
                Some("restore the key file from your own copy of it; a backup of the store never holds it")
            }
            Self::UnknownKey { .. } => {
                Some("the store was written with another key file: put that one back beside the config")
            }
            Self::Broken { .. } => Some(store::KEY_BROKEN),
            Self::Id(_) | Self::TooLong | Self::Entropy(_) => None,
        }
    }
}
