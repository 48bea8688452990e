//! `regain password reset`: the forgotten password, as the sign-in page tells it.

use clap::Args;

use crate::cli::login;
use crate::cli::shared::ask_who::{Who, ask_who};
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, Session, input, reset_conversation};
use crate::domain::request::{Purpose, State};
use crate::flow::Env;
use crate::flow::reset::{self, RequestView};
use crate::guidance::notes;
use crate::ui::AskError;

/// Reset your forgotten password with a code sent to a bound contact
///
/// Asks for everything that you did not give: the kind of your identity and your names, a CAPTCHA, how you prove who
/// you are, the code, and the new password, twice. If you name yourself by email address or mobile number, the code
/// goes there. On a device that you do not often sign in from, a unified ID requires one more proof. Administrators use
/// `regain admin-reset` instead.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password reset\n  regain password reset acme/alice\n  \
                        regain password reset --resume req_…\n  regain password reset --appeal apl-bdfgh-jkmnp-qrstv")]
pub(in crate::cli) struct Reset {
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER", conflicts_with = "resume")]
    user: Option<String>,
    /// Use the serial number of your approved appeal instead of a user name
    #[arg(long, value_name = "SERIAL", conflicts_with = "resume", value_parser = input::id())]
    appeal: Option<String>,
    /// Continue an interrupted request
    #[arg(long, value_name = "ID", value_parser = input::id())]
    resume: Option<String>,
}

pub(in crate::cli) fn run(arguments: &Reset, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let session = context.open()?;
    if !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: notes::STEP_BY_STEP });
    }
    let env = session.oneself();
    if let Some(id) = &arguments.resume {
        return resume(&session, reset::show(&env, id)?);
    }
    let who = arguments.user.as_deref().map(|text| input::who(&env, text)).transpose()?;
    match (&arguments.appeal, &who) {
        (Some(serial), _) => {
            let view = reset::start_with_appeal(&env, who.as_ref(), serial)?;
            login::after_conversation(&session, Kind::LoginId, view)
        }
        (None, Some(who)) => login::after_conversation(&session, Kind::of(who), reset::start(&env, who)?),
        (None, None) => ask_and_reset(&session),
    }
}

/// Asks who it is, too. Whoever goes back to that question begins again.
fn ask_and_reset(session: &Session<'_>) -> Result<(), Failure> {
    let env = session.oneself();
    loop {
        let asked = ask_who(session.context, env.reader(), begun(&env)?);
        let (kind, who) = match asked.map_err(|left| left.or_begin_again(|| notes::RESET.to_owned()))? {
            Who::Named(kind, who) => (kind, who),
            Who::GoesOn(view) => return resume(session, view),
        };
        let view = reset::start(&env, &who)?;
        let id = view.id.clone();
        if reset_conversation::go_on_or_back(session, kind, view)? {
            return login::after_reset(session, &id);
        }
        match reset::show(&env, &id)?.state {
            State::Captcha | State::Method => drop(reset::cancel(&env, &id)?),
            // Where a code is on its way, it can be gone on with.
            State::Code => {}
            _ => return Err(Failure::Ask(AskError::Back).or_begin_again(|| notes::resume_reset(&id))),
        }
    }
}

/// The newest reset that was begun here and has had a code sent.
fn begun(env: &Env<'_>) -> Result<Option<RequestView>, Failure> {
    let waits = |view: &RequestView| {
        view.purpose == Purpose::Reset && matches!(view.state, State::Code | State::Second | State::Password)
    };
    Ok(reset::list_own(env)?.into_iter().find(waits))
}

fn resume(session: &Session<'_>, view: RequestView) -> Result<(), Failure> {
    let (id, was_over) = (view.id.clone(), view.state == State::Done);
    let kind = match view.purpose {
        Purpose::Register => Kind::Newcomer,
        Purpose::Reset => Kind::of_named(view.named),
    };
    reset_conversation::go_on(session, kind, view)?;
    if was_over { Ok(()) } else { login::after_reset(session, &id) }
}
