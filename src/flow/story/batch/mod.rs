//! What is done for many: each person is judged, then done in the order of the input, and a journal in the store says how it
//! ended for each, so that a batch that was interrupted goes on with the rest (domain.md, "Thousands at once").

mod find;
mod imported_rows;
mod in_turn;
mod journal;
mod judge;
mod order;
mod state;

pub use find::{CancelBatch, cancel, check_input, find, interrupted, list, of_id, rows, secrets, unfinished};
pub use imported_rows::ImportedRows;
pub use in_turn::{AtOnce, Turn, in_turn};
pub use journal::{Journal, NewBatch, Recorded};
pub use judge::{Judged, Named, Unplanned, judge};
pub use order::{Order, Work};
pub use state::resumable;

pub use crate::store::Parts;
