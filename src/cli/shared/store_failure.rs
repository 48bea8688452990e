//! What a failure of the store is called, and what to do about it.

use crate::store::StoreError;

/// The code of a change of which nobody knows whether it was made.
pub(in crate::cli) const OUTCOME_UNKNOWN: &str = "outcome_unknown";

/// How to find out what became of such a change.
pub(in crate::cli) fn doubt() -> Vec<String> {
    vec![
        "look after the disk first".to_owned(),
        "administrators see what was made at the top of `regain audit list`; a secret in a file is kept, and works if its change was made"
            .to_owned(),
    ]
}

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

pub(in crate::cli) fn hints(error: &StoreError) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match error {
        // Config and key are there, or they would have been missed first.
        StoreError::Missing(_) => vec![
            "`regain store restore FILE` brings a backup back; --store names another store".to_owned(),
            "`regain init --new-store` begins with an empty one".to_owned(),
        ],
        StoreError::BackupCorrupt(..) => one("take another backup; nothing was changed"),
        StoreError::Tampered { .. } => vec![
            "somebody wrote to the store without regain: keep it as evidence".to_owned(),
            "`regain store check` tells more; `regain store restore FILE` brings a backup back".to_owned(),
        ],
        StoreError::Damaged { .. } => one("`regain store restore FILE` brings a backup back"),
        StoreError::Exists(_) => one("name a file that does not exist yet"),
        StoreError::Newer { .. } => one("install the newest regain"),
        StoreError::InUse(_) => one("make a backup of it with `regain store backup FILE`, and restore that"),
        StoreError::Busy { .. } => one("another process writes for long; try again"),
        StoreError::ReadOnly => {
            one("check the modes of the file, of those beside it and of its folder, and the mount")
        }
        StoreError::Full => one("free some space, and try again: what was begun was undone"),
        StoreError::Unknown(_) => doubt(),
        StoreError::Uncleared(_) => {
            one("the change needs no second try; `regain store purge` empties the log, when there is space")
        }
        StoreError::Restoring => one("wait for it, and look at what it put back"),
        StoreError::Corrupt(_) | StoreError::Unreadable { .. } => {
            one("`regain store check` tells more; `regain store restore FILE` brings a backup back")
        }
        StoreError::Foreign(_) => {
            one("name a store made by `regain init`, or a copy made by `regain store backup`")
        }
        StoreError::TooManyFiles(_) => one(
            "raise the limit on open files (`ulimit -n`, LimitNOFILE= of a unit), or end programs that have many open",
        ),
        StoreError::Denied(_) => one("run it as the owner of the store, or as the service's sudo rules say"),
        _ => Vec::new(),
    }
}
