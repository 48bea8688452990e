//! `regain password reset`: the forgotten password, as the sign-in page tells it.

use clap::Args;

use super::ask_who::ask_who;
use crate::cli::login;
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, input, reset_conversation};
use crate::domain::request::{Purpose, State};
use crate::flow::reset;
use crate::guidance::notes;

/// Reset a forgotten password with a code sent to a bound contact
///
/// For yourself. It asks for whatever is not given: what you are and your names, a CAPTCHA, how you prove who you are,
/// the code, and the new password twice. Named by email address or mobile number, the code goes there. On a device that
/// you do not often sign in from, a unified ID takes one more proof. An administrator uses `regain admin-reset`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password reset\n  regain password reset acme/alice\n  \
                        regain password reset --resume req_…")]
pub(in crate::cli) struct Reset {
    /// The person: acme/alice, acme/alice@example.com, acme, alice@example.com, +4915112345678
    #[arg(value_name = "USER", conflicts_with = "resume")]
    user: Option<String>,
    /// The serial number of your approved appeal
    #[arg(long, value_name = "SERIAL", conflicts_with = "resume")]
    appeal: Option<String>,
    /// Go on with a request that was interrupted
    #[arg(long, value_name = "ID", value_parser = input::id())]
    resume: Option<String>,
}

pub(in crate::cli) fn run(arguments: &Reset, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let session = context.open()?;
    if !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: notes::STEP_BY_STEP });
    }
    let Some(id) = &arguments.resume else {
        let (kind, who) = match &arguments.user {
            Some(text) => input::who(&session.oneself(), text).map(|who| (Kind::of(&who), who))?,
            None => ask_who(&session)?,
        };
        let env = session.oneself();
        let view = match &arguments.appeal {
            Some(serial) => reset::start_with_appeal(&env, &who, serial)?,
            None => reset::start(&env, &who)?,
        };
        return login::after_conversation(&session, kind, view);
    };
    let view = reset::show(&session.oneself(), id)?;
    let was_over = view.state == State::Done;
    let kind = if view.purpose == Purpose::Register { Kind::Newcomer } else { Kind::Anyone };
    reset_conversation::go_on(&session, kind, view)?;
    if was_over { Ok(()) } else { login::after_reset(&session, id) }
}
