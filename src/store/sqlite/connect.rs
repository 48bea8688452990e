//! Connections to the file, each made safe before it is used.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::errors::{BUSY_SECONDS, engine, opening};
use super::migrate::{self, APPLICATION_ID, SCHEMA};
use crate::store::{Result, StoreError};

pub(super) const BUSY: Duration = Duration::from_secs(BUSY_SECONDS);

/// Opens a file if it is a store of regain that this program can read.
pub(super) fn recognise(path: &Path) -> Result<Connection> {
    recognise_by(path, connect)
}

/// [`recognise`] by another way to open the file.
pub(super) fn recognise_by(
    path: &Path,
    connect: impl FnOnce(&Path) -> Result<Connection>,
) -> Result<Connection> {
    let length = match fs::metadata(path) {
        Ok(found) if found.is_file() => found.len(),
        Ok(_) => return Err(StoreError::Foreign(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(StoreError::Denied(path.to_owned()));
        }
        Err(_) => return Err(StoreError::Missing(path.to_owned())),
    };
    if length == 0 {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let connection = connect(path)?;
    let application: i64 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| opening(error, path))?;
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let found = migrate::version(&connection)?;
    if found > SCHEMA {
        return Err(StoreError::Newer { found, known: SCHEMA });
    }
    if found < 0 || !migrate::is_numbered(&connection)? {
        let what = "the number of its schema is gone";
        return Err(StoreError::Damaged { path: path.to_owned(), what });
    }
    if found < SCHEMA && !migrate::fits_its_number(&connection)? {
        let what = "its tables are not those of its schema's number";
        return Err(StoreError::Damaged { path: path.to_owned(), what });
    }
    Ok(connection)
}

/// A file that is there, by its name and nothing but its name: `file:x` is no URI here.
pub(super) fn connect_plainly(path: &Path) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let resolved = fs::canonicalize(path).map_err(|_| StoreError::Missing(path.to_owned()))?;
    Connection::open_with_flags(&resolved, flags).map_err(|error| opening(error, path))
}

pub(super) fn connect(path: &Path) -> Result<Connection> {
    let connection = connect_plainly(path)?;
    harden(&connection)?;
    // The log stays between commands: to write it back, and to unlink it, at the end of each costs more than all else
    // that a small change does.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(engine)?;
    connection.busy_timeout(BUSY).map_err(engine)?;
    Ok(connection)
}

/// Nothing that a file brings along counts.
pub(super) fn harden(connection: &Connection) -> Result<()> {
    // Nothing a hostile file brings along may run, and no statement may rewrite the schema (security D3).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(engine)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(engine)?;
    Ok(())
}

/// What every connection needs. FULL: a committed change survives a power cut. `secure_delete`: spent codes
/// and wiped messages leave nothing in free pages (security K10).
pub(super) fn configure(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
        .map_err(engine)?;
    write_back_after(connection, FEW_PAGES)
}

/// Pages in the log of a process that changes little. The next process reads all of the log before it begins, so a long
/// one costs each of them; to write a short one back costs every few changes a flush or two.
pub(super) const FEW_PAGES: u32 = 256;
/// Pages in the log of a process that has many changes in a row, and reads it once.
pub(super) const MANY_PAGES: u32 = 4_096;

/// What is held of the store by a process that changes many rows in one transaction, in KiB: what it changes again and again is
/// written once. SQLite's own is a quarter of that.
const MUCH: i32 = 8 * 1024;

/// Makes ready for transactions of many changes.
pub(super) fn make_room(connection: &Connection) -> Result<()> {
    write_back_after(connection, MANY_PAGES)?;
    connection.pragma_update(None, "cache_size", -MUCH).map_err(engine)?;
    // A statement that fires a trigger may be undone alone, and keeps what it changed until it is over: no file for that.
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(engine)
}

/// Writes the log back into the store at the commit by which it has so many pages.
pub(super) fn write_back_after(connection: &Connection, pages: u32) -> Result<()> {
    connection.pragma_update(None, "wal_autocheckpoint", pages).map_err(engine)
}
