//! Why a code did not come.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::code::Purpose;
use crate::domain::timeline::{Entry, What};
use crate::flow::Explanation;
use crate::guidance::{Program, timeline};
use crate::ui::{Column, Row, column, prose};

/// An explanation as shown.
#[derive(Serialize)]
pub(in crate::cli) struct ExplanationView {
    user: String,
    since: Timestamp,
    answer: AnswerView,
    pub(in crate::cli) timeline: Vec<StepView>,
}

/// The one answer.
#[derive(Serialize)]
struct AnswerView {
    cause: String,
    told: String,
    next: Option<String>,
}

/// A line of the timeline.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct StepView {
    at: Timestamp,
    what: What,
    cause: Option<String>,
    provider: Option<String>,
    code: Option<String>,
    purpose: Option<Purpose>,
    destination: Option<String>,
    told: String,
    next: Option<String>,
}

impl ExplanationView {
    pub(in crate::cli) fn of(found: Explanation, program: &Program) -> Self {
        let path = found.user.path();
        let next = |next: Option<String>| next.map(|next| program.name_in(&next));
        let step = |entry: Entry| StepView {
            told: timeline::describe(&entry),
            next: next(timeline::next(&entry, &path)),
            at: entry.at,
            what: entry.what,
            cause: entry.cause,
            provider: entry.words,
            code: entry.code,
            purpose: entry.purpose,
            destination: entry.destination,
        };
        let timeline::Answer { cause, text, next: helps } = found.answer;
        let answer = AnswerView { cause, told: text, next: next(helps) };
        let timeline = found.timeline.into_iter().map(step).collect();
        Self { user: path, since: found.since, answer, timeline }
    }
}

impl Row for ExplanationView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        prose("answer", |row| row.answer.told.clone()),
        prose("what to do", |row| row.answer.next.clone().unwrap_or_else(|| "nothing".to_owned())),
    ];
}

impl Row for StepView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("at", |row| moment(Some(row.at))),
        prose("what happened", |row| row.told.clone()),
        prose("what helps", |row| row.next.clone().unwrap_or_default()),
    ];
    const FIELDS: &'static [&'static str] =
        &["at", "what", "cause", "provider", "code", "purpose", "destination", "told", "next"];
}
