//! Batches and their journals.

use jiff::Timestamp;

use super::error::Result;
use crate::domain::batch::{Batch, Counts, Ended, Row, State};

/// Which rows of a journal are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf {
    All,
    /// Those that have not ended.
    Left,
}

pub trait Batches {
    /// Stores a new one, and says by which number its rows are found; that of `batch` does not count.
    fn insert_batch(&mut self, batch: &Batch) -> Result<u64>;
    fn batch_by_id(&mut self, id: &str) -> Result<Option<Batch>>;
    fn batch_by_name(&mut self, name: &str) -> Result<Option<Batch>>;
    /// Newest first, before that number; where a state is given, only those stored with it.
    fn batches(&mut self, state: Option<State>, before: Option<u64>, limit: u32) -> Result<Vec<Batch>>;
    /// Those that are neither done nor cancelled, newest first, before that number.
    fn unfinished_batches(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<Batch>>;
    /// Notes that the run of this number is at it, and where it stands; says whether that is still the last run.
    fn note_batch(&mut self, number: u64, run: u64, counts: Counts, at: Timestamp) -> Result<bool>;
    /// Gives it to another process, if no other was given it since this run; the run's number is the next then.
    fn take_batch_over(&mut self, number: u64, run: u64, worker: &str, at: Timestamp) -> Result<bool>;
    /// Ends a run, or the batch with it; says whether that is still the last run.
    fn end_batch(&mut self, number: u64, run: u64, state: State, at: Timestamp) -> Result<bool>;
    fn insert_batch_row(&mut self, number: u64, row: &Row) -> Result<()>;
    /// In their order, after that place.
    fn batch_rows(&mut self, number: u64, which: RowsOf, after: u64, limit: u32) -> Result<Vec<Row>>;
    /// Notes how a row ended that had not; one that had is an error.
    fn end_batch_row(&mut self, number: u64, place: u64, ended: &Ended) -> Result<()>;
    /// Adds a part of the secrets, which only their recipients can open.
    fn add_batch_secrets(&mut self, number: u64, sealed: &[u8]) -> Result<()>;
    /// The first part after that one, with its number.
    fn batch_secrets(&mut self, number: u64, after: u64) -> Result<Option<(u64, Vec<u8>)>>;
}
