//! People whom a file brings in: what is asked for, what one record says, and what becomes of them.

mod entry;
mod options;

pub use entry::{Bearer, Entry, RecordError};
pub use options::{First, ImportOptions, Key, OnConflict, Outcome, Skipped};
