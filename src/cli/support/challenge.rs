//! `regain support challenge`

use clap::Args;

use super::confirm::{ask, told};
use crate::cli::shared::runner;
use crate::cli::shared::views::ChallengeView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Channel;
use crate::domain::challenge::ChallengeState;
use crate::flow::SendChallenge;
use crate::guidance::notes;
use crate::ui::AskError;

/// Send a code to somebody on the phone, who reads it out to you
///
/// It goes to their verified email address, else to their mobile number; the message says that staff will ask for
/// it. At a terminal the code is asked for at once; Esc leaves that for `regain support confirm ID`. A confirmed
/// challenge is good once within 15 minutes, for this person and for you.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain support challenge acme/alice\n  regain support challenge acme/alice --mobile -y -o json"
)]
pub(in crate::cli) struct Challenge {
    /// The person who says that they are on the phone
    #[arg(value_name = "USER")]
    user: String,
    /// To the email address
    #[arg(long, conflicts_with = "mobile")]
    email: bool,
    /// To the mobile number
    #[arg(long)]
    mobile: bool,
}

pub(super) fn run(arguments: &Challenge, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let channel = match (arguments.email, arguments.mobile) {
        (true, _) => Some(Channel::Email),
        (false, true) => Some(Channel::Mobile),
        (false, false) => None,
    };
    let plan = SendChallenge::plan(&env, &input::who(&env, &arguments.user)?, channel)?;
    let Some((sent, _)) = runner::run(session, plan)? else { return Ok(()) };
    let to = sent.code.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A code is on its way to {to}. Ask the caller to read it out."));
    if !context.prompts().are_possible() {
        return waits(session, sent);
    }
    match ask(session, &sent.challenge.id, None) {
        Err(Failure::Ask(AskError::Cancelled | AskError::Back)) => waits(session, sent),
        confirmed => told(session, confirmed?),
    }
}

fn waits(session: &Session<'_>, sent: ChallengeState) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let id = sent.challenge.id.clone();
    printer.written_and_shown(&ChallengeView::from(sent), true)?;
    printer.hint(&notes::confirm_caller(&id));
    Ok(())
}
