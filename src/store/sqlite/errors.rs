//! From SQLite's errors to the store's.

use std::path::Path;

use rusqlite::ffi::{self, ErrorCode};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::os;
use crate::store::{Duplicate, StoreError};

/// How long a process waits for another one's transaction.
pub(super) const BUSY_SECONDS: u64 = 10;

/// What SQLite says, without the statement it says it of: SQL tells people nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

/// An error of a statement.
pub(super) fn engine(error: rusqlite::Error) -> StoreError {
    // Our statements fit our schema: one that does not even compile has met another.
    if let rusqlite::Error::SqlInputError { msg, .. } = error {
        return StoreError::Corrupt(Some(Box::new(Said(msg))));
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy { seconds: BUSY_SECONDS }
        }
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DiskFull) => StoreError::Full,
        // The index of the log is the first file that has to grow.
        _ if error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE) => {
            StoreError::Full
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(Some(Box::new(error)))
        }
        Some(ErrorCode::ConstraintViolation) => match duplicate(&error.to_string()) {
            Some(what) => StoreError::Duplicate(what),
            None => StoreError::Engine(Box::new(error)),
        },
        _ => StoreError::Engine(Box::new(error)),
    }
}

/// An error of a commit. Where the disk failed to write, the frames may be in the log all the same, and are found there
/// by the next process that opens it; a full disk or another one's lock leave no doubt.
pub(super) fn committing(error: rusqlite::Error) -> StoreError {
    let reading = [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_SHORT_READ];
    match error.sqlite_error() {
        Some(of) if of.code == ErrorCode::SystemIoFailure && !reading.contains(&of.extended_code) => {
            StoreError::Unknown(Box::new(error))
        }
        _ => engine(error),
    }
}

/// An error while opening the file.
pub(super) fn opening(error: rusqlite::Error, path: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign(path.to_owned()),
        // SQLite does not tell that from a lack of permission.
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) if os::is_read_only(path) => {
            StoreError::ReadOnly
        }
        Some(ErrorCode::CannotOpen) if no_more_files() => StoreError::TooManyFiles(path.to_owned()),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::Denied(path.to_owned()),
        _ => engine(error),
    }
}

/// Whether no more files can be opened than SQLite has a need for: the store, its log, the log's index and a folder.
/// SQLite does not tell that from a lack of permission. The store itself is not touched: closing it gives its locks away.
fn no_more_files() -> bool {
    let tried: Result<Vec<_>, _> =
        (0..4).map(|_| rustix::fs::open("/", OFlags::PATH, Mode::empty())).collect();
    matches!(tried, Err(Errno::MFILE | Errno::NFILE))
}

fn duplicate(text: &str) -> Option<Duplicate> {
    let columns = text.strip_prefix("UNIQUE constraint failed: ")?;
    Some(match columns.split('.').next() {
        Some("accounts") => Duplicate::Account,
        Some("users") => Duplicate::User,
        Some("contacts" | "index 'contacts_by_user'") => Duplicate::Contact,
        _ => Duplicate::Other,
    })
}
