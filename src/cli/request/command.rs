//! The subcommands of `regain request`: each step prints the request.

use clap::Subcommand;

use super::{captcha, disown, register, send, set_password, show, start, verify};
use crate::cli::shared::{Context, Failure};

/// Reset a forgotten password step by step, for portals and scripts.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// Open a reset request for a user
    Start(start::Start),
    Register(register::Register),
    Captcha(captcha::Captcha),
    /// Send a code
    Send(send::Send),
    /// Enter the code, and the authenticator's code if the state is `second`
    Verify(verify::Verify),
    /// Set the new password
    SetPassword(set_password::SetPassword),
    /// Show a request
    #[command(after_help = "Examples:\n  regain request show req_… -o json")]
    Show(show::Named),
    /// Cancel a request
    #[command(after_help = "Examples:\n  regain request cancel req_…")]
    Cancel(show::Named),
    Disown(disown::Disown),
    /// List your open requests, or those of a user (operators)
    List(show::List),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    if !matches!(command, Command::Show(_) | Command::List(_) | Command::Disown(_)) {
        context.no_dry_run()?;
    }
    let mut session = context.open()?;
    match command {
        Command::Start(arguments) => start::run(&arguments, &mut session),
        Command::Register(arguments) => register::run(&arguments, &mut session),
        Command::Captcha(arguments) => captcha::run(&arguments, &session),
        Command::Send(arguments) => send::run(&arguments, &session),
        Command::Verify(arguments) => verify::run(&arguments, &session),
        Command::SetPassword(arguments) => set_password::run(&arguments, &session),
        Command::Show(named) => show::show(&named, &session),
        Command::Cancel(named) => show::cancel(&named, &session),
        Command::Disown(arguments) => disown::run(&arguments, &mut session),
        Command::List(arguments) => show::list(&arguments, &session),
    }
}
