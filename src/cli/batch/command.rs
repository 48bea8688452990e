//! The subcommands.

use clap::Subcommand;

use super::{cancel, list, resume, secrets, show};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// Look at batches of changes, and resume or cancel them.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    List(list::List),
    Show(show::Show),
    Resume(resume::Resume),
    Cancel(cancel::Cancel),
    Secrets(secrets::Secrets),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = context.open_for(Task::ManageBatches)?;
    match command {
        Command::List(arguments) => list::run(&arguments, &session),
        Command::Show(arguments) => show::run(&arguments, &session),
        Command::Resume(arguments) => resume::run(&arguments, &mut session),
        Command::Cancel(arguments) => cancel::run(&arguments, &session),
        Command::Secrets(arguments) => secrets::run(&arguments, &session),
    }
}
