//! Appeals: as whoever has the serial sees them, and as operators do.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::appeal::{Approval, Kind, State};
use crate::domain::time::in_seconds;
use crate::flow::appeal::{AppealView, Comparison, Examined, Listed};
use crate::guidance::Program;
use crate::ui::{Column, Row, column, prose};

/// With the commands in it as they work here.
pub(in crate::cli) fn named_appeal(view: AppealView, program: &Program) -> AppealView {
    AppealView { next: program.name_in(&view.next), ..view }
}

impl Row for AppealView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial", |row| row.serial.clone()),
        column("kind", |row| row.kind.to_string()),
        column("state", |row| row.state.to_string()),
        column("submitted", |row| moment(Some(row.submitted_at))),
        column("decided", |row| row.decided_at.map_or_else(|| "not yet".to_owned(), |at| moment(Some(at)))),
        prose("next", |row| row.next.clone()),
    ];
    const FIELDS: &'static [&'static str] =
        &["serial", "kind", "state", "submitted_at", "decided_at", "expires_at", "next"];
}

/// An appeal in the list of operators.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ListedView {
    serial: String,
    kind: Kind,
    state: State,
    /// Nobody for a name that nobody has.
    user: Option<String>,
    #[serde(serialize_with = "in_seconds")]
    submitted_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    decided_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    expires_at: Option<Timestamp>,
    remarks: Vec<String>,
}

impl ListedView {
    pub(in crate::cli) fn of(listed: Listed, program: &Program) -> Self {
        let AppealView { serial, kind, state, submitted_at, decided_at, expires_at, .. } = listed.view;
        Self {
            serial,
            kind,
            state,
            user: listed.user.map(|user| user.path()),
            submitted_at,
            decided_at,
            expires_at,
            remarks: program.name_in_all(&listed.remarks),
        }
    }
}

impl Row for ListedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial", |row| row.serial.clone()),
        column("user", |row| row.user.clone().unwrap_or_else(|| "nobody here".to_owned())),
        column("kind", |row| row.kind.to_string()),
        column("state", |row| row.state.to_string()),
        column("submitted", |row| moment(Some(row.submitted_at))),
        prose("remarks", |row| row.remarks.join("; ")),
    ];
    const FIELDS: &'static [&'static str] =
        &["serial", "kind", "state", "user", "submitted_at", "decided_at", "expires_at", "remarks"];
}

/// One appeal as an operator sees it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ExaminedView {
    #[serde(flatten)]
    progress: AppealView,
    user: Option<String>,
    decision_reason: Option<String>,
    remarks: Vec<String>,
    approvals: Vec<Approval>,
    approvals_needed: u32,
    /// `None` for support, and once they were purged.
    claims: Option<Vec<Comparison>>,
}

impl ExaminedView {
    pub(in crate::cli) fn of(found: Examined, program: &Program) -> Self {
        Self {
            progress: named_appeal(found.view, program),
            user: found.user.map(|user| user.path()),
            decision_reason: found.decision_reason,
            remarks: program.name_in_all(&found.remarks),
            approvals: found.approvals,
            approvals_needed: found.approvals_needed,
            claims: found.claims,
        }
    }

    fn reason(&self) -> String {
        let none = if self.progress.decided_at.is_some() { "none was given" } else { "not decided yet" };
        self.decision_reason.clone().unwrap_or_else(|| none.to_owned())
    }

    fn approvals(&self) -> String {
        let by: Vec<&str> = self.approvals.iter().map(|approval| approval.operator.as_str()).collect();
        let count = format!("{} of {}", by.len(), self.approvals_needed);
        if by.is_empty() { count } else { format!("{count}: {}", by.join(", ")) }
    }
}

impl Row for ExaminedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial", |row| row.progress.serial.clone()),
        column("user", |row| row.user.clone().unwrap_or_else(|| "nobody here".to_owned())),
        column("kind", |row| row.progress.kind.to_string()),
        column("state", |row| row.progress.state.to_string()),
        column("submitted", |row| moment(Some(row.progress.submitted_at))),
        column("decided", |row| moment(row.progress.decided_at)),
        column("approvals", Self::approvals),
        column("reason", Self::reason),
        column("remarks", |row| row.remarks.join("; ")),
        column("next", |row| row.progress.next.clone()),
    ];
}

impl Row for Comparison {
    const COLUMNS: &'static [Column<Self>] = &[
        column("field", |row| {
            row.group.map_or_else(|| row.field.clone(), |group| format!("{group}.{}", row.field))
        }),
        prose("claimed", |row| row.claimed.clone().unwrap_or_else(|| "-".to_owned())),
        prose("on record", |row| row.on_record.clone().unwrap_or_else(|| "-".to_owned())),
    ];
}
