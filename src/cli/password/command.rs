//! The subcommands.

use clap::Subcommand;

use super::{reset, setup};
use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Your own password.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Reset(reset::Reset),
    Setup(setup::Setup),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Reset(arguments) => reset::run(&arguments, context),
        Command::Setup(arguments) => setup::run(&arguments, context),
    }
}
