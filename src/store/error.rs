//! What can go wrong with a store, whichever engine holds it.

use std::error::Error as _;
use std::path::{Path, PathBuf};

/// What reading or changing the store gives.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The cause as the engine put it, boxed so that no other room names the crate of an engine.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the store. The text reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("find the store {}", .0.display())]
    Missing(PathBuf),
    #[error("make {}: it exists already", .0.display())]
    Exists(PathBuf),
    #[error("make {}", .0.display())]
    Unmade(PathBuf, #[source] Cause),
    #[error("make {}: its folder does not exist", .0.display())]
    NoFolder(PathBuf),
    #[error("find the backup {}", .0.display())]
    NoBackup(PathBuf),
    #[error("open {} as a store of regain: it is not one", .0.display())]
    Foreign(PathBuf),
    #[error("open the store: it was written by a newer regain (schema {found}, this one knows {known})")]
    Newer { found: i64, known: i64 },
    #[error(
        "look at the store: it has the older schema {found} (this one knows {known}), which the next command updates"
    )]
    Older { found: i64, known: i64 },
    /// It bears the mark of a store, and its schema is not one that this program made.
    #[error("open the store {}: it is damaged: {what}", path.display())]
    Damaged { path: PathBuf, what: &'static str },
    /// What runs inside the file and is not ours could do anything to what is written, and what is missing protects
    /// nothing.
    #[error("open the store {}: {finding}", path.display())]
    Tampered { path: PathBuf, finding: String },
    #[error("read the backup {}: it is damaged", .0.display())]
    BackupCorrupt(PathBuf, #[source] Option<Cause>),
    #[error("copy {}: it is in use, and not all of it is in the file", .0.display())]
    InUse(PathBuf),
    #[error("begin: another restore of this store is running")]
    Restoring,
    #[error("use the store: it has been busy for {seconds} seconds")]
    Busy { seconds: u64 },
    #[error("read the store: somebody wrote to it meanwhile")]
    Moved,
    #[error("write to the store: it is read-only")]
    ReadOnly,
    #[error("write to the store: the disk is full")]
    Full,
    /// The disk failed while a change was committed: it may be in the log, and then it counts for the next command.
    #[error("tell whether the change was made: the disk failed while it was written")]
    Unknown(#[source] Cause),
    /// The change is committed; only old content could not be removed.
    #[error("empty the log of the store, after the change was made")]
    Uncleared(#[source] Box<StoreError>),
    #[error("open the store {}: permission denied", .0.display())]
    Denied(PathBuf),
    #[error("open the store {}: too many files are open", .0.display())]
    TooManyFiles(PathBuf),
    #[error("read the store: it is damaged")]
    Corrupt(#[source] Option<Cause>),
    #[error("keep both: {0} exists already")]
    Duplicate(Duplicate),
    #[error("change one row: {changed} were changed instead of {expected}")]
    Rows { changed: u64, expected: u64 },
    #[error("read what the store holds: the {column} of a row has an unknown value")]
    Unreadable { column: &'static str },
    #[error("use the store")]
    Engine(#[source] Cause),
}

impl StoreError {
    /// Told of a file by another name: of what lies in a file only on its way.
    #[must_use]
    pub fn named(self, name: &Path) -> Self {
        let name = name.to_owned();
        match self {
            Self::NoBackup(_) => Self::NoBackup(name),
            Self::Foreign(_) => Self::Foreign(name),
            Self::Damaged { what, .. } => Self::Damaged { path: name, what },
            Self::Tampered { finding, .. } => Self::Tampered { path: name, finding },
            Self::BackupCorrupt(_, cause) => Self::BackupCorrupt(name, cause),
            Self::InUse(_) => Self::InUse(name),
            Self::Denied(_) => Self::Denied(name),
            Self::TooManyFiles(_) => Self::TooManyFiles(name),
            other => other,
        }
    }

    /// What it is for another change of the same transaction.
    #[must_use]
    pub fn of_another(&self) -> Self {
        let cause = || self.source().map_or_else(|| self.to_string(), ToString::to_string).into();
        match self {
            Self::Unknown(_) => Self::Unknown(cause()),
            Self::Busy { seconds } => Self::Busy { seconds: *seconds },
            Self::Full => Self::Full,
            Self::ReadOnly => Self::ReadOnly,
            _ => Self::Engine(cause()),
        }
    }
}

/// Why a store that can be read cannot be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritable {
    ReadOnly,
    Full,
}

impl Unwritable {
    /// What an error says of the store, if it is that.
    pub fn of(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::ReadOnly => Some(Self::ReadOnly),
            StoreError::Full => Some(Self::Full),
            _ => None,
        }
    }
}

impl From<Unwritable> for StoreError {
    fn from(why: Unwritable) -> Self {
        match why {
            Unwritable::ReadOnly => Self::ReadOnly,
            Unwritable::Full => Self::Full,
        }
    }
}

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ReadOnly => "the store is read-only",
            Self::Full => "the disk is full",
        })
    }
}

/// What there can be only one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicate {
    Account,
    User,
    Contact,
    Other,
}

impl std::fmt::Display for Duplicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "an account of that name",
            Self::User => "a user of that name in this account",
            Self::Contact => "an identity with that contact",
            Self::Other => "such a row",
        })
    }
}

/// An error unless exactly the expected number of rows changed.
pub fn ensure_rows(changed: u64, expected: u64) -> Result<()> {
    if changed == expected { Ok(()) } else { Err(StoreError::Rows { changed, expected }) }
}
