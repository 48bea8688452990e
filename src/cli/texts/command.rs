//! The subcommands of `regain texts`.

use clap::Subcommand;

use super::{list, show};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;
use crate::guidance::notes;

/// Show the texts of messages, to write your own.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// List the messages with their fields and SMS lengths
    #[command(after_help = "Examples:\n  regain texts list")]
    List,
    Show(show::Show),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    session.operating().authorize(Task::ReadCodes, None)?;
    match command {
        Command::List => list::run(&session)?,
        Command::Show(arguments) => show::run(&arguments, &session)?,
    }
    if session.texts.is_any_unused() {
        context.printer.warn(notes::TEXT_FAULTS);
    }
    Ok(())
}
