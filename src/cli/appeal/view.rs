//! Appeals: as whoever has the serial sees them, and as operators do.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::appeal::{Kind, State};
use crate::flow::appeal::{AppealView, Comparison, Examined, Listed};
use crate::ui::Row;

impl Row for AppealView {
    fn columns() -> &'static [&'static str] {
        &["serial", "kind", "state", "submitted", "decided", "next"]
    }

    fn prose() -> &'static [&'static str] {
        &["next"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.serial.clone(),
            self.kind.to_string(),
            self.state.to_string(),
            moment(Some(self.submitted_at)),
            moment(self.decided_at),
            self.next.clone(),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["serial", "kind", "state", "submitted_at", "decided_at", "expires_at", "next"]
    }
}

/// An appeal in the list of operators.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ListedView {
    serial: String,
    kind: Kind,
    state: State,
    /// Nobody for a name that nobody has.
    user: Option<String>,
    submitted_at: Timestamp,
    decided_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    remarks: Vec<String>,
}

impl From<Listed> for ListedView {
    fn from(listed: Listed) -> Self {
        let AppealView { serial, kind, state, submitted_at, decided_at, expires_at, .. } = listed.view;
        Self {
            serial,
            kind,
            state,
            user: listed.user.map(|user| user.path()),
            submitted_at,
            decided_at,
            expires_at,
            remarks: listed.remarks,
        }
    }
}

impl Row for ListedView {
    fn columns() -> &'static [&'static str] {
        &["serial", "user", "kind", "state", "submitted", "remarks"]
    }

    fn prose() -> &'static [&'static str] {
        &["remarks"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.serial.clone(),
            self.user.clone().unwrap_or_else(|| "nobody here".to_owned()),
            self.kind.to_string(),
            self.state.to_string(),
            moment(Some(self.submitted_at)),
            self.remarks.join("; "),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["serial", "kind", "state", "user", "submitted_at", "decided_at", "expires_at", "remarks"]
    }
}

/// One appeal as an operator sees it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ExaminedView {
    #[serde(flatten)]
    progress: AppealView,
    user: Option<String>,
    remarks: Vec<String>,
    approvals: Vec<ApprovalView>,
    approvals_needed: u32,
    /// `None` for support, and once they were purged.
    claims: Option<Vec<ComparisonRow>>,
}

#[derive(Debug, Serialize)]
struct ApprovalView {
    operator: String,
    at: Timestamp,
}

impl From<Examined> for ExaminedView {
    fn from(found: Examined) -> Self {
        Self {
            progress: found.view,
            user: found.user.map(|user| user.path()),
            remarks: found.remarks,
            approvals: found
                .approvals
                .into_iter()
                .map(|approval| ApprovalView { operator: approval.operator, at: approval.at })
                .collect(),
            approvals_needed: found.approvals_needed,
            claims: found.claims.map(|rows| rows.into_iter().map(ComparisonRow::from).collect()),
        }
    }
}

impl Row for ExaminedView {
    fn columns() -> &'static [&'static str] {
        &["serial", "user", "kind", "state", "submitted", "decided", "approvals", "remarks"]
    }

    fn cells(&self) -> Vec<String> {
        let by: Vec<&str> = self.approvals.iter().map(|approval| approval.operator.as_str()).collect();
        let count = format!("{} of {}", by.len(), self.approvals_needed);
        vec![
            self.progress.serial.clone(),
            self.user.clone().unwrap_or_else(|| "nobody here".to_owned()),
            self.progress.kind.to_string(),
            self.progress.state.to_string(),
            moment(Some(self.progress.submitted_at)),
            moment(self.progress.decided_at),
            if by.is_empty() { count } else { format!("{count}: {}", by.join(", ")) },
            self.remarks.join("; "),
        ]
    }
}

/// What was claimed, and what is on record.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ComparisonRow {
    group: Option<&'static str>,
    field: String,
    question: Option<&'static str>,
    claimed: Option<String>,
    on_record: Option<String>,
}

impl From<Comparison> for ComparisonRow {
    fn from(row: Comparison) -> Self {
        let Comparison { group, field, question, claimed, on_record } = row;
        Self { group, field, question, claimed, on_record }
    }
}

impl Row for ComparisonRow {
    fn columns() -> &'static [&'static str] {
        &["field", "claimed", "on record"]
    }

    fn prose() -> &'static [&'static str] {
        &["claimed", "on record"]
    }

    fn cells(&self) -> Vec<String> {
        let field = match self.group {
            Some(group) => format!("{group}.{}", self.field),
            None => self.field.clone(),
        };
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        vec![field, or_dash(&self.claimed), or_dash(&self.on_record)]
    }

    fn fields() -> &'static [&'static str] {
        &["group", "field", "question", "claimed", "on_record"]
    }
}
