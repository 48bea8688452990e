//! How a transaction begins, has parts, and ends.

use std::cell::Cell;

use rusqlite::Connection;

use super::columns::Connected;
use super::errors::engine;
use crate::store::{Mode, Result, StoreError, Tx};

pub(super) fn begin<'c>(connection: &'c Connection, how: &str) -> Result<Open<'c>> {
    run(connection, how).map_err(engine)?;
    Ok(Open(connection))
}

/// A transaction that is part of the one that is open; whether it stands.
pub(super) fn part(
    connection: &Connection,
    mode: Mode,
    body: &mut dyn FnMut(&mut dyn Tx) -> bool,
) -> Result<bool> {
    still_open(connection)?;
    if mode == Mode::Read {
        return Ok(body(&mut Connected(connection)));
    }
    run(connection, "SAVEPOINT part").map_err(engine)?;
    let kept = body(&mut Connected(connection));
    // What SQLite has undone as a whole is not there to be undone.
    if connection.is_autocommit() {
        return Ok(false);
    }
    if !kept {
        run(connection, "ROLLBACK TO part").map_err(engine)?;
    }
    run(connection, "RELEASE part").map_err(engine)?;
    Ok(kept)
}

/// Refuses to go on with a transaction that SQLite has undone: it does that where the disk is full or fails.
pub(super) fn still_open(connection: &Connection) -> Result<()> {
    let ended = "the disk failed while the changes that belong to this one were written";
    if connection.is_autocommit() { Err(StoreError::Engine(ended.into())) } else { Ok(()) }
}

/// While it lives, transactions are parts of another one.
pub(super) struct Parts<'s>(&'s Cell<Option<bool>>);

impl<'s> Parts<'s> {
    pub(super) fn begin(together: &'s Cell<Option<bool>>) -> Self {
        together.set(Some(false));
        Self(together)
    }

    /// Whether one of them wrote.
    pub(super) fn end(self) -> bool {
        self.0.get() == Some(true)
    }
}

impl Drop for Parts<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// A statement of every transaction.
pub(super) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Undoes an open transaction when it is left in any way but by a commit, a panic included.
pub(super) struct Open<'c>(&'c Connection);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // Nothing can be done about a failure here: the file's own journal undoes it at the next open.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}
