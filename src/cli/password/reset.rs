//! `regain password reset`: the forgotten password, as the sign-in page tells it.

use std::time::Duration;

use clap::Args;

use crate::cli::context::{Context, Session};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::config::Help;
use crate::domain::name::Name;
use crate::domain::request::State;
use crate::domain::shell;
use crate::domain::time::span_for_people;
use crate::domain::who::Who;
use crate::flow::reset::{self, RequestView};
use crate::ui::ResetDialog;

/// Reset a forgotten password with a code sent to a bound contact
///
/// For yourself. It asks for whatever is not given: account, user name or email address, a CAPTCHA, how you prove
/// who you are, the code, and the new password twice. An administrator uses `regain admin-reset`.
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
        let who = match &arguments.user {
            Some(text) => input::who(text)?,
            None => ask_who(context)?,
        };
        let env = session.oneself();
        let view = match &arguments.appeal {
            Some(serial) => reset::start_with_appeal(&env, &who, serial)?,
            None => reset::start(&env, &who)?,
        };
        go_on(&session, view)?;
        return log_in(&session, &who);
    };
    let env = session.oneself();
    let view = reset::show(&env, id)?;
    let was_over = view.state == State::Done;
    go_on(&session, view)?;
    match reset::finished_by(&env, id)? {
        Some(who) if !was_over => log_in(&session, &who),
        _ => Ok(()),
    }
}

/// The whole way for whoever is named, from here or from a sign-in that failed. Nobody is looked up: strangers
/// are led the same way.
pub(in crate::cli) fn offer(session: &Session<'_>, who: &Who) -> Result<(), Failure> {
    go_on(session, reset::start(&session.oneself(), who)?)?;
    log_in(session, who)
}

fn go_on(session: &Session<'_>, view: RequestView) -> Result<(), Failure> {
    let done = reset::walk(&session.oneself(), view, &dialog(session))?;
    Ok(session.context.printer.one_if_data(&done)?)
}

/// The conversation at this terminal, with the pointers of the config.
pub(in crate::cli) fn dialog<'s>(session: &'s Session<'_>) -> ResetDialog<'s> {
    let help = &session.config.settings.help;
    ResetDialog {
        printer: &session.context.printer,
        prompts: session.context.prompts(),
        administrator_text: &help.administrator_text,
        pointers: pointers(help),
    }
}

/// Whom else the config sends people to, a line each.
pub(in crate::cli) fn pointers(help: &Help) -> Vec<String> {
    let service = help.service_url.iter().map(|url| format!("Customer service: {url}"));
    let phones =
        help.customer_service.iter().map(|of| format!("Customer service, {}: {}", of.region, of.phone));
    service.chain(phones).collect()
}

/// Account, then user name or email address, as on the sign-in page.
fn ask_who(context: &Context<'_>) -> Result<Who, Failure> {
    let (printer, prompts) = (&context.printer, context.prompts());
    let asked = |error| Failure::unanswered(error, "USER");
    printer.tell(
        "An IAM user signs in with account name, user name and password; an account with its login ID.",
    );
    let account = loop {
        let typed =
            prompts.ask_line("Account name, or your email address or mobile number", None).map_err(asked)?;
        match Who::parse(typed.trim()) {
            Ok(Who::Account(name)) => break name,
            Ok(complete) => return Ok(complete),
            Err(error) => printer.tell(&format!("Not accepted: {error}.")),
        }
    };
    loop {
        let typed = prompts
            .ask_line("IAM user name or email address (Enter alone: the account itself)", None)
            .map_err(asked)?;
        match member(&account, typed.trim()) {
            Ok(who) => return Ok(who),
            Err(message) => printer.tell(&message),
        }
    }
}

fn member(account: &Name, typed: &str) -> Result<Who, String> {
    Who::parse(&format!("{account}/{typed}")).map_err(|error| format!("Not accepted: {error}."))
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
