//! Opening and making the file, and transactions on it.

use std::cell::{Cell, RefCell};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::columns::Connected;
use super::connect::{FEW_PAGES, MANY_PAGES, configure, connect, make_room, recognise, write_back_after};
use super::copies;
use super::errors::{BUSY_SECONDS, committing, engine};
use super::looking::{self, Looking};
use super::migrate::{self, SCHEMA};
use super::transactions::{InParts, Open, Steady, Whole, begin, run, still_open};
use crate::os::unstoppable;
use crate::store::{Durability, Engine, Mode, Parts, Result, StoreError, Tx, Unwritable};

/// That of SQLite.
pub fn engine_version() -> &'static str {
    rusqlite::version()
}

/// More than a write runs: a worker would prepare each anew for each message.
const STATEMENTS: usize = 256;

/// Why nothing more is written where the log could not be flushed.
const GAP: &str = "the disk failed while the changes before this one were written";

/// An open store. Whatever takes a lock that others wait for holds off the terminal's stops (security T10).
pub struct Sqlite {
    connection: RefCell<Connection>,
    path: PathBuf,
    /// The schema that was compared with ours, by SQLite's count of its changes.
    compared: Cell<Option<i64>>,
    committed: Rc<Cell<bool>>,
    /// The log, while commits do not wait for it.
    unflushed: RefCell<Option<File>>,
    /// Whether the log could not be flushed.
    gap: Cell<bool>,
    looking: Option<Look>,
    /// While a transaction is open that others are parts of: what those came to.
    together: Cell<Option<Whole>>,
    /// Whether room was made for many such.
    has_room: Cell<bool>,
    /// Whether a transaction that has read is left open for the next one.
    steady: Cell<bool>,
}

/// How a store is open that cannot be written to.
struct Look {
    /// What keeps it from being written.
    why: Unwritable,
    alone: bool,
}

impl Sqlite {
    /// Opens a store that exists, and brings an older schema up to date. One that cannot be written to is opened to be
    /// looked at: an emergency is when one looks.
    pub fn open(path: &Path) -> Result<Self> {
        let _held = unstoppable();
        Self::open_to_write(path).or_else(|error| {
            let Some(why) = Unwritable::of(&error) else { return Err(error) };
            // Why the one way failed says more than why the other did.
            Self::look(path, why).map_err(|_| error)
        })
    }

    fn look(path: &Path, why: Unwritable) -> Result<Self> {
        let Looking { connection, alone } = looking::open(path)?;
        migrate::recognise(&connection, path)?;
        let found = migrate::version(&connection)?;
        if found < SCHEMA {
            return Err(StoreError::Older { found, known: SCHEMA });
        }
        Ok(Self { looking: Some(Look { why, alone }), ..Self::over(connection, path)? })
    }

    fn open_to_write(path: &Path) -> Result<Self> {
        let connection = recognise(path)?;
        migrate::recognise(&connection, path)?;
        configure(&connection)?;
        migrate::migrate(&connection)?;
        Self::over(connection, path)
    }

