//! A policy: flat for programs, a field a line for people.

use serde::Serialize;

use crate::domain::policy::{FieldRow, FieldTable};
use crate::ui::{Column, Row, column, prose};

/// One field of a policy, for tables and CSV.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct FieldView {
    policy: &'static str,
    field: &'static str,
    value: String,
    range: String,
    what: &'static str,
}

impl FieldView {
    pub(in crate::cli) fn all<P: FieldTable>(group: &'static str, policy: &P) -> Vec<Self> {
        let view = |row: FieldRow| Self {
            policy: group,
            field: row.name,
            value: row.value,
            range: row.range,
            what: row.help,
        };
        policy.fields().into_iter().map(view).collect()
    }
}

impl Row for FieldView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("field", |row| row.field.to_owned()),
        column("value", |row| row.value.clone()),
        prose("range", |row| row.range.clone()),
        prose("what it is", |row| row.what.to_owned()),
    ];
}

/// Policies as one JSON object, with the fields of domain.md.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(in crate::cli) struct Flat<P>(pub(in crate::cli) P);

impl<P: Serialize + 'static> Row for Flat<P> {
    const COLUMNS: &'static [Column<Self>] = &[];
}
