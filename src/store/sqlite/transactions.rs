//! How a transaction begins, has parts, and ends.

use std::cell::Cell;

use rusqlite::Connection;

use super::columns::Connected;
use super::errors::engine;
use crate::store::{Mode, Parts, Result, StoreError, Tx};

pub(super) fn begin<'c>(connection: &'c Connection, how: &str) -> Result<Open<'c>> {
    run(connection, how).map_err(engine)?;
    Ok(Open(connection))
}

/// A transaction that others are parts of.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    parts: Parts,
    wrote: bool,
    /// Whether a part was undone that the others cannot do without.
    undone: bool,
}

impl Whole {
    /// With one more part, which has run.
    pub(super) fn with_part(
        self,
        connection: &Connection,
        mode: Mode,
        body: &mut dyn FnMut(&mut dyn Tx) -> bool,
    ) -> Result<Self> {
        still_open(connection)?;
        if mode == Mode::Read {
            body(&mut Connected(connection));
            return Ok(self);
        }
        let kept = match self.parts {
            Parts::Apart => part(connection, body)?,
            Parts::AllOrNone => body(&mut Connected(connection)),
        };
        let undone = self.undone || !kept && self.parts == Parts::AllOrNone;
        Ok(Self { wrote: self.wrote || kept, undone, ..self })
    }
}

/// A part that can be undone alone; whether it stands.
fn part(connection: &Connection, body: &mut dyn FnMut(&mut dyn Tx) -> bool) -> Result<bool> {
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
pub(super) struct InParts<'s>(&'s Cell<Option<Whole>>);

impl<'s> InParts<'s> {
    pub(super) fn begin(together: &'s Cell<Option<Whole>>, parts: Parts) -> Self {
        together.set(Some(Whole { parts, wrote: false, undone: false }));
        Self(together)
    }

    /// Whether one of them wrote, or nothing where all are to be undone.
    pub(super) fn end(self) -> Option<bool> {
        self.0.get().filter(|whole| !whole.undone).map(|whole| whole.wrote)
    }
}

impl Drop for InParts<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// While it lives, a transaction that has read is left open for the next one.
pub(super) struct Steady<'s>(&'s Cell<bool>);

impl<'s> Steady<'s> {
    pub(super) fn begin(steady: &'s Cell<bool>) -> Self {
        steady.set(true);
        Self(steady)
    }
}

impl Drop for Steady<'_> {
    fn drop(&mut self) {
        self.0.set(false);
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
