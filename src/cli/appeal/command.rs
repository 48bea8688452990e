//! The subcommands.

use clap::Subcommand;

use super::{decide, show, submit};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// Submit, show and decide appeals and tickets.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Submit(submit::Submit),
    Show(show::Show),
    List(show::List),
    Approve(decide::Approve),
    Deny(decide::Deny),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Submit(arguments) => submit::run(&arguments, context),
        Command::Show(arguments) => show::show(&arguments, &context.open()?),
        Command::List(arguments) => show::list(&arguments, &context.open()?),
        Command::Approve(arguments) => decide::approve(&arguments, &context.open_for(Task::DecideAppeals)?),
        Command::Deny(arguments) => decide::deny(&arguments, &context.open_for(Task::DecideAppeals)?),
    }
}
