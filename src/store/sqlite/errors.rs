//! From SQLite's errors to the store's.

use std::fs::File;
use std::path::Path;

use rusqlite::ffi::{self, ErrorCode};
use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::io::Errno;

use super::open::BUSY_SECONDS;
use crate::store::{Duplicate, StoreError};

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
        Some(ErrorCode::CannotOpen) if is_out_of_files() => StoreError::TooManyFiles,
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

/// An error while opening the file.
pub(super) fn opening(error: rusqlite::Error, path: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign(path.to_owned()),
        Some(ErrorCode::CannotOpen) if is_out_of_files() => StoreError::TooManyFiles,
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) if is_read_only(path) => {
            StoreError::ReadOnly
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::Denied(path.to_owned()),
        _ => engine(error),
    }
}

/// Whether the file system is: SQLite does not tell that from a lack of permission.
fn is_read_only(path: &Path) -> bool {
    statvfs(path).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Whether no file more can be opened: SQLite does not tell that from a lack of permission either. It lets go of a few
/// when it fails.
fn is_out_of_files() -> bool {
    let handles: Vec<_> = (0..4).map(|_| File::open("/")).collect();
    handles.iter().filter_map(|handle| handle.as_ref().err()).any(|error| {
        let errno = Errno::from_io_error(error);
        errno == Some(Errno::MFILE) || errno == Some(Errno::NFILE)
    })
}

fn duplicate(text: &str) -> Option<Duplicate> {
    let columns = text.strip_prefix("UNIQUE constraint failed: ")?;
    Some(match columns.split('.').next() {
        Some("accounts") => Duplicate::Account,
        Some("users") => Duplicate::User,
        Some("contacts") => Duplicate::Contact,
        _ => Duplicate::Other,
    })
}
