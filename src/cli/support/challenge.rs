//! `regain support challenge`

use clap::Args;

use super::confirm::{ask, told};
use crate::cli::shared::views::ChallengeView;
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::Channel;
use crate::domain::challenge::{ChallengeState, State};
use crate::flow::{AboutUser, SendChallenge};
use crate::guidance::notes;
use crate::ui::AskError;

/// Send a code to a caller, who reads it out to you
///
/// The code goes to the user's verified email address, or else to their mobile number. The message says that staff will
/// ask for it. In a terminal, you enter the code at once; press Esc to enter it later with `regain support confirm ID`.
/// You can use a confirmed challenge once within 15 minutes, for this user only.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain support challenge acme/alice\n  regain support challenge acme/alice --mobile -y -o json"
)]
pub(in crate::cli) struct Challenge {
    /// The user who the caller says they are, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    /// Send it to the email address
    #[arg(long, conflicts_with = "mobile")]
    email: bool,
    /// Send it to the mobile number
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
    let planned = Planned::<ChallengeView>::unknown()
        .with("user", plan.user().path())
        .with("state", State::Sent.as_str())
        .with("channel", plan.receiver().channel.as_str())
        .with("destination", plan.receiver().masked())
        .with("operator", env.actor.name.as_str())
        .with("tries_left", session.config.settings.codes.tries);
    let Some((sent, _)) = runner::run(session, planned, plan)? else { return Ok(()) };
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
