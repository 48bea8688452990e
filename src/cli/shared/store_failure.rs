//! What a failure of the store is called, and what to do about it.

use crate::guidance::store;
use crate::store::StoreError;

/// The code of a change of which nobody knows whether it was made.
pub(in crate::cli) const OUTCOME_UNKNOWN: &str = "outcome_unknown";

/// A stable code for programs, and what to do about it, the first thing first.
pub(in crate::cli) fn told(error: &StoreError) -> (&'static str, &'static [&'static str]) {
    match error {
        StoreError::Missing(_) => ("store_missing", &[store::RESTORE_OR_OTHER, store::BEGIN_EMPTY]),
        StoreError::Unmade(..) => ("file_not_made", &[]),
        StoreError::NoFolder(_) => ("no_folder", &["name a folder that exists, or create it first"]),
        StoreError::NoBackup(_) => ("backup_missing", &[store::NAME_A_BACKUP]),
        StoreError::Foreign(_) => ("store_foreign", &[store::NAME_A_STORE]),
        StoreError::Newer { .. } => ("store_newer", &["install the newest regain"]),
        StoreError::Older { .. } => ("store_older", &[]),
        StoreError::InUse(_) => ("store_in_use", &[store::COPY_FIRST]),
        StoreError::Busy { .. } => ("store_busy", &["another process is writing for a long time; try again"]),
        StoreError::Moved => ("store_busy", &["try again"]),
        StoreError::ReadOnly => (
            "store_read_only",
            &["check the modes of the file, of those beside it and of its folder, and the mount"],
        ),
        StoreError::Restoring => ("store_restoring", &["wait for it, and check what it restored"]),
        StoreError::Full => {
            ("store_full", &["free some space, and try again: the unfinished change was undone"])
        }
        StoreError::Unknown(_) => (OUTCOME_UNKNOWN, &store::IN_DOUBT),
        StoreError::Uncleared(_) => ("log_not_emptied", &[store::EMPTY_THE_LOG]),
        StoreError::Denied(_) => {
            ("store_denied", &["run it as the owner of the store, or as the service's sudo rules say"])
        }
        StoreError::TooManyFiles(_) => (
            "too_many_files",
            &[
                "raise the limit on open files (`ulimit -n`, LimitNOFILE= of a unit), or end programs that have many open",
            ],
        ),
        StoreError::Damaged { .. } => ("store_corrupt", &[store::RESTORE]),
        StoreError::Corrupt(_) | StoreError::Unreadable { .. } => {
            ("store_corrupt", &[store::CHECK_OR_RESTORE])
        }
        StoreError::Tampered { .. } => (
            "store_tampered",
            &["somebody wrote to the store without regain: keep it as evidence", store::CHECK_OR_RESTORE],
        ),
        StoreError::BackupCorrupt(..) => ("backup_corrupt", &["use another backup; nothing was changed"]),
        StoreError::Exists(_) => ("exists", &["name a file that does not exist yet"]),
        StoreError::Duplicate(_) => ("exists", &[]),
        StoreError::Rows { .. } | StoreError::Engine(_) => ("store", &[]),
    }
}
