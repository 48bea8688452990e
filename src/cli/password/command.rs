//! The subcommands of `regain password`.

use clap::Subcommand;

use super::{change, reset, setup};
use crate::cli::shared::{Context, Failure};

/// Reset, change or set up your own password.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Change(change::Change),
    Reset(reset::Reset),
    Setup(setup::Setup),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Change(arguments) => change::run(&arguments, context),
        Command::Reset(arguments) => reset::run(&arguments, context),
        Command::Setup(arguments) => setup::run(&arguments, context),
    }
}
