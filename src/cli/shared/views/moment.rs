//! Moments in cells.

use jiff::Timestamp;

use crate::domain::time::for_people;

/// A moment in a cell; nothing is an empty cell.
pub(in crate::cli) fn moment(at: Option<Timestamp>) -> String {
    at.map(for_people).unwrap_or_default()
}
