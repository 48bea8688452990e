//! `regain codes explain`: why a code did not come

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::time::in_seconds;
use crate::domain::timeline::Entry;
use crate::flow::{Explanation, explain_codes};
use crate::guidance::Program;
use crate::guidance::timeline::{self, Answer};
use crate::ui::{Column, Format, Row, column, prose};

/// Explain why a code did not arrive, with a timeline from the records
///
/// Shows what was requested and when, the CAPTCHA, what was withheld and why, each delivery attempt with the provider's
/// answer, what was entered, and how it ended. Contacts are masked, and codes are never shown. Each use is recorded.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain codes explain acme/alice\n  \
                        regain codes explain acme/alice --since 7d -o json")]
pub(in crate::cli) struct Explain {
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER")]
    user: String,
    /// Start at a date (2026-11-30), a time (2026-11-30T18:00:00Z) or an age (7d)
    #[arg(long, value_name = "WHEN", default_value = "24h")]
    since: String,
}

/// An explanation as shown.
#[derive(Serialize)]
struct ExplanationView {
    user: String,
    #[serde(serialize_with = "in_seconds")]
    since: Timestamp,
    answer: Answer,
    timeline: Vec<StepView>,
}

/// A line of the timeline.
#[derive(Debug, Serialize)]
struct StepView {
    #[serde(flatten)]
    entry: Entry,
    told: String,
    next: Option<String>,
}

impl ExplanationView {
    fn of(found: Explanation, program: &Program) -> Self {
        let path = found.user.path();
        let next = |next: Option<String>| next.map(|next| program.name_in(&next));
        let helps: Vec<Option<String>> = timeline::next_of_each(&found.timeline, &path).map(next).collect();
        let step = |(entry, next): (Entry, Option<String>)| StepView {
            told: timeline::describe(&entry),
            next,
            entry,
        };
        let answer = Answer { next: next(found.answer.next), ..found.answer };
        let timeline = found.timeline.into_iter().zip(helps).map(step).collect();
        Self { user: path, since: found.since, answer, timeline }
    }
}

impl Row for ExplanationView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        prose("answer", |row| row.answer.text.clone()),
        prose("what to do", |row| row.answer.next.clone().unwrap_or_else(|| "nothing".to_owned())),
    ];
}

impl Row for StepView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("at", |row| moment(Some(row.entry.at))),
        prose("what happened", |row| row.told.clone()),
        prose("what helps", |row| row.next.clone().unwrap_or_default()),
    ];
    const FIELDS: &'static [&'static str] = &[
        "at",
        "what",
        "cause",
        "provider",
        "about",
        "code",
        "purpose",
        "destination",
        "from",
        "told",
        "next",
    ];
}

pub(super) fn run(arguments: &Explain, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let since = input::moment(&arguments.since, "--since", env.clock.now())?;
    let found = explain_codes(&env, &input::who(&env, &arguments.user)?, since)?;
    let mut view = ExplanationView::of(found, &printer.program());
    match printer.format() {
        // A spreadsheet takes lines of one kind.
        Format::Csv => return Ok(printer.list(view.timeline, "")?),
        Format::Json | Format::Jsonl => return Ok(printer.one(&view)?),
        Format::Table => {}
    }
    let timeline = std::mem::take(&mut view.timeline);
    if !timeline.is_empty() {
        printer.list(timeline, "")?;
        printer.text("\n")?;
    }
    // Last, where it is seen however long the timeline is.
    Ok(printer.one(&view)?)
}
