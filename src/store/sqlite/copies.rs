//! The file as a whole: copies, checks, and putting a copy back.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::connect::{BUSY, connect_plainly};
use super::errors::{BUSY_SECONDS, committing, engine};
use super::migrate;
use crate::store::{Result, StoreError};

/// Between two tries to get the lock on a store that is to be replaced.
const PAUSE: Duration = Duration::from_millis(100);

/// Writes a consistent copy into an empty file. The copy is one file, without a log beside it.
pub(super) fn backup(source: &Connection, to: &Path) -> Result<()> {
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
pub fn remove_logs(path: &Path) -> Result<()> {
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
pub(super) fn restore(target: &mut Connection, from: &Path) -> Result<()> {
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
) -> Result<()> {
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
pub(super) fn check(connection: &Connection, thorough: bool) -> Result<Vec<String>> {
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

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(engine)?;
    rows.collect::<Result<_, _>>().map_err(engine)
}

/// The name of a file of SQLite's that belongs to another.
pub(super) fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}
