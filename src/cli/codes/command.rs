//! `regain codes …`: what was sent, to whom (masked), what became of it. Never a code.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::explanation::ExplanationView;
use crate::cli::shared::runner;
use crate::cli::shared::views::CodeView;
use crate::cli::shared::{Context, Failure, Session, input};
use crate::flow::{Resend, RevokeCodes, explain_codes, list_codes};
use crate::ui::{Format, Row};

/// Verification codes: what was sent, to whom, what became of it. Never the codes themselves.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// List the latest codes, of one person or of all
    List(List),
    Explain(Explain),
    /// Send a new code in place of one that did not arrive
    Resend(Resending),
    /// End the live codes of one person, or of everybody
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The person
    #[arg(value_name = "USER")]
    user: Option<String>,
}

/// Tell why a code did not come: one timeline from the records, and the answer
///
/// What was asked for and when, the CAPTCHA, what was kept back and why, each try to hand a code over with the
/// provider's words, what was entered, and how it ended. Contacts are masked, and no code is shown. Each look is
/// recorded.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain codes explain acme/alice\n  \
                        regain codes explain acme/alice --since 7d -o json")]
pub(in crate::cli) struct Explain {
    /// The person: acme/alice, acme/alice@example.com, acme, alice@example.com, +4915112345678
    #[arg(value_name = "USER")]
    user: String,
    /// From this moment on: 2026-11-21T18:00:00Z, or a span such as 7d
    #[arg(long, value_name = "WHEN", default_value = "24h")]
    since: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Resending {
    /// The code that did not arrive, as listed
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("whose").required(true)))]
pub(in crate::cli) struct Revoke {
    /// The person
    #[arg(value_name = "USER", group = "whose")]
    user: Option<String>,
    /// Of everybody
    #[arg(long, group = "whose")]
    all: bool,
}

#[derive(Debug, Serialize)]
struct Revoked {
    revoked: u64,
}

impl Row for Revoked {
    fn columns() -> &'static [&'static str] {
        &["revoked"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.revoked.to_string()]
    }
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::List(arguments) => list(&arguments, &session),
        Command::Explain(arguments) => explain(&arguments, &session),
        Command::Resend(arguments) => resend(&arguments, &session),
        Command::Revoke(arguments) => revoke(&arguments, &session),
    }
}

fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let who = arguments.user.as_deref().map(input::who).transpose()?;
    let codes = list_codes(&session.operating(), who.as_ref())?;
    Ok(session.context.printer.list(codes.into_iter().map(CodeView::from), "No code was asked for.")?)
}

fn explain(arguments: &Explain, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let since = input::moment(&arguments.since, "--since", env.clock.now())?;
    let view = ExplanationView::from(explain_codes(&env, &input::who(&arguments.user)?, since)?);
    match printer.format() {
        // A spreadsheet takes lines of one kind.
        Format::Csv => return Ok(printer.list(&view.timeline, "")?),
        Format::Json | Format::Jsonl => return Ok(printer.one(&view)?),
        Format::Table => printer.one(&view)?,
    }
    if view.timeline.is_empty() {
        return Ok(());
    }
    printer.text("\n")?;
    Ok(printer.list(&view.timeline, "")?)
}

fn resend(arguments: &Resending, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let Some(code) = runner::run(context, &env, Resend::plan(&env, &arguments.id)?)? else { return Ok(()) };
    let to = code.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A new code is on its way to {to}; the one before no longer counts."));
    Ok(context.printer.one_if_data(&CodeView::from(code))?)
}

fn revoke(arguments: &Revoke, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let who = arguments.user.as_deref().map(input::who).transpose()?;
    let Some(revoked) = runner::run(context, &env, RevokeCodes::plan(&env, who.as_ref())?)? else {
        return Ok(());
    };
    context.printer.done(&match revoked {
        0 => "There was no live code.".to_owned(),
        1 => "Ended 1 code.".to_owned(),
        many => format!("Ended {many} codes."),
    });
    Ok(context.printer.one_if_data(&Revoked { revoked })?)
}
