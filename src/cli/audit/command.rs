//! The subcommands.

use clap::Subcommand;

use super::{export, list, verify};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// List, verify and export operation records.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    List(list::List),
    Verify(verify::Verify),
    Export(export::Export),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = match &command {
        Command::Verify(_) => context.open_to_judge()?,
        Command::List(_) | Command::Export(_) => context.open_for(Task::ReadRecords)?,
    };
    match command {
        Command::List(arguments) => list::run(&arguments, &session),
        Command::Verify(arguments) => verify::run(&arguments, &session),
        Command::Export(arguments) => export::run(&arguments, &session),
    }
}
