//! Reading a store that cannot be written to: on a disk that is full or read-only, or by somebody who may only read.
//!
//! SQLite keeps an index of its log beside the store, which has to be made or has to grow. Here nothing beside the store
//! is made or grows: the index of a log that nobody has open is kept in memory.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::connect::{harden, recognise_by};
use super::copies::{beside, remove_logs};
use super::errors::{engine, opening};
use crate::store::{Result, StoreError};

/// In memory, so that a full disk and a read-only one keep nobody from it.
const MEMORY: &str = "/dev/shm";

/// How often a copy is begun anew because somebody wrote meanwhile.
const COPIES: usize = 5;

/// A store that is open to be read.
pub(super) struct Looking {
    pub(super) connection: Connection,
    /// The file is read as if nobody ever wrote to it: a log beside it means that somebody does.
    pub(super) alone: bool,
}

/// Opens a store without writing to it or beside it.
pub(super) fn open(path: &Path) -> Result<Looking> {
    let log = fs::metadata(beside(path, "-wal")).ok();
    let index = beside(path, "-shm").exists();
    let (opened, alone) = match log {
        Some(_) if index => (recognise_by(path, |path| connect(path, "mode=ro&readonly_shm=1"))?, false),
        Some(log) if log.len() > 0 => (recognise_by(path, connect_to_copy)?, false),
        _ => (recognise_by(path, |path| connect(path, "immutable=1"))?, true),
    };
    // What sorts does so in memory: there may be no other place.
    opened.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;").map_err(engine)?;
    Ok(Looking { connection: opened, alone })
}

/// Refuses what was read of a file that somebody began to write to.
pub(super) fn still_alone(path: &Path) -> Result<()> {
    match fs::metadata(beside(path, "-wal")) {
        Ok(log) if log.len() > 0 => Err(StoreError::Moved),
        _ => Ok(()),
    }
}

fn connect(path: &Path, how: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_URI;
    let resolved = fs::canonicalize(path).map_err(|_| StoreError::Missing(path.to_owned()))?;
    // A name that is not UTF-8 cannot be put into a URI so that SQLite finds it.
    let name = resolved.to_str().ok_or(StoreError::ReadOnly)?;
    let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let connection = Connection::open_with_flags(format!("file://{name}?{how}"), flags)
        .map_err(|error| opening(error, path))?;
    harden(&connection)?;
    Ok(connection)
}

/// A log whose index is lost needs a new one beside it: so the store is read from a copy of both, which is nowhere but
/// in memory and has no name any more when this returns.
fn connect_to_copy(path: &Path) -> Result<Connection> {
    let folder = private_folder().map_err(|_| StoreError::ReadOnly)?;
    let copy = folder.join("store");
    let connected = copied(path, &copy).and_then(|()| {
        let connection = super::connect::connect(&copy)?;
        // The first look opens the log and its index, which last until the connection is closed.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(engine)?;
        Ok(connection)
    });
    let _ = fs::remove_file(&copy);
    let _ = remove_logs(&copy);
    let _ = fs::remove_dir(&folder);
    connected
}

fn private_folder() -> io::Result<PathBuf> {
    let process = std::process::id();
    let mut made = Err(io::ErrorKind::AlreadyExists.into());
    for number in 0..COPIES {
        let folder = Path::new(MEMORY).join(format!("regain-{process}-{number}"));
        // Whatever is there already is somebody else's.
        made = DirBuilder::new().mode(0o700).create(&folder).map(|()| folder);
        if made.is_ok() {
            break;
        }
    }
    made
}

/// Copies the store and its log as they were at one moment.
fn copied(path: &Path, copy: &Path) -> Result<()> {
    let failed = |error: io::Error| StoreError::Engine(Box::new(error));
    let files = || ["", "-wal"].map(|tail| (beside(path, tail), beside(copy, tail)));
    let look = || files().map(|(from, _)| fs::metadata(from).ok().as_ref().map(seen));
    for _ in 0..COPIES {
        let before = look();
        for (from, to) in files() {
            fs::copy(from, &to).map_err(failed)?;
            // A file that nobody may write to has a copy that somebody must.
            fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
        }
        if look() == before {
            return Ok(());
        }
    }
    Err(StoreError::Moved)
}

/// What is different after a write.
fn seen(file: &Metadata) -> (u64, u64, i64, i64) {
    (file.ino(), file.len(), file.mtime(), file.mtime_nsec())
}
