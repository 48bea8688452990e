//! A policy: flat for programs, a field a line for people.

use serde::Serialize;

use crate::domain::policy::{FieldRow, FieldTable};
use crate::ui::Row;

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
    fn columns() -> &'static [&'static str] {
        &["field", "value", "range", "what it is"]
    }

    fn prose() -> &'static [&'static str] {
        &["range", "what it is"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.field.to_owned(), self.value.clone(), self.range.clone(), self.what.to_owned()]
    }
}

/// Policies as one JSON object, with the fields of domain.md.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(in crate::cli) struct Flat<P>(pub(in crate::cli) P);

impl<P: Serialize> Row for Flat<P> {
    fn columns() -> &'static [&'static str] {
        &[]
    }

    fn cells(&self) -> Vec<String> {
        Vec::new()
    }
}
