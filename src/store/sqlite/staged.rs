//! Copies of backups on their way into the place of a store.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tempfile::TempDir;

use super::copies::beside;
use super::open::Sqlite;
use crate::os::UNFINISHED;
use crate::store::{Engine, Result, StoreError};

/// A private copy of a backup, to be looked at, made ready, and put in the place of a store.
pub struct Staged {
    store: Sqlite,
    // Removed with everything in it when dropped.
    folder: TempDir,
    /// The folder of the store, held among those who restore.
    _alone: File,
}

/// What follows the name of a store that was replaced; the time comes after it.
pub const FORMER: &str = ".before-restore-";

/// What the names of private copies begin with.
pub const STAGED: &str = ".regain-restore-";

impl Staged {
    /// Copies `file` into a folder of its own beside `live`, and brings an older schema up to date. The file
    /// itself is only read. What a killed restore left there is removed.
    pub fn new(file: &Path, live: &Path) -> Result<Self> {
        let io = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => StoreError::Missing(file.to_owned()),
            ErrorKind::PermissionDenied => StoreError::Denied(file.to_owned()),
            ErrorKind::StorageFull => StoreError::Full,
            _ => StoreError::Engine(Box::new(error)),
        };
        if !fs::metadata(file).map_err(io)?.is_file() {
            return Err(StoreError::Foreign(file.to_owned()));
        }
        // What stands in a log beside it is no part of the file yet.
        if fs::metadata(beside(file, "-wal")).is_ok_and(|log| log.len() > 0) {
            return Err(StoreError::InUse(file.to_owned()));
        }
        let place = folder_of(live);
        let alone = hold(place)?;
        let folder = tempfile::Builder::new().prefix(STAGED).tempdir_in(place).map_err(io)?;
        let copy = folder.path().join("regain.db");
        fs::copy(file, &copy).map_err(io)?;
        fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(io)?;
        let store = Sqlite::open(&copy).map_err(|error| match error {
            StoreError::Foreign(_) => StoreError::Foreign(file.to_owned()),
            StoreError::Corrupt(cause) => StoreError::BackupCorrupt(file.to_owned(), cause),
            StoreError::Damaged { .. } => StoreError::BackupCorrupt(file.to_owned(), None),
            other => other,
        })?;
        Ok(Self { store, folder, _alone: alone })
    }

    /// Opens the copy.
    pub fn open(&self) -> Result<Box<dyn Engine>> {
        Ok(Box::new(Sqlite::open(self.path())?))
    }

    /// Where the copy lies, for [`crate::store::Engine::restore`].
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Puts the copy where no store can be opened; what lies there is moved to `aside`, log and all.
    pub fn install(self, live: &Path, aside: &Path) -> Result<()> {
        let io = |error: std::io::Error| StoreError::Engine(Box::new(error));
        self.store.finish()?;
        let copy = self.folder.path().join("regain.db");
        for tail in ["", "-wal", "-shm"] {
            match fs::rename(beside(live, tail), beside(aside, tail)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(error)),
                _ => {}
            }
        }
        fs::rename(&copy, live).map_err(io)?;
        File::open(folder_of(live)).and_then(|folder| folder.sync_all()).map_err(io)
    }
}

/// Waits for nobody: two who restore at once would undo each other's work. Whoever holds the folder is the only one, so
/// that what others left there is of nobody who lives.
fn hold(folder: &Path) -> Result<File> {
    let io = |error: std::io::Error| StoreError::Engine(Box::new(error));
    let held = File::open(folder).map_err(io)?;
    // Any other answer is that of a file system without locks.
    if flock(&held, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
        return Err(StoreError::Restoring);
    }
    for entry in fs::read_dir(folder).map_err(io)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(STAGED) {
            fs::remove_dir_all(entry.path()).map_err(io)?;
        } else if name.contains(FORMER) && name.contains(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    Ok(held)
}

fn folder_of(live: &Path) -> &Path {
    live.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
