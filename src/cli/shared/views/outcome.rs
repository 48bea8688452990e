//! What became of one of several: a row of the report of `admin-reset` and of commands for several users.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::UserView;
use crate::cli::shared::Failure;
use crate::domain::batch;
use crate::domain::time::in_seconds;
use crate::flow::batch::Unplanned;
use crate::guidance::{Program, notes};
use crate::ui::{Column, Row, column, escape, prose};

/// How it ended for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Outcome {
    #[default]
    Done,
    WouldDo,
    Created,
    WouldCreate,
    Updated,
    WouldUpdate,
    /// It is so already.
    Unchanged,
    Skipped,
    Failed,
    /// The disk failed while it was committed.
    Unknown,
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WouldDo => "would do",
            Self::Created => "created",
            Self::WouldCreate => "would create",
            Self::Updated => "updated",
            Self::WouldUpdate => "would update",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether anything changed, where that is known.
    fn changed(self) -> Option<bool> {
        match self {
            Self::Done | Self::Created | Self::Updated => Some(true),
            Self::WouldDo
            | Self::WouldCreate
            | Self::WouldUpdate
            | Self::Unchanged
            | Self::Skipped
            | Self::Failed => Some(false),
            Self::Unknown => None,
        }
    }
}

/// A cell; nothing is an empty one.
pub(in crate::cli) fn yes_or_no(value: Option<bool>) -> String {
    value.map(|value| if value { "yes" } else { "no" }.to_owned()).unwrap_or_default()
}

/// A row as shown.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::cli) struct OutcomeView {
    /// The line of the file, or the place on the command line, from 1 on.
    pub(in crate::cli) row: u64,
    /// Nobody where what was written cannot be a person.
    pub(in crate::cli) user: Option<String>,
    /// What was written there, where that cannot be a person.
    pub(in crate::cli) text: Option<String>,
    pub(in crate::cli) outcome: Outcome,
    /// Whether anything changed; nobody knows where the outcome is unknown.
    pub(in crate::cli) changed: Option<bool>,
    /// A stable code of why it failed or was skipped.
    pub(in crate::cli) reason: Option<String>,
    /// Why it failed or was skipped, for people.
    pub(in crate::cli) message: Option<String>,
    pub(in crate::cli) must_change: Option<bool>,
    #[serde(serialize_with = "in_seconds")]
    pub(in crate::cli) expires_at: Option<Timestamp>,
    /// What happens to this person, a sentence each.
    pub(in crate::cli) effects: Vec<String>,
    /// Only tried, which no row of a run says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::cli) dry_run: bool,
    /// The part of it that people should know in a table.
    #[serde(skip)]
    pub(in crate::cli) remarks: Vec<String>,
    /// What to do about it, where it failed.
    #[serde(skip)]
    pub(in crate::cli) hint: Option<String>,
}

impl OutcomeView {
    pub(in crate::cli) fn new(outcome: Outcome) -> Self {
        Self { outcome, changed: outcome.changed(), ..Self::default() }
    }

    pub(in crate::cli) fn is_failure(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::Unknown)
    }

    /// As wide as any row of a list.
    pub(in crate::cli) fn widest(row: u64, user: &str) -> Self {
        Self { row, user: Some(user.to_owned()), ..Self::new(Outcome::Unchanged) }
    }

    /// Somebody for whom it was done.
    pub(in crate::cli) fn done() -> Self {
        Self::new(Outcome::Done)
    }

    /// Somebody for whom it would be, and what that is: nothing else tells it before it is done (security O3).
    pub(in crate::cli) fn would_do(effects: Vec<String>) -> Self {
        Self { remarks: effects.clone(), effects, ..Self::new(Outcome::WouldDo) }
    }

    /// Somebody for whom nothing is to be done, and how it is with them.
    pub(in crate::cli) fn unchanged(effects: Vec<String>) -> Self {
        Self { remarks: effects.clone(), effects, ..Self::new(Outcome::Unchanged) }
    }

    /// Somebody who is left as they are, and why.
    pub(in crate::cli) fn skipped(reason: &str, message: &str) -> Self {
        let (reason, message) = (Some(reason.to_owned()), Some(message.to_owned()));
        Self { reason, message, ..Self::new(Outcome::Skipped) }
    }

    /// With what to do about it behind why it failed.
    pub(in crate::cli) fn with_hint(self) -> Self {
        let hint = self.hint.as_deref();
        let message = self.message.map(|message| match hint {
            Some(hint) => format!("{message}; {hint}"),
            None => message,
        });
        Self { message, hint: None, ..self }
    }

    /// Somebody for whom it was not done, for this reason.
    fn because(outcome: Outcome, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), message: Some(message.into()), ..Self::new(outcome) }
    }

    /// Somebody for whom it failed, or of whom nobody knows.
    pub(in crate::cli) fn failed(failure: &Failure) -> Self {
        let outcome = if failure.leaves_unknown() { Outcome::Unknown } else { Outcome::Failed };
        let hint = failure.hints().into_iter().next();
        Self { hint, ..Self::because(outcome, failure.reason(), failure.report().message) }
    }

    /// Somebody for whom it failed in an earlier run.
    pub(in crate::cli) fn failed_before(user: Option<String>, reason: &str) -> Self {
        Self { user, ..Self::because(Outcome::Failed, reason, notes::failed_before(reason)) }
    }

    /// Somebody who was left as they were because of others.
    pub(in crate::cli) fn left_alone(why: &str) -> Self {
        Self::because(Outcome::Skipped, "others_failed", why)
    }

    /// The row of what was written so, for which nothing was planned.
    pub(in crate::cli) fn unplanned(why: Unplanned, user: &str) -> Self {
        let view = match why {
            Unplanned::Duplicate(first) => {
                Self::because(Outcome::Skipped, "duplicate", format!("the same person as in row {first}"))
            }
            Unplanned::Malformed(error) => {
                let text = Some(escape::visible(user).into_owned());
                return Self { text, ..Self::because(Outcome::Failed, "malformed", error.to_string()) };
            }
            Unplanned::Failed(error) => Self::failed(&Failure::from(error)),
        };
        // Of a row that could not be read, nobody may know whom it was about.
        Self { user: Some(user.to_owned()).filter(|user| !user.is_empty()), ..view }
    }

    /// How it ended, as a journal keeps it.
    pub(in crate::cli) fn recorded(&self) -> batch::Outcome {
        match self.outcome {
            Outcome::Done | Outcome::WouldDo => batch::Outcome::Done,
            Outcome::Created | Outcome::WouldCreate => batch::Outcome::Created,
            Outcome::Updated | Outcome::WouldUpdate => batch::Outcome::Updated,
            Outcome::Unchanged => batch::Outcome::Unchanged,
            Outcome::Skipped => batch::Outcome::Skipped,
            Outcome::Failed => batch::Outcome::Failed,
            Outcome::Unknown => batch::Outcome::Unknown,
        }
    }

    /// With the commands in it as they work here.
    pub(in crate::cli) fn named(self, program: &Program) -> Self {
        Self {
            message: self.message.map(|message| program.name_in(&message)),
            hint: self.hint.map(|hint| program.name_in(&hint)),
            effects: program.name_in_all(&self.effects),
            remarks: program.name_in_all(&self.remarks),
            ..self
        }
    }

    /// Who it is, or what was written in their place.
    pub(in crate::cli) fn person(&self) -> String {
        self.user.clone().or_else(|| self.text.clone()).unwrap_or_default()
    }

    fn remark(&self) -> String {
        self.message.clone().unwrap_or_else(|| self.remarks.join("; "))
    }
}

