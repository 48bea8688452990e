//! `regain appeal show` and `regain appeal list`.

use clap::Args;

use super::view::{ExaminedView, ListedView, named_appeal};
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Role;
use crate::domain::appeal::State;
use crate::flow::appeal;
use crate::ui::Format;

/// Show the status of an appeal
///
/// Anyone who has the serial number sees the status and what to do next. Operators also see whom the appeal is for and
/// the reason for the decision. Administrators also see what was claimed, compared with what is on record. Each use by
/// an operator is recorded.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain appeal show apl-bdfgh-jkmnp-qrstv")]
pub(in crate::cli) struct Show {
    /// The serial number of the appeal
    #[arg(value_name = "SERIAL", value_parser = input::id())]
    serial: String,
}

/// List appeals, newest first (operators)
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain appeal list --state submitted")]
pub(in crate::cli) struct List {
    /// Show only appeals in this state
    #[arg(long, value_name = "STATE", value_parser = input::words::<State>(State::WORDS))]
    state: Option<State>,
    /// Show at most N rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

pub(super) fn show(arguments: &Show, session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    if session.actor.role == Role::Stranger {
        let view = appeal::show(&session.oneself(), &arguments.serial)?;
        return Ok(printer.one(&named_appeal(view, &printer.program()))?);
    }
    let found = appeal::examine(&session.operating(), &arguments.serial)?;
    let compared = found.claims.clone().unwrap_or_default();
    printer.one(&ExaminedView::of(found, &printer.program()))?;
    if printer.format() == Format::Table && !compared.is_empty() {
        printer.text("\n")?;
        printer.list(compared, "")?;
    }
    Ok(())
}

pub(super) fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let program = printer.program();
    let (found, more) = appeal::list(&session.operating(), arguments.state, arguments.limit)?;
    printer.list(found.into_iter().map(|listed| ListedView::of(listed, &program)), "There is no appeal.")?;
    if more {
        printer.note("There are more; --state and --limit choose.");
    }
    Ok(())
}