    fn over(connection: Connection, path: &Path) -> Result<Self> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // One plan a statement, which is the one that the tests judge: else SQLite prepares it anew for each value that a
        // LIMIT or an index of some rows might be judged by.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(engine)?;
        let connection = RefCell::new(connection);
        Ok(Self {
            connection,
            path: path.to_owned(),
            compared: Cell::new(None),
            committed: Rc::default(),
            unflushed: RefCell::default(),
            gap: Cell::new(false),
            looking: None,
            together: Cell::new(None),
            has_room: Cell::new(false),
            steady: Cell::new(false),
        })
    }

    /// Makes a new, empty store, readable by its owner only; refuses what exists.
    pub fn create(path: &Path) -> Result<Self> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists(path.to_owned()));
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(StoreError::Denied(path.to_owned()));
            }
            Err(error) => return Err(StoreError::Engine(Box::new(error))),
        }
        let made = Self::furnish(path);
        if made.is_err() {
            // Half a store would keep the next one from being made.
            let _ = fs::remove_file(path);
        }
        made
    }

    /// Makes an empty file a store. Until it is closed by [`Sqlite::finish`], not all of it is in the file.
    pub fn furnish(path: &Path) -> Result<Self> {
        let _held = unstoppable();
        let connection = connect(path)?;
        // Only before the first table; a mode change later would need a VACUUM.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(engine)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(engine)?;
        configure(&connection)?;
        migrate::migrate(&connection)?;
        Self::over(connection, path)
    }

    /// Opens a store to read alone: nothing is written, not even what waits in its log, and an older schema
    /// stays as it is and is refused. Because nothing is written, nothing that somebody else put into the file
    /// runs: so that a check can tell of it.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        let _held = unstoppable();
        let (connection, looking) = match recognise(path) {
            Ok(connection) => (connection, None),
            Err(error) => {
                let Some(why) = Unwritable::of(&error) else { return Err(error) };
                let Looking { connection, alone } = looking::open(path).map_err(|_| error)?;
                (connection, Some(Look { why, alone }))
            }
        };
        let found = migrate::version(&connection)?;
        if found < SCHEMA {
            return Err(StoreError::Older { found, known: SCHEMA });
        }
        connection.pragma_update(None, "query_only", true).map_err(engine)?;
        Ok(Self { looking, ..Self::over(connection, path)? })
    }

    /// Brings everything into the one file, and closes it without a log beside it.
    pub fn finish(self) -> Result<()> {
        let _held = unstoppable();
        let connection = self.connection.into_inner();
        if !compact(&connection)? {
            return Err(StoreError::Busy { seconds: BUSY_SECONDS });
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(engine)?;
        connection.close().map_err(|(_, error)| engine(error))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Engine for Sqlite {
    fn transact(&self, mode: Mode, body: &mut dyn FnMut(&mut dyn Tx) -> bool) -> Result<()> {
        let _held = unstoppable();
        let connection = self.connection.borrow();
        if let Some(whole) = self.together.get() {
            self.together.set(Some(whole.with_part(&connection, mode, body)?));
            return Ok(());
        }
        if mode == Mode::Read && self.steady.get() {
            if connection.is_autocommit() {
                run(&connection, "BEGIN DEFERRED").map_err(engine)?;
            }
            body(&mut Connected(&connection));
            return Ok(());
        }
        let open = match mode {
            Mode::Read => begin(&connection, "BEGIN DEFERRED")?,
            Mode::Write => self.begin_to_write(&connection)?,
        };
        if body(&mut Connected(&connection)) {
            run(&connection, "COMMIT").map_err(committing)?;
            self.committed.set(self.committed.get() || mode == Mode::Write);
        }
        drop(open);
        self.is_as_it_was()
    }

    fn together(&self, parts: Parts, body: &mut dyn FnMut() -> bool) -> Result<bool> {
        let _held = unstoppable();
        let connection = self.connection.borrow();
        // Whoever makes many changes in one transaction makes many such.
        if !self.has_room.replace(true) {
            make_room(&connection)?;
        }
        let open = self.begin_to_write(&connection)?;
        let parts = InParts::begin(&self.together, parts);
        let kept = body();
        let wrote = parts.end().filter(|_| kept);
        if let Some(wrote) = wrote {
            still_open(&connection)?;
            run(&connection, "COMMIT").map_err(committing)?;
            self.committed.set(self.committed.get() || wrote);
        }
        drop(open);
        Ok(wrote.is_some())
    }

    fn steadily(&self, body: &mut dyn FnMut()) -> Result<()> {
        let _held = unstoppable();
        let steady = Steady::begin(&self.steady);
        body();
        drop(steady);
        self.end_reading(&self.connection.borrow())?;
        self.is_as_it_was()
    }

    fn backup(&self, to: &Path) -> Result<()> {
        let _held = unstoppable();
        copies::backup(&self.connection.borrow(), to)?;
        self.is_as_it_was()
    }

    fn restore(&self, from: &Path) -> Result<()> {
        if let Some(look) = &self.looking {
            return Err(look.why.into());
        }
        let _held = unstoppable();
        copies::restore(&mut self.connection.borrow_mut(), from)
    }

    fn committed(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.committed)
    }

    fn set_durability(&self, durability: Durability) -> Result<()> {
        let connection = self.connection.borrow();
        let synchronous = |level| connection.pragma_update(None, "synchronous", level).map_err(engine);
        match durability {
            Durability::Process => {
                let mut unflushed = self.unflushed.borrow_mut();
                if unflushed.is_none() {
                    // Held from before the first of these commits, so that a failed write since is told to this handle,
                    // too. Without a log, each commit waits as before.
                    let Ok(log) = open_log(&self.path) else { return Ok(()) };
                    *unflushed = Some(log);
                }
                write_back_after(&connection, MANY_PAGES)?;
                synchronous("NORMAL")
            }
            Durability::Power => {
                let Some(log) = self.unflushed.take() else { return Ok(()) };
                synchronous("FULL")?;
                write_back_after(&connection, FEW_PAGES)?;
                // What of it a checkpoint has brought into the store meanwhile was flushed before that.
                log.sync_all().map_err(|error| {
                    self.gap.set(true);
                    StoreError::Unknown(Box::new(error))
                })
            }
        }
    }

    fn check(&self, thorough: bool) -> Result<Vec<String>> {
        let _held = unstoppable();
        copies::check(&self.connection.borrow(), thorough)
    }

    fn compact(&self) -> Result<()> {
        let _held = unstoppable();
        // Whoever still reads what was keeps the log from its end, until it is emptied the next time.
        compact(&self.connection.borrow()).map(drop).map_err(|error| StoreError::Uncleared(Box::new(error)))
    }
}

impl Sqlite {
    /// Begins a transaction that writes. The lock comes first, so that it never fails half way because another one wrote.
    fn begin_to_write<'c>(&self, connection: &'c Connection) -> Result<Open<'c>> {
        if let Some(look) = &self.looking {
            return Err(look.why.into());
        }
        if self.gap.get() {
            return Err(StoreError::Engine(GAP.into()));
        }
        self.end_reading(connection)?;
        let open = begin(connection, "BEGIN IMMEDIATE")?;
        self.compare(connection)?;
        Ok(open)
    }

    /// Ends the transaction that was left open for the next one that reads.
    fn end_reading(&self, connection: &Connection) -> Result<()> {
        if self.together.get().is_some() || connection.is_autocommit() {
            return Ok(());
        }
        run(connection, "COMMIT").map_err(engine)
    }

    /// Refuses what was read as if nobody wrote, where somebody did.
    fn is_as_it_was(&self) -> Result<()> {
        if self.looking.as_ref().is_some_and(|look| look.alone) {
            return looking::still_alone(&self.path);
        }
        Ok(())
    }

    /// Whether what stands in the file is what was compared before; else it is compared now. Within the transaction
    /// that is to write, so that nobody changes it in between.
    fn compare(&self, connection: &Connection) -> Result<()> {
        let changes = connection
            .prepare_cached("PRAGMA schema_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(engine)?;
        if self.compared.get() == Some(changes) {
            return Ok(());
        }
        // A newer program may have brought it up to date since it was opened.
        let found = migrate::version(connection)?;
        if found > SCHEMA {
            return Err(StoreError::Newer { found, known: SCHEMA });
        }
        if let Some(finding) = migrate::differences(connection)?.into_iter().next() {
            return Err(StoreError::Tampered { path: self.path.clone(), finding });
        }
        self.compared.set(Some(changes));
        Ok(())
    }
}

