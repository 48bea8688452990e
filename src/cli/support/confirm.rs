//! `regain support confirm`

use clap::Args;

use crate::cli::shared::code_dialogue::CodeDialogue;
use crate::cli::shared::stdin::{Line, Lines};
use crate::cli::shared::views::ChallengeView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Secret;
use crate::domain::challenge::{CONFIRMED_MINUTES, ChallengeState};
use crate::domain::operator::CallerMay;
use crate::flow::{self};
use crate::guidance::notes;

/// Enter the code that a caller reads out
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain support confirm chl_…\n  regain admin-reset acme/alice --setup --verified-caller chl_…"
)]
pub(in crate::cli) struct Confirm {
    /// The ID of the challenge that you sent
    #[arg(value_name = "ID", value_parser = input::id())]
    id: String,
    /// Read the code from standard input (one line)
    #[arg(long)]
    code_stdin: bool,
}

pub(super) fn run(arguments: &Confirm, session: &Session<'_>) -> Result<(), Failure> {
    session.context.no_dry_run()?;
    let given = if arguments.code_stdin { Some(Lines::only(session.context, Line::Code)?) } else { None };
    told(session, ask(session, &arguments.id, given)?)
}

/// Has the code that was given judged, or asks until it is right, or nothing is left to try.
pub(super) fn ask(session: &Session<'_>, id: &str, given: Option<Secret>) -> Result<ChallengeState, Failure> {
    let env = session.operating();
    let dialogue =
        CodeDialogue { prompt: "Code that the caller reads out".to_owned(), ..CodeDialogue::default() };
    dialogue.until_right(session, given, |digits| flow::confirm_caller(&env, id, digits))
}

pub(super) fn told(session: &Session<'_>, confirmed: ChallengeState) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let (who, id) = (confirmed.user.clone(), confirmed.challenge.id.clone());
    printer.done(&format!(
        "The caller is {who}: only you can use this, once, within {CONFIRMED_MINUTES} minutes."
    ));
    printer.written(&ChallengeView::from(confirmed), true)?;
    let callers_may = &session.config.settings.support.verified_caller_may;
    let hints = [
        (CallerMay::Setup, notes::send_setup_token(&who, &id)),
        (CallerMay::Unlock, notes::unlock_for_caller(&who, &id)),
        (CallerMay::Block, notes::block_for_caller(&who, &id)),
    ];
    for (may, hint) in hints {
        if callers_may.contains(&may) {
            printer.hint(&hint);
        }
    }
    Ok(())
}
