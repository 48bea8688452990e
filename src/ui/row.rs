//! What can be shown, and in which columns.

use serde::Serialize;

/// A column of a table: its heading, and what stands beneath it for people, which is escaped when shown, not here.
pub struct Column<R> {
    pub(super) heading: &'static str,
    cell: fn(&R) -> String,
    pub(super) prose: bool,
    /// From 1 on: left out where a terminal is narrow, the least first.
    pub(super) spare: u8,
    /// What stands there in a list that is too wide otherwise.
    brief: Option<fn(&R) -> String>,
}

/// A column that stays whole where a terminal is narrow, so that it can be copied.
pub const fn column<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: false, spare: 0, brief: None }
}

/// A column that may be broken between words where a terminal is narrow.
pub const fn prose<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: true, spare: 0, brief: None }
}

/// A column that is left out of a list where a terminal is too narrow for all of them, those with the lowest number
/// first.
pub const fn spare<R>(number: u8, heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: false, spare: number, brief: None }
}

impl<R> Column<R> {
    /// That is left out of a list where a terminal is too narrow for it broken between words, too: see `spare`.
    #[must_use]
    pub const fn or_left_out(self, number: u8) -> Self {
        Self { spare: number, ..self }
    }

    /// With fewer words for a list on a narrow terminal.
    #[must_use]
    pub const fn or_briefly(self, cell: fn(&R) -> String) -> Self {
        Self { brief: Some(cell), ..self }
    }
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

/// In fewer words, where any column has some.
pub(super) fn brief_cells_of<R: Row>(row: &R) -> Option<Vec<String>> {
    let briefly = |column: &Column<R>| column.brief.unwrap_or(column.cell)(row);
    R::COLUMNS.iter().any(|column| column.brief.is_some()).then(|| R::COLUMNS.iter().map(briefly).collect())
}
