//! A batch, and a row of its journal, as shown.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::batch::{Batch, Row as JournalRow, State};
use crate::domain::time::in_seconds;
use crate::ui::{Column, Row, column, prose, spare};

/// A batch.
#[derive(Debug, Serialize)]
pub(super) struct BatchView {
    id: String,
    name: Option<String>,
    command: String,
    state: State,
    rows: u64,
    done: u64,
    unchanged: u64,
    skipped: u64,
    failed: u64,
    left: u64,
    operator: String,
    #[serde(serialize_with = "in_seconds")]
    started_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    ended_at: Option<Timestamp>,
}

impl From<Batch> for BatchView {
    fn from(batch: Batch) -> Self {
        let counts = batch.counts;
        Self {
            id: batch.id,
            name: batch.name,
            command: batch.command,
            state: batch.state,
            rows: counts.rows,
            done: counts.done,
            unchanged: counts.unchanged,
            skipped: counts.skipped,
            failed: counts.failed,
            left: counts.left(),
            operator: batch.operator,
            started_at: Some(batch.started_at),
            ended_at: batch.ended_at,
        }
    }
}

impl Row for BatchView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("batch", |row| row.name.as_ref().unwrap_or(&row.id).clone()),
        column("command", |row| row.command.clone()),
        column("state", |row| row.state.to_string()),
        spare(2, "done", |row| row.done.to_string()),
        column("failed", |row| row.failed.to_string()),
        column("left", |row| row.left.to_string()),
        spare(4, "rows", |row| row.rows.to_string()),
        spare(1, "operator", |row| row.operator.clone()),
        spare(3, "started", |row| {
            row.started_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
        }),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "command",
        "state",
        "rows",
        "done",
        "unchanged",
        "skipped",
        "failed",
        "left",
        "operator",
        "started_at",
        "ended_at",
    ];
}

/// A row of a journal; one that has not ended has no outcome.
#[derive(Debug, Serialize)]
pub(super) struct RowView {
    row: u64,
    user: Option<String>,
    outcome: Option<&'static str>,
    reason: Option<String>,
}

impl From<JournalRow> for RowView {
    fn from(row: JournalRow) -> Self {
        let (outcome, reason) = match row.ended {
            Some(ended) => (Some(ended.outcome.as_str()), ended.reason),
            None => (None, None),
        };
        Self { row: row.row, user: row.person.map(|person| person.path), outcome, reason }
    }
}

impl Row for RowView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("row", |row| row.row.to_string()),
        column("user", |row| row.user.clone().unwrap_or_default()),
        column("outcome", |row| row.outcome.unwrap_or("left").to_owned()),
        prose("reason", |row| row.reason.as_deref().unwrap_or_default().replace('_', " ")),
    ];
    const FIELDS: &'static [&'static str] = &["row", "user", "outcome", "reason"];
}
