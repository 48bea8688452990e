//! What can be shown, and in which columns.

use serde::Serialize;

/// A column of a table: its heading, and what stands beneath it for people, which is escaped when shown, not here.
pub struct Column<R> {
    pub(super) heading: &'static str,
    cell: fn(&R) -> String,
    pub(super) prose: bool,
}

/// A column that stays whole where a terminal is narrow, so that it can be copied.
pub const fn column<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: false }
}

/// A column that may be broken between words where a terminal is narrow.
pub const fn prose<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: true }
}

/// One thing that can be shown. Its JSON and CSV come from `Serialize` (so no `skip_serializing_if`: a missing
/// value is null, never absent), its table from its columns.
pub trait Row: Serialize + Sized + 'static {
    const COLUMNS: &'static [Column<Self>];

    /// The names of the serialized fields, for the CSV header of an empty list, which has no row to tell them.
    const FIELDS: &'static [&'static str] = &[];
}

pub(super) fn headings<R: Row>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|column| column.heading).collect()
}

pub(super) fn cells_of<R: Row>(row: &R) -> Vec<String> {
    R::COLUMNS.iter().map(|column| (column.cell)(row)).collect()
}
