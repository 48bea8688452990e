//! How the passwords of people are hashed, and how many wait to be hashed anew.

use crate::domain::hash_scheme::{HashKind, HashTally};
use crate::domain::text::text_enum;
use crate::domain::{Name, Task};
use crate::flow::foundation::{Env, FlowError, people};

text_enum! {
    /// Where a hash stands.
    HashState {
        /// As dear as today's, or dearer.
        Current => "current",
        /// Ours, and cheaper than today's.
        Outdated => "outdated",
        /// Another program's.
        Imported => "imported",
        /// Another program's, and so cheap that it is guessed fast.
        Legacy => "legacy",
        /// There is none.
        NoPassword => "no_password",
    }
}

impl HashState {
    /// Whether the next sign-in replaces it.
    pub fn waits(self) -> bool {
        matches!(self, Self::Outdated | Self::Imported | Self::Legacy)
    }
}

/// How many users have one kind of hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedHashes {
    pub kind: Option<HashKind>,
    pub state: HashState,
    pub users: u64,
}

/// Counts the users of an account, or all, by what their passwords are hashed with; those without one last.
pub fn count_hashes(env: &Env<'_>, account: Option<&Name>) -> Result<Vec<CountedHashes>, FlowError> {
    env.authorize(Task::CountHashes, None)?;
    let account = account.map(|name| people::require_account(env, name, Task::CountHashes)).transpose()?;
    let tallies = env.read(|tx| tx.hash_tallies(account.as_ref().map(|account| account.id.as_str())))?;
    let (with, without): (Vec<HashTally>, Vec<HashTally>) =
        tallies.into_iter().partition(|tally| tally.kind.is_some());
    let counted = |HashTally { kind, users }: HashTally| {
        let state = match &kind {
            None => HashState::NoPassword,
            Some(kind) if kind.scheme.is_legacy() => HashState::Legacy,
            Some(kind) if kind.scheme.is_foreign() => HashState::Imported,
            Some(kind) if env.hasher.is_of_today(kind) => HashState::Current,
            Some(_) => HashState::Outdated,
        };
        CountedHashes { kind, state, users }
    };
    Ok(with.into_iter().chain(without).map(counted).collect())
}