impl Row for OutcomeView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("row", |row| row.row.to_string()),
        column("user", Self::person),
        column("outcome", |row| row.outcome.words().to_owned()),
        column("must change", |row| yes_or_no(row.must_change)),
        prose("remarks", Self::remark),
    ];
    const FIELDS: &'static [&'static str] = &[
        "row",
        "user",
        "text",
        "outcome",
        "changed",
        "reason",
        "message",
        "must_change",
        "expires_at",
        "effects",
    ];
}

/// A row of a change that touches no password, and so says nothing of one.
#[derive(Debug)]
pub(in crate::cli) struct ChangeView(OutcomeView);

impl ChangeView {
    pub(in crate::cli) fn row(&self) -> String {
        self.0.row.to_string()
    }

    pub(in crate::cli) fn person(&self) -> String {
        self.0.person()
    }

    pub(in crate::cli) fn outcome(&self) -> String {
        self.0.outcome.words().to_owned()
    }

    pub(in crate::cli) fn remark(&self) -> String {
        self.0.remark()
    }
}

impl From<OutcomeView> for ChangeView {
    fn from(view: OutcomeView) -> Self {
        Self(view)
    }
}

impl Serialize for ChangeView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OutcomeView { row, user, text, outcome, changed, reason, message, effects, dry_run, .. } =
            &self.0;
        let mut fields = serializer.serialize_struct("ChangeView", Self::FIELDS.len())?;
        fields.serialize_field("row", row)?;
        fields.serialize_field("user", user)?;
        fields.serialize_field("text", text)?;
        fields.serialize_field("outcome", outcome)?;
        fields.serialize_field("changed", changed)?;
        fields.serialize_field("reason", reason)?;
        fields.serialize_field("message", message)?;
        fields.serialize_field("effects", effects)?;
        if *dry_run {
            fields.serialize_field("dry_run", dry_run)?;
        }
        fields.end()
    }
}

impl Row for ChangeView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("row", Self::row),
        column("user", Self::person),
        column("outcome", Self::outcome),
        prose("remarks", Self::remark),
    ];
    const FIELDS: &'static [&'static str] =
        &["row", "user", "text", "outcome", "changed", "reason", "message", "effects"];
}

/// What became of one person alone: the user, with what a row of several says. `changed` comes from the printer.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct AloneView {
    #[serde(flatten)]
    person: UserView,
    row: u64,
    user: Option<String>,
    outcome: Outcome,
    reason: Option<String>,
    message: Option<String>,
    effects: Vec<String>,
    #[serde(skip)]
    remarks: Vec<String>,
}

impl AloneView {
    /// The person as they are now, or would be.
    pub(in crate::cli) fn of(person: UserView, outcome: OutcomeView) -> Self {
        let OutcomeView { user, outcome, reason, message, effects, remarks, .. } = outcome;
        Self { person, row: 1, user, outcome, reason, message, effects, remarks }
    }

    pub(in crate::cli) fn user(&self) -> String {
        self.user.clone().unwrap_or_default()
    }

    pub(in crate::cli) fn outcome(&self) -> &'static str {
        self.outcome.words()
    }

    pub(in crate::cli) fn remarks(&self) -> String {
        self.remarks.join("; ")
    }
}

impl Row for AloneView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", Self::user),
        column("outcome", |row| row.outcome().to_owned()),
        prose("remarks", Self::remarks),
    ];
}
