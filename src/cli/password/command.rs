//! The subcommands.

use clap::Subcommand;

use super::reset;
use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Your own password.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Reset(reset::Reset),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Reset(arguments) => reset::run(&arguments, context),
    }
}
