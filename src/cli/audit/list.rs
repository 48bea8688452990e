//! `regain audit list`

use std::str::FromStr;

use clap::Args;

use crate::cli::shared::{Failure, Session, input};
use crate::domain::Action;
use crate::domain::event::{Event, Outcome};
use crate::flow::{self, RecordQuery};
use crate::guidance::notes;
use crate::ui::{Column, Row, column, prose, spare};

/// List operation records, newest first
///
/// A record must match all filters. WHEN is a date (2026-11-30), a time (2026-11-30T18:00:00Z, or as shown in the list)
/// or an age (24h, 90d).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain audit list --user acme/alice\n  \
                        regain audit list --outcome refused --since 24h\n  \
                        regain audit list --operator ops --since 2026-11-01 --until 2026-12-01\n  \
                        regain audit list --action fpwdResetSuccess --limit 500 -o jsonl")]
pub(in crate::cli) struct List {
    /// Show at most N rows
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Show only records about this user or account
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Show only records with this trace name, such as fpwdResetSuccess
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Show only what this operator did; NAME is their user name on this machine
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Show only records with this outcome
    #[arg(long, value_name = "OUTCOME", value_parser = ["success", "failure", "refused", "attempted"])]
    outcome: Option<String>,
    /// Show only records from this time on
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Show only records before this time
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

/// What the operator gave as the reason, and the code of a failure where there is one.
fn why(event: &Event) -> String {
    match (&event.reason, &event.code) {
        (Some(reason), Some(code)) if reason != code => format!("{reason} ({})", code.replace('_', " ")),
        (Some(reason), Some(_)) => reason.replace('_', " "),
        (Some(text), None) => text.clone(),
        (None, code) => code.as_deref().unwrap_or_default().replace('_', " "),
    }
}

impl Row for Event {
    const COLUMNS: &'static [Column<Self>] = &[
        column("seq", |row| row.seq.to_string()),
        // To the second: several records come in one minute.
        column("at", |row: &Self| row.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
            .or_briefly(|row: &Self| row.at.strftime("%m-%d %H:%M:%SZ").to_string()),
        column("action", |row| row.action.clone()),
        column("outcome", |row| row.outcome.clone()),
        spare(3, "who", |row| row.actor.clone()),
        column("target", |row| row.target.clone().unwrap_or_default()),
        prose("reason", why).or_left_out(2),
        spare(1, "ticket", |row| row.ticket.clone().unwrap_or_default()),
    ];
    const FIELDS: &'static [&'static str] = &[
        "seq",
        "at",
        "action",
        "rating",
        "outcome",
        "reason",
        "code",
        "actor",
        "operator",
        "host",
        "process",
        "target",
        "target_id",
        "detail",
        "ticket",
        "key_id",
        "hash",
    ];
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let who = arguments.user.as_deref().map(|text| input::who(&env, text)).transpose()?;
    let moment = |text: &Option<String>, option| {
        text.as_deref().map(|text| input::moment(text, option, env.clock.now())).transpose()
    };
    let (since, until) = (moment(&arguments.since, "--since")?, moment(&arguments.until, "--until")?);
    if since.zip(until).is_some_and(|(since, until)| until <= since) {
        return Err(Failure::usage("--until must be later than --since"));
    }
    let query = RecordQuery {
        who: who.as_ref(),
        action: arguments.action.as_deref().map(action).transpose()?,
        outcome: arguments.outcome.as_deref().and_then(|word| Outcome::from_str(word).ok()),
        operator: arguments.operator.as_deref(),
        since,
        until,
        limit: arguments.limit,
    };
    let mut rows = session.context.printer.begin_list::<Event>();
    flow::list_records(&env, &query, |event| rows.row(&event).map_err(Failure::from))?;
    rows.finish("There is no such record.")?;
    if query.action == Some(Action::Logout) {
        session.context.printer.note(notes::SESSIONS);
    }
    Ok(())
}

/// A trace name, whatever its case.
fn action(text: &str) -> Result<Action, Failure> {
    let known = Action::ALL.iter().find(|action| action.as_str().eq_ignore_ascii_case(text));
    known.copied().ok_or_else(|| {
        let names: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        Failure::usage_with("there is no such trace name", format!("one of {}", names.join(", ")))
    })
}
