//! `regain password reset`: the forgotten password, as the sign-in page tells it.

use std::time::Duration;

use clap::Args;

use super::ask_who::ask_who;
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, Session, input};
use crate::domain::request::{Purpose, State};
use crate::domain::shell;
use crate::domain::time::span_for_people;
use crate::domain::who::Who;
use crate::flow::reset::{self, Finisher, RequestView};
use crate::ui::ResetDialog;

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
    #[arg(long, value_name = "ID")]
    resume: Option<String>,
}

const STEP_BY_STEP: &str = "`regain request start USER` and the steps after it, which never ask,";

pub(in crate::cli) fn run(arguments: &Reset, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let session = context.open()?;
    if !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: STEP_BY_STEP });
    }
    let Some(id) = &arguments.resume else {
        let (kind, who) = match &arguments.user {
            Some(text) => input::who(text).map(|who| (Kind::of(&who), who))?,
            None => ask_who(context)?,
        };
        let env = session.oneself();
        let view = match &arguments.appeal {
            Some(serial) => reset::start_with_appeal(&env, &who, serial)?,
            None => reset::start(&env, &who)?,
        };
        return lead(&session, kind, view);
    };
    let view = reset::show(&session.oneself(), id)?;
    let was_over = view.state == State::Done;
    let kind = if view.purpose == Purpose::Register { Kind::Newcomer } else { Kind::Anyone };
    go_on(&session, kind, view)?;
    if was_over { Ok(()) } else { ending(&session, id) }
}

/// The whole way for whoever is named, from here or from a sign-in that failed. Nobody is looked up: strangers
/// are led the same way.
pub(in crate::cli) fn offer(session: &Session<'_>, who: &Who) -> Result<(), Failure> {
    lead(session, Kind::of(who), reset::start(&session.oneself(), who)?)
}

fn lead(session: &Session<'_>, kind: Kind, view: RequestView) -> Result<(), Failure> {
    let id = view.id.clone();
    go_on(session, kind, view)?;
    ending(session, &id)
}

/// The conversation from wherever the request stands.
pub(in crate::cli) fn go_on(session: &Session<'_>, kind: Kind, view: RequestView) -> Result<(), Failure> {
    let id = view.id.clone();
    let done = reset::walk(&session.oneself(), view, &dialog(session, kind))
        .map_err(|left| Failure::from(left).or_resume(|| format!("regain password reset --resume {id}")))?;
    Ok(session.context.printer.one_if_data(&done)?)
}

/// What to do next for whoever has just proved who they are: an authenticator, and the log-in.
pub(in crate::cli) fn ending(session: &Session<'_>, id: &str) -> Result<(), Failure> {
    let Some(finisher) = reset::finished_by(&session.oneself(), id)? else { return Ok(()) };
    offer_mfa(session, &finisher);
    log_in(session, &finisher.who)
}

/// One more thing for the next time (domain.md, "Unified ID").
pub(in crate::cli) fn offer_mfa(session: &Session<'_>, finisher: &Finisher) {
    if finisher.mfa {
        return;
    }
    let named = finisher.who.to_string();
    let command = format!("regain mfa enrol {}", shell::word(&named));
    session.context.printer.hint(&format!("an authenticator makes the next reset safer: `{command}`"));
}

/// The conversation at this terminal, with the pointers of the config.
pub(in crate::cli) fn dialog<'s>(session: &'s Session<'_>, kind: Kind) -> ResetDialog<'s> {
    let settings = &session.config.settings;
    ResetDialog {
        printer: &session.context.printer,
        prompts: session.context.prompts(),
        // Whoever registers has no administrator.
        administrator_text: (kind != Kind::Newcomer).then_some(&settings.help.administrator_text),
        help: kind.help(settings),
    }
}

/// "Log in, or wait to be redirected" (domain.md).
fn log_in(session: &Session<'_>, who: &Who) -> Result<(), Failure> {
    let context = session.context;
    let redirect_wait = session.config.settings.reset.redirect_wait;
    let question = format!("Log in now? (goes on by itself in {})", span_for_people(redirect_wait));
    let wait = Duration::try_from(redirect_wait).unwrap_or(Duration::ZERO);
    match context.prompts().confirm_or_wait(&question, wait) {
        Ok(true) => crate::cli::login::with_prompt(session, who),
        // The reset is done, whatever is said to this.
        Ok(false) | Err(_) => {
            let named = who.to_string();
            let command = format!("regain login {}", shell::word(&named));
            context.printer.hint(&format!("log in with the new password: `{command}`"));
            Ok(())
        }
    }
}
