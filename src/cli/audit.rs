//! `regain audit …`

use clap::{Args, Subcommand};
use serde::Serialize;

use super::context::{Context, Session};
use super::failure::Failure;
use super::input;
use super::views::EventView;
use crate::domain::event::Action;
use crate::flow::{self, Verified};
use crate::ui::Row;

/// Operation records.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the records, the newest first
    List(List),
    /// Prove that no record was changed, taken out or moved
    ///
    /// Recomputes the chain of keyed hashes from the first record to the last. It ends with 7 if the chain is
    /// broken, and names the first bad record.
    Verify,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain audit list --user acme/alice\n  \
                        regain audit list --action fpwdResetSuccess --limit 500 -o jsonl")]
pub(super) struct List {
    /// The most records to show
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Only those about this person or account
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only those with this trace name, such as fpwdResetSuccess
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
}

/// What `audit verify` found.
#[derive(Debug, Serialize)]
struct VerifiedView {
    ok: bool,
    events: u64,
    first_bad: Option<u64>,
    reason: Option<&'static str>,
    message: String,
}

impl From<&Verified> for VerifiedView {
    fn from(verified: &Verified) -> Self {
        let first_bad = verified.first_bad.as_ref();
        Self {
            ok: first_bad.is_none(),
            events: verified.events,
            first_bad: first_bad.map(|(at, _)| *at),
            reason: first_bad.map(|(_, what)| what.code()),
            message: match first_bad {
                None => format!("Every record is in order, {} so far.", verified.events),
                Some((at, what)) => format!("Record {at} is the first bad one: {what}."),
            },
        }
    }
}

impl Row for VerifiedView {
    fn columns() -> &'static [&'static str] {
        &["records in order", "result"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.events.to_string(), self.message.clone()]
    }
}

pub(super) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::List(arguments) => list(&arguments, &session),
        Command::Verify => verify(&session),
    }
}

fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let who = arguments.user.as_deref().map(input::who).transpose()?;
    let action = arguments.action.as_deref().map(action).transpose()?;
    let mut rows = session.context.printer.begin_list::<EventView>();
    flow::list_records(&session.operating(), who.as_ref(), action, arguments.limit, |event| {
        rows.row(&event.into()).map_err(Failure::from)
    })?;
    Ok(rows.finish("There is no such record.")?)
}

fn verify(session: &Session<'_>) -> Result<(), Failure> {
    let verified = flow::verify_records(&session.operating())?;
    session.context.printer.one(&VerifiedView::from(&verified))?;
    match verified.first_bad {
        None => Ok(()),
        Some((at, what)) => Err(Failure::Records { at, what }),
    }
}

/// A trace name, whatever its case.
fn action(text: &str) -> Result<Action, Failure> {
    let known = Action::ALL.iter().find(|action| action.as_str().eq_ignore_ascii_case(text));
    known.copied().ok_or_else(|| {
        let names: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        Failure::usage_with("there is no such trace name", format!("one of {}", names.join(", ")))
    })
}
