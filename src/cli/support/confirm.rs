//! `regain support confirm`

use clap::Args;

use crate::cli::shared::input::Lines;
use crate::cli::shared::views::ChallengeView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::challenge::CONFIRMED_MINUTES;
use crate::domain::code::parse_typed;
use crate::domain::secret::Secret;
use crate::domain::shell;
use crate::flow::{self, ChallengeState, Denial, FlowError};

/// Enter the code that a caller reads out
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  regain support confirm chl_…\n  regain admin-reset acme/alice --setup --verified-caller chl_…"
)]
pub(in crate::cli) struct Confirm {
    /// The challenge that you sent
    #[arg(value_name = "ID")]
    id: String,
    /// Read the code from standard input, a line
    #[arg(long)]
    code_stdin: bool,
}

pub(super) fn run(arguments: &Confirm, session: &Session<'_>) -> Result<(), Failure> {
    session.context.no_dry_run()?;
    if !arguments.code_stdin {
        return told(session, ask(session, &arguments.id)?);
    }
    let typed = Lines::of(session.context).only("code")?;
    let digits = input::digits(&typed, session.config.settings.codes.length)?;
    told(session, flow::confirm_caller(&session.operating(), &arguments.id, &digits)?)
}

/// Asks until the code is right, or nothing is left to try.
pub(super) fn ask(session: &Session<'_>, id: &str) -> Result<ChallengeState, Failure> {
    let (context, env) = (session.context, session.operating());
    loop {
        let typed = context
            .prompts()
            .ask_line("Code that the caller reads out", None)
            .map_err(|error| Failure::unanswered(error, "--code-stdin"))?;
        let digits = match parse_typed(&typed, session.config.settings.codes.length) {
            Ok(digits) => digits,
            Err(malformed) => {
                context.printer.tell(&format!("Not accepted: {malformed}. It costs no try."));
                continue;
            }
        };
        drop(Secret::new(typed));
        match flow::confirm_caller(&env, id, &digits) {
            Err(FlowError::Denied(denial @ Denial::Code { tries_left: 1.. })) => {
                context.printer.tell(&format!("Not accepted: {denial}."));
            }
            other => return Ok(other?),
        }
    }
}

pub(super) fn told(session: &Session<'_>, confirmed: ChallengeState) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let (who, id) = (confirmed.user.clone(), confirmed.challenge.id.clone());
    printer
        .done(&format!("The caller is {who}: good once within {CONFIRMED_MINUTES} minutes, for you alone."));
    printer.one_if_data(&ChallengeView::from(confirmed))?;
    printer.hint(&format!(
        "send a setup token: `regain admin-reset {} --setup --verified-caller {id}`",
        shell::word(&who)
    ));
    Ok(())
}
