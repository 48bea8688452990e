//! Care for the file as a whole: copies, checks, and putting a copy back.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tempfile::TempDir;

use super::errors::{committing, engine};
use super::migrate;
use super::open::{BUSY, BUSY_SECONDS, Sqlite, connect_plainly};
use crate::os::UNFINISHED;
use crate::store::{Engine, StoreError};

/// Between two tries to get the lock on a store that is to be replaced.
const PAUSE: Duration = Duration::from_millis(100);

/// Writes a consistent copy into an empty file. The copy is one file, without a log beside it.
pub(super) fn backup(source: &Connection, to: &Path) -> Result<(), StoreError> {
    let written = connect_plainly(to).and_then(|mut target| {
        copy(source, &mut target, engine)?;
        let mode: String = target
            .pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))
            .map_err(engine)?;
        // Where that cannot be written, it is no error of the statement: the mode stays, or a journal does.
        target.close().map_err(|(_, error)| engine(error))?;
        let stays = std::io::Error::other("its log could not be taken away");
        let whole = mode == "delete" && !beside(to, "-journal").exists();
        if whole { Ok(()) } else { Err(StoreError::Unmade(to.to_owned(), Box::new(stays))) }
    });
    if written.is_err() {
        // The error says more than that they could not be removed either.
        let _ = remove_logs(to);
    }
    written
}

/// Removes what stands beside a file that is gone, is not to be, or holds all of it.
pub fn remove_logs(path: &Path) -> Result<(), StoreError> {
    for tail in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, tail)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::Engine(Box::new(error)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Puts everything in `from` in the place of everything in `target`: one transaction, so that every other
/// process sees the whole of the one or of the other, also after a crash.
pub(super) fn restore(target: &mut Connection, from: &Path) -> Result<(), StoreError> {
    let source = connect_plainly(from)?;
    // The copy waits by itself, and not longer than it says.
    target.busy_timeout(Duration::ZERO).map_err(engine)?;
    // The last page is written together with the commit.
    let copied = copy(&source, target, committing);
    target.busy_timeout(BUSY).map_err(engine)?;
    copied
}

/// All pages in one step: a step that ends before the last page would start anew after every write of another
/// process, and might never come to an end.
fn copy(
    source: &Connection,
    target: &mut Connection,
    failed: fn(rusqlite::Error) -> StoreError,
) -> Result<(), StoreError> {
    let backup = Backup::new(source, target).map_err(engine)?;
    for _ in 0..=BUSY_SECONDS * 10 {
        match backup.step(-1).map_err(failed)? {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => std::thread::sleep(PAUSE),
            _ => {}
        }
    }
    Err(StoreError::Busy { seconds: BUSY_SECONDS })
}

/// What SQLite finds by itself, and what in the schema is not as this program makes it.
pub(super) fn check(connection: &Connection, thorough: bool) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    let integrity = if thorough { "PRAGMA integrity_check" } else { "PRAGMA quick_check" };
    for line in lines(connection, integrity)? {
        if line != "ok" {
            findings.push(line);
        }
    }
    if thorough {
        for table in lines(connection, "PRAGMA foreign_key_check")? {
            findings.push(format!("a row of the table {table} belongs to something that is not there"));
        }
    }
    findings.extend(migrate::differences(connection)?);
    Ok(findings)
}

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(engine)?;
    rows.collect::<Result<_, _>>().map_err(engine)
}

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
    pub fn new(file: &Path, live: &Path) -> Result<Self, StoreError> {
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
    pub fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        Ok(Box::new(Sqlite::open(self.path())?))
    }

    /// Where the copy lies, for [`crate::store::Engine::restore`].
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Puts the copy where no store can be opened; what lies there is moved to `aside`, log and all.
    pub fn install(self, live: &Path, aside: &Path) -> Result<(), StoreError> {
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
fn hold(folder: &Path) -> Result<File, StoreError> {
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

/// The name of a file of SQLite's that belongs to another.
fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}
