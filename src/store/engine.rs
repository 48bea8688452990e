//! Transactions: the one way to the store's tables.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use super::error::{Result, StoreError};
use super::tables::Tx;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
}

/// What becomes of the other parts of a transaction where one of them is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// They stay: each can be undone alone, which costs each a copy of what it changes.
    Apart,
    /// They are undone, too.
    AllOrNone,
}

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power, too: each commit waits for the disk. So it is unless something else is asked for.
    Power,
    /// The death of the process at any moment. A loss of power may undo the last commits, the newest first, until
    /// [`Durability::Power`] is asked for again: so that many commits wait for the disk together.
    Process,
}

/// An engine: opens a transaction, runs the body in it, and commits if the body says so.
pub trait Engine {
    /// Runs `body` in one transaction; commits if it returns `true`, else undoes everything. An engine may
    /// run the body again after a conflict, so nothing slow and nothing visible may happen inside it.
    fn transact(&self, mode: Mode, body: &mut dyn FnMut(&mut dyn Tx) -> bool) -> Result<()>;

    /// Runs `body` once, and makes the transactions in it parts of one: what the parts change is seen by others, and is on the
    /// disk, when this has returned `true`. Undoes all of them, and returns `false`, if `body` does.
    fn together(&self, parts: Parts, body: &mut dyn FnMut() -> bool) -> Result<bool>;

    /// Runs `body`. The transactions in it that read are parts of one, which costs less than many, and see the store as the first
    /// of them did; one that writes stands for itself, and those after it see what it changed.
    fn steadily(&self, body: &mut dyn FnMut()) -> Result<()>;

    /// Writes a consistent copy of the whole store into a file that is there, is empty, and gets its name when it is
    /// whole.
    fn backup(&self, to: &Path) -> Result<()>;

    /// Puts everything in a file of the same engine and schema in the place of everything here, at once for
    /// every process that has the store open.
    fn restore(&self, from: &Path) -> Result<()>;

    /// Whether anything was committed by this process, for whoever has to tell after the store was closed.
    fn committed(&self) -> Rc<Cell<bool>>;

    /// What commits of this process survive from now on. Asking for [`Durability::Power`] again waits for those before,
    /// and then they survive the same. Where the disk fails at that, nobody knows which of them do
    /// ([`StoreError::Unknown`]), and this process writes no more: what came after a gap would be lost with it.
    fn set_durability(&self, durability: Durability) -> Result<()>;

    /// Everything the engine can check by itself; each finding is a line for people.
    fn check(&self, thorough: bool) -> Result<Vec<String>>;

    /// Gives freed space back and leaves no old content behind in logs (security K10). What was committed before
    /// stands also where this fails.
    fn compact(&self) -> Result<()>;
}

/// [`Engine::transact`] with a result: an error undoes everything.
pub trait Transactions {
    fn read<T, E: From<StoreError>>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>;
    fn write<T, E: From<StoreError>>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>;
}

impl Transactions for dyn Engine + '_ {
    fn read<T, E: From<StoreError>>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, E>) -> Result<T, E> {
        run(self, Mode::Read, body)
    }

    fn write<T, E: From<StoreError>>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, E>) -> Result<T, E> {
        run(self, Mode::Write, body)
    }
}

fn run<T, E: From<StoreError>>(
    engine: &(dyn Engine + '_),
    mode: Mode,
    mut body: impl FnMut(&mut dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    let mut outcome = None;
    engine.transact(mode, &mut |tx| {
        let result = body(tx);
        let commit = result.is_ok();
        outcome = Some(result);
        commit
    })?;
    // An engine that never ran the body and yet reports success would be broken in itself.
    outcome.unwrap_or_else(|| Err(StoreError::Rows { changed: 0, expected: 1 }.into()))
}
