//! The subcommands of `regain password`.

use clap::Subcommand;

use super::super::context::Context;
use super::super::failure::Failure;
use super::change;

/// One's own password.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Change it, with the old one
    Change(change::Change),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Change(arguments) => change::run(&arguments, context),
    }
}
