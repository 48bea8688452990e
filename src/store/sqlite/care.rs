//! Care for the file as a whole: copies, checks, and putting a copy back.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tempfile::TempDir;

use super::errors::engine;
use super::migrate;
use super::open::{BUSY, BUSY_SECONDS, Sqlite, connect_plainly};
use crate::store::StoreError;

/// Between two tries to get the lock on a store that is to be replaced.
const PAUSE: Duration = Duration::from_millis(100);

/// Writes a consistent copy into a new file that only its owner may read. The copy is one file, without a log
/// beside it.
pub(super) fn backup(source: &Connection, to: &Path) -> Result<(), StoreError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| {
        match error.kind() {
            ErrorKind::AlreadyExists => StoreError::Exists(to.to_owned()),
            _ => StoreError::Unmade(to.to_owned(), Box::new(error)),
        }
    })?;
    let written = connect_plainly(to).and_then(|mut target| {
        copy(source, &mut target)?;
        target.pragma_update(None, "journal_mode", "DELETE").map_err(engine)
    });
    if written.is_err() {
        // Half a copy is worse than none.
        let _ = fs::remove_file(to);
    }
    written
}

/// Puts everything in `from` in the place of everything in `target`: one transaction, so that every other
/// process sees the whole of the one or of the other, also after a crash.
pub(super) fn restore(target: &mut Connection, from: &Path) -> Result<(), StoreError> {
    let source = connect_plainly(from)?;
    // The copy waits by itself, and not longer than it says.
    target.busy_timeout(Duration::ZERO).map_err(engine)?;
    let copied = copy(&source, target);
    target.busy_timeout(BUSY).map_err(engine)?;
    copied
}

/// All pages in one step: a step that ends before the last page would start anew after every write of another
/// process, and might never come to an end.
fn copy(source: &Connection, target: &mut Connection) -> Result<(), StoreError> {
    let backup = Backup::new(source, target).map_err(engine)?;
    for _ in 0..=BUSY_SECONDS * 10 {
        match backup.step(-1).map_err(engine)? {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => std::thread::sleep(PAUSE),
            _ => {}
        }
    }
    Err(StoreError::Busy { seconds: BUSY_SECONDS })
}

/// What SQLite finds by itself, and what in the schema is not as this program makes it: a table or trigger of
/// somebody else's could do anything to what is written (security D3).
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
    let fresh = Connection::open_in_memory().map_err(engine)?;
    migrate::migrate(&fresh)?;
    let (wanted, found) = (schema(&fresh)?, schema(connection)?);
    for (name, _) in found.iter().filter(|part| !wanted.contains(part)) {
        findings.push(format!("{name} is not as regain makes it"));
    }
    for (name, _) in wanted.iter().filter(|(name, _)| !found.iter().any(|(other, _)| other == name)) {
        findings.push(format!("{name} is missing"));
    }
    Ok(findings)
}

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(engine)?;
    rows.collect::<Result<_, _>>().map_err(engine)
}

/// Every table, index, trigger and view: what it is and is called, and its definition. Statistics are left out.
fn schema(connection: &Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let sql =
        "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(engine)?;
    rows.collect::<Result<_, _>>().map_err(engine)
}

/// A private copy of a backup, to be looked at, made ready, and put in the place of a store.
pub struct Staged {
    store: Sqlite,
    // Removed with everything in it when dropped.
    folder: TempDir,
}

impl Staged {
    /// Copies `file` into a folder of its own beside `live`, and brings an older schema up to date. The file
    /// itself is only read.
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
        let folder = tempfile::Builder::new()
            .prefix(".regain-restore-")
            .tempdir_in(live.parent().unwrap_or(Path::new("/")))
            .map_err(|error| StoreError::Engine(Box::new(error)))?;
        let copy = folder.path().join("regain.db");
        fs::copy(file, &copy).map_err(io)?;
        fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(io)?;
        let store = Sqlite::open(&copy).map_err(|error| match error {
            StoreError::Foreign(_) => StoreError::Foreign(file.to_owned()),
            StoreError::Corrupt(cause) => StoreError::BackupCorrupt(file.to_owned(), cause),
            StoreError::Damaged { .. } => StoreError::BackupCorrupt(file.to_owned(), None),
            other => other,
        })?;
        Ok(Self { store, folder })
    }

    pub fn store(&self) -> &Sqlite {
        &self.store
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
        File::open(live.parent().unwrap_or(Path::new("/"))).and_then(|folder| folder.sync_all()).map_err(io)
    }
}

/// The name of a file of SQLite's that belongs to another.
fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}
