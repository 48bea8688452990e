//! `regain appeal submit`.

use std::path::PathBuf;

use clap::Args;

use super::view::named_appeal;
use super::{file, form};
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, Planned, Session, input, reset_conversation, runner};
use crate::domain::appeal::{State, Statement};
use crate::flow::appeal::{self, AppealView, Gate, Passed};
use crate::flow::reset::{CaptchaAnswer, Questions};
use crate::flow::{Denial, FlowError};
use crate::guidance::notes;

/// Submit an appeal or ticket, to get an identity back without its old contacts
///
/// Use it for your own account or unified ID when you lost its mobile number and email address. It asks for five groups
/// of information, or for the materials of a service ticket, and for the new mobile number that receives the result by
/// SMS. Esc goes back one question. Press Esc twice to leave the form, and continue it with --resume. The command
/// prints a serial number; `regain appeal show` shows the status for it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain appeal submit\n  regain appeal submit --from appeal.toml -o json\n\n\
                        The file is TOML or JSON. You choose the names of the fields in the tables:\n\
                        \x20 kind = \"appeal\"            # or \"ticket\", with a table [materials]\n\
                        \x20 who = \"acme\"               # the account or unified ID\n\
                        \x20 new_mobile = \"+4915112345678\"\n\
                        \x20 new_email = \"me@example.com\"  # optional\n\
                        \x20 [phone]\n\
                        \x20 real_name = \"the name that the lost number is registered under\"\n\
                        \x20 [security]\n\
                        \x20 authenticator = \"none\"\n\
                        \x20 [basic]\n\
                        \x20 name = \"Example GmbH\"\n\
                        \x20 [history]\n\
                        \x20 last_login = \"in May, from the office\"\n\
                        \x20 [device]\n\
                        \x20 usual = \"a laptop with Debian\""
)]
pub(in crate::cli) struct Submit {
    /// Read the answers from a file; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// Continue a form that you left
    #[arg(long, value_name = "ID", value_parser = input::id())]
    resume: Option<String>,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

pub(super) fn run(arguments: &Submit, context: &Context<'_>) -> Result<(), Failure> {
    let Some(path) = &arguments.from else {
        context.no_dry_run()?;
        let mut session = context.open()?;
        session.trust_source(arguments.source.as_deref())?;
        if !context.prompts().are_possible() {
            return Err(Failure::NoTerminal { option: "--from" });
        }
        let passed = pass(&session)?;
        return match form::fill(&session, &passed, arguments.resume.as_deref())? {
            Some((id, statement)) => submit(&session, passed, &statement, Some(&id)),
            // Left for later.
            None => Ok(()),
        };
    };
    let statement = file::read(path, context)?;
    appeal::submittable(&statement)?;
    input::doubts(&context.printer, std::slice::from_ref(&statement.new_mobile));
    if context.globals.dry_run {
        // Nothing is looked up, so that it tells of the file alone.
        let effects = vec!["the answers can be used, and would be submitted".to_owned()];
        let planned = Planned::<AppealView>::unknown()
            .with("kind", statement.kind().as_str())
            .with("state", State::Submitted.as_str());
        return runner::preview(context, planned, &effects, true);
    }
    let mut session = context.open()?;
    session.trust_source(arguments.source.as_deref())?;
    let passed = work(&session)?;
    submit(&session, passed, &statement, None)
}

fn submit(
    session: &Session<'_>,
    passed: Passed,
    statement: &Statement,
    form: Option<&str>,
) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let view = appeal::submit(&session.oneself(), passed, statement, form)?;
    if statement.is_bare() {
        printer.warn("it contains nothing that shows that it is you");
    }
    told(session, &view)
}

fn told(session: &Session<'_>, view: &AppealView) -> Result<(), Failure> {
    let printer = &session.context.printer;
    printer.written_and_shown(&named_appeal(view.clone(), &printer.program()), true)?;
    printer.flush()?;
    printer.hint(&notes::appeal_state(&view.serial));
    Ok(())
}

/// A program does the work, in here.
fn work(session: &Session<'_>) -> Result<Passed, Failure> {
    let env = session.oneself();
    match Gate::approach(&env)? {
        Ok(passed) => Ok(passed),
        Err(mut gate) => Ok(gate.work(&env)?),
    }
}

/// At a terminal the picture is asked, where there are pictures; a wrong answer is asked again with another.
fn pass(session: &Session<'_>) -> Result<Passed, Failure> {
    let env = session.oneself();
    let mut gate = match Gate::approach(&env)? {
        Ok(passed) => return Ok(passed),
        Err(gate) => gate,
    };
    let dialog = reset_conversation::dialog(session, Kind::LoginId);
    loop {
        let pictured = gate.view().picture && dialog.shows_pictures();
        let picture = if pictured { Some(gate.show(&env)?) } else { None };
        let answered = match dialog.captcha(&gate.view(), picture.as_ref())? {
            CaptchaAnswer::Another => continue,
            CaptchaAnswer::Typed(typed) => gate.answer(&env, &typed),
            CaptchaAnswer::Work => gate.work(&env),
        };
        match answered {
            Err(FlowError::Denied(denial @ Denial::Captcha)) => {
                session.context.printer.tell(&format!("Not accepted: {denial}."));
            }
            other => return Ok(other?),
        }
    }
}
