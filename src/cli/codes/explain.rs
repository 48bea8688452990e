//! `regain codes explain`: why a code did not come

use clap::Args;

use super::explanation::ExplanationView;
use crate::cli::shared::{Failure, Session, input};
use crate::flow::explain_codes;
use crate::ui::Format;

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

pub(super) fn run(arguments: &Explain, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let since = input::moment(&arguments.since, "--since", env.clock.now())?;
    let found = explain_codes(&env, &input::who(&arguments.user)?, since)?;
    let view = ExplanationView::of(found, &printer.program());
    match printer.format() {
        // A spreadsheet takes lines of one kind.
        Format::Csv => return Ok(printer.list(view.timeline, "")?),
        Format::Json | Format::Jsonl => return Ok(printer.one(&view)?),
        Format::Table => printer.one(&view)?,
    }
    if view.timeline.is_empty() {
        return Ok(());
    }
    printer.text("\n")?;
    Ok(printer.list(view.timeline, "")?)
}