/// The log beside the file that a store's path leads to.
fn open_log(store: &Path) -> io::Result<File> {
    let mut path = fs::canonicalize(store)?.into_os_string();
    path.push("-wal");
    File::open(path)
}

/// Gives free pages back and empties the log into the file; whether nobody kept it from that.
fn compact(connection: &Connection) -> Result<bool> {
    connection.execute_batch("PRAGMA incremental_vacuum").map_err(engine)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    busy.map(|busy: bool| !busy).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Transactions;

    #[test]
    fn d1_after_a_gap_in_the_log_nothing_more_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::create(&folder.path().join("store.db")).unwrap();
        let engine: &dyn Engine = &store;
        let write = |text| engine.write(|tx| tx.set_meta("note", text));
        for durability in [Durability::Process, Durability::Process, Durability::Power, Durability::Power] {
            engine.set_durability(durability).unwrap();
            write("kept").unwrap();
        }
        engine.set_durability(Durability::Process).unwrap();
        // What cannot be flushed in place of a log that cannot.
        assert!(store.unflushed.replace(File::open("/dev/null").ok()).is_some());
        write("in doubt").unwrap();
        assert!(matches!(engine.set_durability(Durability::Power), Err(StoreError::Unknown(_))));
        assert!(matches!(write("lost"), Err(StoreError::Engine(_))));
        let found = engine.read(|tx| tx.meta("note")).unwrap();
        assert_eq!(found.as_deref(), Some("in doubt"));
    }
}
