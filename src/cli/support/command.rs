//! `regain support …`: callers on the phone prove who they are.

use clap::{Args, Subcommand};

use crate::cli::shared::input::Lines;
use crate::cli::shared::runner;
use crate::cli::shared::views::ChallengeView;
use crate::cli::shared::{Context, Failure, Session, input};
use crate::domain::address::Channel;
use crate::domain::challenge::CONFIRMED_MINUTES;
use crate::domain::code::parse_typed;
use crate::domain::secret::Secret;
use crate::domain::shell;
use crate::flow::{self, ChallengeState, Denial, FlowError, SendChallenge};
use crate::ui::AskError;

/// Callers on the phone: a code that they read out shows who they are.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Challenge(Challenge),
    Confirm(Confirm),
}

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

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::Challenge(arguments) => challenge(&arguments, &session),
        Command::Confirm(arguments) => confirm(&arguments, &session),
    }
}

fn challenge(arguments: &Challenge, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let channel = match (arguments.email, arguments.mobile) {
        (true, _) => Some(Channel::Email),
        (false, true) => Some(Channel::Mobile),
        (false, false) => None,
    };
    let plan = SendChallenge::plan(&env, &input::who(&arguments.user)?, channel)?;
    let Some(sent) = runner::run(context, &env, plan)? else { return Ok(()) };
    let to = sent.code.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A code is on its way to {to}. Ask the caller to read it out."));
    if !context.prompts().are_possible() {
        return waits(session, sent);
    }
    match ask(session, &sent.challenge.id) {
        Err(Failure::Ask(AskError::Cancelled)) => waits(session, sent),
        confirmed => told(session, confirmed?),
    }
}

fn confirm(arguments: &Confirm, session: &Session<'_>) -> Result<(), Failure> {
    session.context.no_dry_run()?;
    if !arguments.code_stdin {
        return told(session, ask(session, &arguments.id)?);
    }
    let typed = Lines::of(session.context).only("code")?;
    let digits = input::digits(&typed, session.config.settings.codes.length)?;
    told(session, flow::confirm_caller(&session.operating(), &arguments.id, &digits)?)
}

/// Asks until the code is right, or nothing is left to try.
fn ask(session: &Session<'_>, id: &str) -> Result<ChallengeState, Failure> {
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

fn waits(session: &Session<'_>, sent: ChallengeState) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let id = sent.challenge.id.clone();
    printer.one(&ChallengeView::from(sent))?;
    printer.hint(&format!("enter the code that they read out: `regain support confirm {id}`"));
    Ok(())
}

fn told(session: &Session<'_>, confirmed: ChallengeState) -> Result<(), Failure> {
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
