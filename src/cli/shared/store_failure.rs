//! What a failure of the store is called, and what to do about it.

use crate::guidance::{lines, store};
use crate::store::StoreError;

/// The code of a change of which nobody knows whether it was made.
pub(in crate::cli) const OUTCOME_UNKNOWN: &str = "outcome_unknown";

/// A stable code for programs.
pub(in crate::cli) fn reason(error: &StoreError) -> &'static str {
    match error {
        StoreError::Missing(_) => "store_missing",
        StoreError::Unmade(..) => "file_not_made",
        StoreError::Foreign(_) => "store_foreign",
        StoreError::Newer { .. } => "store_newer",
        StoreError::Older { .. } => "store_older",
        StoreError::InUse(_) => "store_in_use",
        StoreError::Busy { .. } => "store_busy",
        StoreError::ReadOnly => "store_read_only",
        StoreError::Restoring => "store_restoring",
        StoreError::Full => "store_full",
        StoreError::Unknown(_) => OUTCOME_UNKNOWN,
        StoreError::Uncleared(_) => "log_not_emptied",
        StoreError::Denied(_) => "store_denied",
        StoreError::TooManyFiles(_) => "too_many_files",
        StoreError::Corrupt(_) | StoreError::Damaged { .. } | StoreError::Unreadable { .. } => {
            "store_corrupt"
        }
        StoreError::Tampered { .. } => "store_tampered",
        StoreError::BackupCorrupt(..) => "backup_corrupt",
        StoreError::Duplicate(_) | StoreError::Exists(_) => "exists",
        StoreError::Rows { .. } | StoreError::Engine(_) => "store",
    }
}

/// What to do about it, the first thing first.
pub(in crate::cli) fn hints(error: &StoreError) -> Vec<String> {
    let hints: &[&str] = match error {
        // Config and key are there, or they would have been missed first.
        StoreError::Missing(_) => &[store::RESTORE_OR_OTHER, store::BEGIN_EMPTY],
        StoreError::BackupCorrupt(..) => &["take another backup; nothing was changed"],
        StoreError::Tampered { .. } => {
            &["somebody wrote to the store without regain: keep it as evidence", store::CHECK_OR_RESTORE]
        }
        StoreError::Damaged { .. } => &[store::RESTORE],
        StoreError::Exists(_) => &["name a file that does not exist yet"],
        StoreError::Newer { .. } => &["install the newest regain"],
        StoreError::InUse(_) => &[store::COPY_FIRST],
        StoreError::Busy { .. } => &["another process writes for long; try again"],
        StoreError::ReadOnly => {
            &["check the modes of the file, of those beside it and of its folder, and the mount"]
        }
        StoreError::Full => &["free some space, and try again: what was begun was undone"],
        StoreError::Unknown(_) => &store::IN_DOUBT,
        StoreError::Uncleared(_) => &[store::EMPTY_THE_LOG],
        StoreError::Restoring => &["wait for it, and look at what it put back"],
        StoreError::Corrupt(_) | StoreError::Unreadable { .. } => &[store::CHECK_OR_RESTORE],
        StoreError::Foreign(_) => &[store::NAME_A_STORE],
        StoreError::TooManyFiles(_) => &[
            "raise the limit on open files (`ulimit -n`, LimitNOFILE= of a unit), or end programs that have many open",
        ],
        StoreError::Denied(_) => &["run it as the owner of the store, or as the service's sudo rules say"],
        StoreError::Unmade(..)
        | StoreError::Older { .. }
        | StoreError::Duplicate(_)
        | StoreError::Rows { .. }
        | StoreError::Engine(_) => &[],
    };
    lines(hints)
}
